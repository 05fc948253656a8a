import type { Page } from 'playwright'
import { beforeAll, describe, expect } from 'vitest'
import { lacksChromium } from './harness/browser'
import { consoleInChromium } from './harness/console'
import type { RunningHost } from './harness/host'
import { preparePhotos, type ScenarioPhotos } from './harness/photos'
import * as steps from './harness/steps'

/** Real: everything. The host as its command starts it, its database, the models, and Chromium before it. */
describe.skipIf(lacksChromium())('the console in a browser', () => {
  const { open, restart, step, complaints } = consoleInChromium({ hears: true })
  let host: RunningHost
  let page: Page
  let photos: ScenarioPhotos

  beforeAll(async () => {
    const opened = await open()
    ;({ host, page } = opened)
    photos = await preparePhotos(opened.home.photos)
    await page.evaluate(() => (document.body.dataset.mark = 'first page'))
  })

  step('lets the first person in as the admin', () => steps.createFirstAdmin(page))
  step('fills with sample people, live', () => steps.loadSamples(page))
  step('adds a celebrity from a photo', () => steps.addCelebrity(page, photos))
  step('imports a folder of photos', () => steps.importFolder(page, photos))
  step('finds who an uploaded face resembles', () => steps.uploadFace(page, photos))
  step('shows a match side by side', () => steps.inspectMatch(page))
  step('can be used by everybody, in both themes', () => steps.expectScreensAccessible(page))
  step('did all that in one page without a complaint', async () => {
    expect(complaints).toEqual([])
    expect(await page.locator('body').getAttribute('data-mark')).toBe('first page')
  })

  step('starts again within 5 s, with everything there', async () => {
    expect(await host.stop()).toBe(0)
    host = await restart()
    expect(host.startedIn).toBeLessThan(5000)
    await page.reload()
    await steps.goTo(page, 'Overview')
    await page.getByText('all 34 analysed').waitFor({ timeout: 30_000 })
    await steps.inspectMatch(page)
  })
})
