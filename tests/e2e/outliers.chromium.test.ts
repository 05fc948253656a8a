import type { Page } from 'playwright'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible } from './harness/accessible'
import { lacksChromium } from './harness/browser'
import { cataloguePage } from './harness/catalogue-page'
import { consoleInChromium } from './harness/console'
import { shoot } from './harness/pictures'
import { homeWithSamples } from './harness/sample-home'
import * as steps from './harness/steps'

const soon = 60_000

/** Real: everything. A curator goes through the outliers of the sample celebrities in Chromium. */
describe.skipIf(lacksChromium())('the outliers of the catalogue', () => {
  const { open, step, complaints } = consoleInChromium()
  let page: Page
  const { pane, grid, tab, note } = cataloguePage(() => page)
  const givenUp = () =>
    page.waitForEvent('requestfailed', {
      predicate: (request) => request.url().includes('/rpc/curation/outliers'),
      timeout: soon,
    })

  beforeAll(async () => {
    ;({ page } = await open({ home: await homeWithSamples() }))
    await steps.signIn(page)
    await steps.goTo(page, 'Celebrities')
  })

  step(
    'tells how far the comparison is that look-alikes wait for, stops and goes on, and gives up where one leaves',
    async () => {
      // So few are compared in a moment: their list is not answered.
      const list = '**/rpc/curation/outliers*'
      await page.route(list, () => undefined)
      await tab('Outliers').click()
      const progress = page.getByRole('progressbar', { name: 'Comparing all celebrities with each other' })
      await progress.waitFor({ timeout: soon })
      const words = () => progress.getAttribute('aria-valuetext')
      await expect.poll(words, { timeout: soon }).toMatch(/^([1-9]\d*) of \1 pairs$/)
      await expectAccessible(page)
      const isStopped = givenUp()
      await page.getByRole('button', { name: 'Stop comparing' }).click()
      await isStopped
      await page.getByText(/^Stopped\. Who looks alike is known once all are compared/).waitFor()
      await shoot(page, 'outliers-stopped')
      await expectAccessible(page)
      const isAsked = page.waitForRequest(list)
      await page.getByRole('button', { name: 'Go on' }).click()
      await isAsked
      const isGivenUp = givenUp()
      await tab('Catalogue').click()
      await isGivenUp
      await page.unroute(list)
    },
  )

  step('leads through outliers by single keys', async () => {
    await tab('Outliers').click()
    const region = page.getByRole('region', { name: 'Look alike' })
    await region.getByText(/^1 of \d+$/).waitFor({ timeout: soon })
    const place = async () => (await region.getByRole('status').first().innerText()).split(' of ').map(Number)
    const [, all = 0] = await place()
    await page.keyboard.press('ArrowRight')
    await expect.poll(place, { timeout: soon }).toEqual([2, all])
    await page.keyboard.press('ArrowLeft')
    await expect.poll(place, { timeout: soon }).toEqual([1, all])
    await expectAccessible(page)
    await page.keyboard.down('n')
    await note('Noted: two people').waitFor({ timeout: soon })
    await expect.poll(place, { timeout: soon }).toEqual([1, all - 1])
    // It is still held, and says nothing of the next pair.
    await page.keyboard.down('n')
    await page.keyboard.up('n')
    await page.keyboard.press('m')
    await note(/merged into/).waitFor({ timeout: soon })
    await page.keyboard.press('Control+z')
    await note(/^Undone/).waitFor({ timeout: soon })
    await expect.poll(place, { timeout: soon }).toEqual([1, all - 1])
  })

  step('does again what was taken back, and says in the histories who was told apart', async () => {
    // The buttons name what is next once the screen has asked again: only then the keys are heard.
    const next = (name: RegExp) =>
      expect.poll(() => page.getByRole('button', { name }).isEnabled(), { timeout: soon }).toBe(true)
    await next(/^Do again: .*merged into/)
    await page.keyboard.press('Control+Shift+z')
    await note(/^Done again: .*merged into/).waitFor({ timeout: soon })
    await next(/^Undo: .*merged into/)
    await page.keyboard.press('Control+z')
    await next(/^Undo: Told apart from/)
    await page.keyboard.press('Control+z')
    await note('Undone: Told apart from').waitFor({ timeout: soon })
    await next(/^Do again: Told apart from/)
    await page.keyboard.press('Control+y')
    const done = note('Done again: Told apart from')
    await done.waitFor({ timeout: soon })
    const [, other = '', name = ''] = /apart from (.+): (.+)/.exec(await done.innerText()) ?? []
    await tab('Catalogue').click()
    await page.getByLabel(/^Search names/).fill(name)
    await grid().getByText(name, { exact: true }).click({ timeout: soon })
    await pane().getByText(`Told apart from ${other}`).first().waitFor({ timeout: soon })
  })

  it('did all that without a complaint', () => expect(complaints).toEqual([]))
})
