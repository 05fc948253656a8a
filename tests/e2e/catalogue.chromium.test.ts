import { readFileSync } from 'node:fs'
import type { Page } from 'playwright'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible } from './harness/accessible'
import { lacksChromium } from './harness/browser'
import { cataloguePage } from './harness/catalogue-page'
import { consoleInChromium } from './harness/console'
import type { RunningHost } from './harness/host'
import { newPhoto } from './harness/photos'
import { homeWithSamples } from './harness/sample-home'
import * as steps from './harness/steps'

const soon = 60_000

/** Real: everything. The sample celebrities go through the models, and a curator looks after them in Chromium. */
describe.skipIf(lacksChromium())('the catalogue of celebrities', () => {
  const { open, step, complaints } = consoleInChromium()
  let host: RunningHost
  let page: Page
  let photo: string
  const { pane, grid, table, row, card, chosen, count, address, tab, note } = cataloguePage(() => page)
  const undo = (words: string | RegExp) => note(words).getByRole('button', { name: 'Undo' }).click()
  const total = (wanted: number) => expect.poll(count, { timeout: soon }).toBe(wanted)

  beforeAll(async () => {
    const home = await homeWithSamples()
    ;({ host, page } = await open({ home }))
    photo = await newPhoto(home.path)
    await steps.signIn(page)
  })

  step('is a grid that keys walk through in both directions', async () => {
    await steps.goTo(page, 'Celebrities')
    await total(30)
    await card(0).waitFor({ timeout: soon })
    await grid().focus()
    await page.keyboard.press('ArrowRight')
    const current = () => grid().locator('[aria-current]').getAttribute('aria-posinset')
    await expect.poll(current, { timeout: soon }).toBe('1')
    await page.keyboard.press('ArrowRight')
    await expect.poll(current, { timeout: soon }).toBe('2')
    await page.keyboard.press('ArrowDown')
    await expect.poll(async () => Number(await current()), { timeout: soon }).toBeGreaterThan(4)
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowLeft')
    await expect.poll(current, { timeout: soon }).toBe('1')
    await pane().getByRole('heading', { name: 'About' }).waitFor({ timeout: soon })
    await page.keyboard.press('Escape')
    await expect.poll(() => pane().count(), { timeout: soon }).toBe(0)
  })

  step('is chosen by keys, some and all that match', async () => {
    await grid().focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('Space')
    await chosen().getByText('1 celebrity chosen').waitFor()
    await page.keyboard.press('Shift+ArrowRight')
    await chosen().getByText('2 celebrities chosen').waitFor({ timeout: soon })
    await page.keyboard.press('Escape')
    await expect.poll(() => pane().count(), { timeout: soon }).toBe(0)
    await page.keyboard.press('Escape')
    await expect.poll(() => chosen().count(), { timeout: soon }).toBe(0)
    await page.keyboard.press('Control+a')
    await chosen().getByText('All 30 chosen').waitFor()
    await card(0).click({ modifiers: ['Control'] })
    await chosen().getByText('29 celebrities chosen').waitFor()
    await chosen().getByRole('button', { name: 'Choose none' }).click()
  })

  step('is narrowed by filters that stand in the address', async () => {
    await page.getByRole('button', { name: /^Filters/ }).click()
    await page
      .getByRole('dialog', { name: 'Filters' })
      .getByRole('button', { name: /Without/ })
      .click()
    await page.getByRole('option', { name: /^Licence/ }).click()
    await page.keyboard.press('Escape')
    await expect.poll(() => address().get('missing'), { timeout: soon }).toMatch(/licence/)
    const chips = page.getByRole('group', { name: 'Filters in use' })
    await chips.getByText('Without licence').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('nobody is called that')
    await page.getByText('No celebrity fits these filters').waitFor({ timeout: soon })
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Clear the filters' }).click()
    await total(30)
  })

  step('is edited in the table, with Escape, Enter and a word to who left it empty', async () => {
    await grid().focus()
    await page.keyboard.press('v')
    await row(0).waitFor({ timeout: soon })
    expect(address().get('view')).toMatch(/table/)
    await table().focus()
    await page.keyboard.press('Home')
    await pane().waitFor({ timeout: soon })
    const title = pane().getByRole('heading', { level: 2 })
    const before = await title.innerText()
    await page.keyboard.press('e')
    const cell = table().getByRole('textbox', { name: `Name of ${before}` })
    await cell.fill('')
    await page.keyboard.press('Enter')
    await table().getByRole('alert').getByText('Enter a name.').waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => cell.count(), { timeout: soon }).toBe(0)
    await expect
      .poll(() => table().evaluate((element) => element === document.activeElement), { timeout: soon })
      .toBe(true)
    await page.keyboard.press('e')
    await cell.fill('Aaa First')
    await page.keyboard.press('Enter')
    await expect.poll(() => title.innerText(), { timeout: soon }).toBe('Aaa First')
    await note('Name changed').waitFor({ timeout: soon })
    await table().focus()
    // Pressed faster than the one before is done.
    await page.keyboard.press('Control+z')
    await page.keyboard.press('Control+y')
    await note('Done again: Name').waitFor({ timeout: soon })
    await expect.poll(() => title.innerText(), { timeout: soon }).toBe('Aaa First')
    await page.keyboard.press('Control+z')
    await expect.poll(() => title.innerText(), { timeout: soon }).toBe(before)
  })

  step('is edited in the pane, and the history undoes it', async () => {
    await pane()
      .getByRole('button', { name: /^Licence: none/ })
      .click()
    await pane().getByLabel('Licence').fill('CC0')
    await page.keyboard.press('Enter')
    await pane()
      .getByRole('button', { name: /^Licence: CC0/ })
      .waitFor({ timeout: soon })
    const history = pane()
      .locator('section')
      .filter({ has: page.getByRole('heading', { name: 'History' }) })
    await history
      .getByRole('button', { name: /^Undo: .*icence/ })
      .first()
      .click()
    await pane()
      .getByRole('button', { name: /^Licence: none/ })
      .waitFor({ timeout: soon })
    await page.keyboard.press('Escape')
  })

  step('is edited in bulk, after saying how many that would change and why not all', async () => {
    await expect.poll(() => pane().count(), { timeout: soon }).toBe(0)
    await table().focus()
    await page.keyboard.press('Control+a')
    await chosen().getByRole('button', { name: 'Edit…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Edit 30 celebrities' })
    await dialog.getByRole('button', { name: /Gender/ }).click()
    await page.getByRole('option', { name: 'Set to' }).click()
    await dialog.getByRole('button', { name: /New gender/ }).click()
    await page.getByRole('option', { name: 'Female' }).click()
    const plan = dialog.getByRole('table', { name: 'Dry run' })
    await plan.getByText('of 30 will be changed').waitFor({ timeout: soon })
    const changed = Number(await plan.getByRole('cell').first().innerText())
    expect(changed).toBeGreaterThan(0)
    expect(changed).toBeLessThan(30)
    await plan.getByText(/^left out/).waitFor()
    await expectAccessible(page)
    await dialog.getByRole('button', { name: `Change ${changed} celebrities` }).click()
    await undo(`${changed} celebrities changed`)
    await note(`${changed} changes undone`).waitFor({ timeout: soon })
  })

  step('merges two side by side, and takes it back', async () => {
    await expect.poll(() => chosen().count(), { timeout: soon }).toBe(0)
    for (const place of [0, 1]) await row(place).locator('[data-check]').click()
    await chosen().getByRole('button', { name: 'Merge…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Merge 2 celebrities into one' })
    await dialog.getByText('Stays', { exact: true }).waitFor({ timeout: soon })
    await expectAccessible(page)
    await dialog.getByRole('button', { name: /^Merge into/ }).click()
    await total(29)
    await pane().getByRole('list', { name: 'Photos' }).getByRole('listitem').nth(1).waitFor({ timeout: soon })
    await undo(/merged into/)
    await total(30)
    await page.keyboard.press('Escape')
  })

  step('gives somebody another photo, and keeps the one before', async () => {
    await row(0).click()
    await pane().getByRole('button', { name: 'Replace photo…' }).click({ timeout: soon })
    const dialog = page.getByRole('dialog', { name: /^Replace the photo of/ })
    await steps.choose(page, dialog.getByRole('button', { name: 'Choose a photo…' }), photo)
    await dialog.getByRole('button', { name: 'Replace photo' }).click()
    const photos = pane().getByRole('list', { name: 'Photos' }).getByRole('listitem')
    await expect.poll(() => photos.count(), { timeout: soon }).toBe(2)
    await photos.getByRole('button', { name: 'Use this one' }).click({ timeout: soon })
    await note(/is known by another photo/).waitFor({ timeout: soon })
    await page.keyboard.press('Escape')
  })

  step('writes what matches into a CSV file', async () => {
    await expect.poll(() => pane().count(), { timeout: soon }).toBe(0)
    await table().focus()
    await page.keyboard.press('Control+a')
    const [download] = await Promise.all([
      page.waitForEvent('download', { timeout: soon }),
      chosen().getByRole('button', { name: 'Export CSV' }).click(),
    ])
    const lines = readFileSync(await download.path(), 'utf8')
      .trimEnd()
      .split('\r\n')
    expect(lines).toHaveLength(31)
    expect(lines[0]).toMatch(/^name,/)
    await page.keyboard.press('Escape')
  })

  step('has a trash: out again one by one, or for good', async () => {
    await expect.poll(() => chosen().count(), { timeout: soon }).toBe(0)
    for (const place of [0, 1, 2]) await row(place).locator('[data-check]').click()
    await chosen().getByRole('button', { name: 'Move to trash…' }).click()
    await page.getByRole('button', { name: 'Move 3 to the trash' }).click({ timeout: soon })
    await total(27)
    await tab('Trash').click()
    const trash = page.getByRole('grid', { name: 'Trash' })
    await expect.poll(() => trash.getByText('30 days').count(), { timeout: soon }).toBe(3)
    await expectAccessible(page)
    await trash.getByRole('row').nth(1).click()
    await page.getByRole('button', { name: 'Restore' }).click()
    await note('1 celebrity restored').waitFor({ timeout: soon })
    await expect.poll(() => trash.getByRole('row').count(), { timeout: soon }).toBe(3)
    // The key works with the focus on the box that was ticked.
    await trash.getByRole('checkbox').nth(1).click()
    await page.keyboard.press('Delete')
    await page.getByRole('button', { name: 'Delete 1 celebrity' }).click()
    await note('1 celebrity deleted for good').waitFor({ timeout: soon })
    await tab('Catalogue').click()
    await total(28)
  })

  step('shows where the gallery is thin, and leads there', async () => {
    await tab('Coverage').click()
    await page.getByRole('table', { name: 'Female' }).waitFor({ timeout: soon })
    await expectAccessible(page)
    const place = page.getByRole('button', { name: /^(Fem|M)ale, .*: [1-9]\d* celebrit/ }).first()
    const wanted = Number(/: (\d+) celebrit/.exec(await place.innerText())?.[1])
    await place.click()
    await total(wanted)
    await page.getByRole('group', { name: 'Filters in use' }).getByText(/^Age/).waitFor()
    await page.getByRole('button', { name: 'Clear all filters' }).click()
    await total(28)
  })

  step('can be used by everybody, wide and narrow, in both themes', async () => {
    for (const width of [1280, 700]) {
      await page.setViewportSize({ width, height: 800 })
      for (const view of ['grid', 'table']) {
        await page.goto(`${host.console}#/celebrities?view=%22${view}%22`)
        await (view === 'grid' ? card(0) : row(0)).click({ timeout: soon })
        await pane().getByRole('heading', { name: 'About' }).waitFor({ timeout: soon })
        await expectAccessible(page)
      }
      expect(await page.evaluate(() => document.body.scrollWidth <= window.innerWidth)).toBe(true)
    }
  })

  it('did all that without a complaint', () => expect(complaints).toEqual([]))
})
