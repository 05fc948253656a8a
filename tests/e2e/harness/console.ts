import pg from 'pg'
import type { Browser, BrowserContext, Page } from 'playwright'
import { afterAll, it } from 'vitest'
import { createEmptyDatabase } from '../../factories/database'
import { launchChromium } from './browser'
import { freshHome, type Home } from './directories'
import { keepEvidence } from './failures'
import { type RunningHost, startHost } from './host'

export interface PageOptions {
  viewport?: { width: number; height: number }
  /** What is told to the browser before it shows anything. */
  prepare?: (context: BrowserContext) => Promise<void>
}

export interface ConsoleOptions extends PageOptions {
  /** Variables of the host beside those of `hostEnvironment`, made before the host opens its data directory. */
  environment?: (home: Home) => NodeJS.ProcessEnv | Promise<NodeJS.ProcessEnv>
  browserArguments?: readonly string[]
  /** Its data directory, which goes at the end; a fresh one where not given. */
  home?: Home
}

export interface OpenConsole {
  home: Home
  host: RunningHost
  page: Page
}

/**
 * A host of its own and Chromium before its console, for the tests of the `describe` that calls this: what it opens is
 * closed after them.
 * @param hears Whether what a page writes as an error counts as a complaint, too.
 */
export function consoleInChromium({ hears = false } = {}) {
  const complaints: string[] = []
  const closers: (() => unknown)[] = []
  let environment: NodeJS.ProcessEnv
  let browser: Browser
  let home: Home
  let host: RunningHost
  let page: Page

  afterAll(async () => {
    for (const close of closers.reverse()) await close()
  })

  /** Another page, with storage of its own. */
  async function newPage({
    viewport = { width: 1280, height: 800 },
    prepare,
  }: PageOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport })
    await prepare?.(context)
    const opened = await context.newPage()
    opened.on('pageerror', (error) => complaints.push(String(error)))
    opened.on('console', (message) => {
      if (hears && message.type() === 'error')
        complaints.push(`${message.text()} (${message.location().url})`)
    })
    return opened
  }

  /** Starts both, and shows the console's first screen. */
  async function open(options: ConsoleOptions = {}): Promise<OpenConsole> {
    home = options.home ?? (await freshHome())
    closers.push(() => home.remove())
    environment = (await options.environment?.(home)) ?? {}
    host = await startHost(home, environment)
    closers.push(() => host.stop())
    browser = await launchChromium(options.browserArguments)
    closers.push(() => browser.close())
    page = await newPage(options)
    await page.goto(host.console)
    return { home, host, page }
  }

  /** Starts the host again, after stopping it where it still runs. */
  async function restart(): Promise<RunningHost> {
    await host.stop()
    host = await startHost(home, environment)
    return host
  }

  /** A database of PostgreSQL for a host to be opened on, and its owner's connection to it. */
  async function database(): Promise<{ client: pg.Client; environment: () => NodeJS.ProcessEnv }> {
    const { url, drop } = await createEmptyDatabase()
    closers.push(drop)
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    closers.push(() => client.end())
    return { client, environment: () => ({ SEMBLANCE_DATABASE_URL: url }) }
  }

  /** A test whose failure leaves a picture and the host's words behind. */
  function step(name: string, work: () => Promise<void>, { skip = false } = {}): void {
    it.skipIf(skip)(name, async () => {
      keepEvidence(page, () => host.output())
      await work()
    })
  }

  /** Closes at the end, after all that is opened from now on, what the host or a page needs. */
  const atEnd = (close: () => unknown): void => void closers.push(close)

  // `complaints`: what went wrong in its pages.
  return { complaints, newPage, open, restart, database, step, atEnd }
}
