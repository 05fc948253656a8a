import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium, lacksChromium } from './harness/browser'
import { freshHome, type Home } from './harness/directories'
import { keepEvidence } from './harness/failures'
import { type RunningHost, startHost } from './harness/host'
import { preparePhotos, type ScenarioPhotos } from './harness/photos'
import * as steps from './harness/steps'

/** Real: everything. The host as its command starts it, its database, the models, and Chromium before it. */
describe.skipIf(lacksChromium())('the console in a browser', () => {
  let home: Home
  let browser: Browser
  let host: RunningHost
  let page: Page
  let photos: ScenarioPhotos
  const complaints: string[] = []

  beforeAll(async () => {
    home = await freshHome()
    photos = await preparePhotos(home.photos)
    host = await startHost(home)
    browser = await launchChromium()
    // Not browser.newPage: axe opens another page in the same context.
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    page = await context.newPage()
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`)
    })
    await page.goto(host.console)
    await page.evaluate(() => (document.body.dataset.mark = 'first page'))
  })
  afterAll(async () => {
    await browser?.close()
    await host?.stop()
    home?.remove()
  })

  const step = (name: string, work: () => Promise<void>) =>
    it(name, async () => {
      keepEvidence(page, () => host.output())
      await work()
    })

  step('lets the first person in as the admin', () => steps.createFirstAdmin(page))
  step('fills with sample people, live', () => steps.loadSamples(page))
  step('adds a celebrity from a photo', () => steps.addCelebrity(page, photos))
  step('imports a folder of photos', () => steps.importFolder(page, photos))
  step('finds who an uploaded face resembles', () => steps.uploadFace(page, photos))
  step('shows a match side by side', () => steps.inspectMatch(page))
  step('can be used by everybody, in both themes', () => steps.expectAccessible(page))
  step('did all that in one page without a complaint', async () => {
    expect(complaints).toEqual([])
    expect(await page.locator('body').getAttribute('data-mark')).toBe('first page')
  })

  step('starts again within 5 s, with everything there', async () => {
    expect(await host.stop()).toBe(0)
    host = await startHost(home)
    expect(host.startedIn).toBeLessThan(5000)
    await page.reload()
    await steps.goTo(page, 'Overview')
    await page.getByText('all 34 analysed').waitFor({ timeout: 30_000 })
    await steps.inspectMatch(page)
  })
})
