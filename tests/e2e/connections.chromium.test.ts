import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright'
import { beforeAll, describe, expect } from 'vitest'
import { postgresAvailable } from '../factories/database'
import { expectAccessible } from './harness/accessible'
import { lacksChromium } from './harness/browser'
import { consoleInChromium } from './harness/console'
import type { Home } from './harness/directories'
import { shoot } from './harness/pictures'
import { type RunningProject, startProject } from './harness/project'
import * as steps from './harness/steps'

/** Real: two hosts as their command starts them, one of them the other's Supabase project; PostgreSQL; Chromium. */
describe.skipIf(lacksChromium() || !(await postgresAvailable()))('the Connections page in a browser', () => {
  const { open, atEnd, step } = consoleInChromium()
  let project: RunningProject
  let home: Home
  let page: Page
  let settings: Record<'url' | 'key' | 'secret' | 'database', string>

  beforeAll(async () => {
    project = await startProject()
    atEnd(() => project.close())
    const environment = project.environment()
    settings = {
      url: environment['SEMBLANCE_SUPABASE_URL'] ?? '',
      key: environment['SEMBLANCE_SUPABASE_KEY'] ?? '',
      secret: environment['SEMBLANCE_SUPABASE_SECRET_KEY'] ?? '',
      database: project.databaseUrl,
    }
    const prepare = (context: BrowserContext) => openToEveryPage(context, settings.url)
    ;({ home, page } = await open({ viewport: { width: 1280, height: 860 }, prepare }))
  })
  const field = (name: string) => page.getByLabel(name, { exact: true })
  const test = () => page.getByRole('button', { name: 'Test', exact: true }).click()
  const summary = (text: string | RegExp) =>
    page.getByRole('status').filter({ hasText: text }).waitFor({ timeout: 60_000 })

  step('can be reached before there is anybody to sign in, and left again', async () => {
    await page.getByRole('button', { name: 'Connect to a Supabase project instead…' }).click()
    await page.getByRole('heading', { name: 'Connections', level: 1 }).waitFor()
    await page.getByText('Nothing configured: the default').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Back' }).click()
    await steps.createFirstAdmin(page)
    await steps.goTo(page, 'Connections')
  })

  step('says at the field what is wrong, and what to do', async () => {
    await field('Project URL').fill(settings.url)
    await field('Publishable key').fill(settings.secret)
    await field('Database URL').fill('postgresql://postgres@127.0.0.1:1/nowhere')
    await test()
    await summary('failed')
    const checks = page.getByRole('list', { name: 'Checks of the Database' })
    await checks.getByText('Nothing listens at 127.0.0.1, port 1.').waitFor()
    expect(await field('Database URL').getAttribute('aria-invalid')).toBe('true')
    await page.getByText('is a secret key, and every page is handed this one').first().waitFor()
    await expectAccessible(page)
    await shoot(page, 'connections-failed')
  })

  step('finds nothing wrong with a project that works', async () => {
    await field('Publishable key').fill(settings.key)
    await field('Database URL').fill(settings.database)
    await field('Secret key (optional)').fill(settings.secret)
    await test()
    await summary('Everything works')
    await expectAccessible(page)
    await shoot(page, 'connections-works')
  })

  step('saves passwords unprotected only where somebody says so, and never shows them again', async () => {
    const connect = page.getByRole('button', { name: 'Test and connect' })
    expect(await connect.isDisabled()).toBe(true)
    await page.getByText('Store the passwords unprotected on this machine').click()
    await connect.click()
    await page
      .getByRole('heading', { name: 'Sign in to the console' })
      .or(page.getByRole('heading', { name: 'Create the first administrator' }))
      .waitFor({ timeout: 90_000 })
    const file = join(home.path, 'connection.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).toContain(settings.secret)
    // The page comes back where it was; who signs in first looks at the overview.
    await page.evaluate(() => (location.hash = '#/overview'))
    await steps.createFirstAdmin(page)
    await steps.goTo(page, 'Connections')
    await page.getByText('lie unprotected in').waitFor()
    await page.getByText(`Set, ends in …${settings.key.slice(-4)}`).waitFor()
    const text = await page.content()
    expect(text).not.toContain(settings.secret)
    expect(text).not.toContain(settings.key)
    await page
      .getByRole('list', { name: 'State of the connections' })
      .getByText('answers in')
      .first()
      .waitFor()
    await expectAccessible(page)
    await shoot(page, 'connections-shared')
  })

  step('leads there from the status bar, which names the project', async () => {
    await steps.goTo(page, 'Overview')
    await page
      .getByRole('contentinfo', { name: 'Status' })
      .getByRole('link', { name: new URL(settings.url).host })
      .click()
    await page.getByRole('heading', { name: 'Connections', level: 1 }).waitFor()
  })

  step('goes back to this machine alone, and its people are there', async () => {
    await page.getByRole('button', { name: 'Use this machine alone' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Use this machine' }).click()
    // Sessions are kept by project, so whoever was signed in here still is.
    await page.getByText('Nothing configured: the default').waitFor({ timeout: 90_000 })
    await page.getByRole('button', { name: /^Back to the former connection: 127/ }).waitFor()
    expect(existsSync(join(home.path, 'connection.json'))).toBe(false)
  })
})

/** The embedded Auth lets in the pages of its own host alone (CORS); a Supabase project, those of any. */
async function openToEveryPage(context: BrowserContext, url: string): Promise<void> {
  const cors = {
    'access-control-allow-origin': '*',
    'access-control-allow-headers': '*',
    'access-control-allow-methods': '*',
  }
  await context.route(`${url}/**`, async (route) => {
    if (route.request().method() === 'OPTIONS') return route.fulfill({ status: 204, headers: cors })
    const { origin: _, ...headers } = route.request().headers()
    const response = await route.fetch({ headers })
    return route.fulfill({ response, headers: { ...response.headers(), ...cors } })
  })
}
