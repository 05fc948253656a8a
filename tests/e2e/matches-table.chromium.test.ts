import type { Page } from 'playwright'
import { beforeAll, describe, expect } from 'vitest'
import { postgresAvailable } from '../factories/database'
import { expectAccessible, faultsOf } from './harness/accessible'
import { lacksChromium } from './harness/browser'
import { consoleInChromium } from './harness/console'
import type { RunningHost } from './harness/host'
import { insertMatchRows, matchRows } from './harness/match-rows'
import { matchesPage } from './harness/matches-page'
import { expectSmoothScrolling } from './harness/scrolling'
import * as steps from './harness/steps'

const soon = 20_000

/** Real: the host, PostgreSQL with a hundred thousand matches of scored faces, and Chromium. Faces are invented. */
describe.skipIf(lacksChromium() || !(await postgresAvailable()))('the table of 100,000 matches', () => {
  const { database, open, step } = consoleInChromium()
  let host: RunningHost
  let page: Page
  const { grid, row, pane, current, chosen, count, address } = matchesPage(() => page)

  beforeAll(async () => {
    const { client, environment } = await database()
    ;({ host, page } = await open({ environment }))
    await insertMatchRows(client)
    await steps.createFirstAdmin(page)
    await steps.goTo(page, 'Matches')
    await row(0).waitFor({ timeout: soon })
  }, 240_000)

  step('has all of them, and draws only what is in sight', async () => {
    await expect.poll(count, { timeout: soon }).toBe(matchRows)
    expect(await grid().getAttribute('aria-rowcount')).toBe(String(matchRows + 1))
    expect(await grid().getByRole('row').count()).toBeLessThan(40)
  })

  step('scrolls without a long task', async () => {
    await page.waitForTimeout(1000)
    await expectSmoothScrolling(page, `${matchRows} matches`, 40_000)
    const last = row(matchRows - 1)
    await expect.poll(() => last.getByText(/Person \d+/).count(), { timeout: soon }).toBeGreaterThan(0)
  })

  step('is walked by keys, to its very end and back', async () => {
    await page.evaluate(() => document.querySelector('[data-table]')?.scrollTo({ top: 0 }))
    await grid().focus()
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => current().getAttribute('aria-rowindex')).toBe('2')
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => current().getAttribute('aria-rowindex')).toBe('3')
    await page.keyboard.press('PageDown')
    await expect.poll(async () => Number(await current().getAttribute('aria-rowindex'))).toBeGreaterThan(8)
    await page.keyboard.press('End')
    await expect
      .poll(() => current().getAttribute('aria-rowindex'), { timeout: soon })
      .toBe(String(matchRows + 1))
    await expect.poll(() => address().get('id'), { timeout: soon }).toMatch(/^"?[0-9a-f-]{36}"?$/)
    const names = await current().locator('.font-medium > span > span').allInnerTexts()
    await pane()
      .getByRole('heading', { name: `${names[0]} and ${names[1]}` })
      .waitFor({ timeout: soon })
    await page.keyboard.press('Home')
    await expect.poll(() => current().getAttribute('aria-rowindex'), { timeout: soon }).toBe('2')
    await page.keyboard.press('Escape')
    await expect.poll(() => pane().count()).toBe(0)
    expect(await grid().evaluate((element) => element === document.activeElement)).toBe(true)
  })

  step('chooses several by keys', async () => {
    await grid().focus()
    await page.keyboard.press('Home')
    await expect.poll(() => current().getAttribute('aria-rowindex'), { timeout: soon }).toBe('2')
    await page.keyboard.press('Space')
    for (const places of [2, 3]) {
      await page.keyboard.press('Shift+ArrowDown')
      await chosen().getByText(`${places} pairs chosen`).waitFor({ timeout: soon })
    }
    await page.keyboard.press('Escape')
    await expect.poll(() => pane().count()).toBe(0)
    await page.keyboard.press('Escape')
    await expect.poll(() => chosen().count()).toBe(0)
  })

  step('sorts by any factor, from either end', async () => {
    await grid().getByRole('button', { name: 'Score' }).click()
    await expect.poll(() => address().get('direction'), { timeout: soon }).toMatch(/asc/)
    const score = async () =>
      Number(
        (
          await row(0)
            .getByTitle(/^Score/)
            .innerText()
        ).replace(/[^\d.]/g, ''),
      )
    await expect.poll(score, { timeout: soon }).toBeLessThan(0.4)
    await grid().getByRole('button', { name: 'Score' }).click()
    await expect.poll(score, { timeout: soon }).toBeGreaterThan(0.7)
  })

  step('keeps its filters in the address, and clears them all at once', async () => {
    await page.goto(`${host.console}#/matches?min_age=0.9&min_quality=0.8&sort=%22age%22`)
    await expect.poll(count, { timeout: soon }).toBeLessThan(matchRows)
    const narrowed = await count()
    expect(narrowed).toBeGreaterThan(0)
    await page.reload()
    await expect.poll(count, { timeout: soon }).toBe(narrowed)
    const chips = page.getByRole('group', { name: 'Filters in use' })
    await chips.getByText('Age ≥ 0.90').waitFor()
    await chips.getByRole('button', { name: 'Take back: Quality ≥ 0.80' }).click()
    await expect.poll(count, { timeout: soon }).toBeGreaterThan(narrowed)
    await page.keyboard.press('/')
    await page.keyboard.type('Person 12')
    await expect.poll(() => address().get('search'), { timeout: soon }).toMatch(/Person 12/)
    await page.getByRole('button', { name: 'Clear all filters' }).click()
    await expect.poll(count, { timeout: soon }).toBe(matchRows)
    expect([...address().keys()].filter((key) => key !== 'sort' && key !== 'direction')).toEqual([])
  })

  step('remembers columns, their order and the density', async () => {
    await page.getByRole('button', { name: 'Columns and density' }).click()
    const menu = page.getByRole('dialog', { name: 'Columns and density' })
    await menu.getByText('Quality', { exact: true }).click()
    await menu.getByRole('button', { name: 'Move Quality to the front' }).click()
    await menu.getByRole('radio', { name: 'Compact' }).click()
    await page.keyboard.press('Escape')
    const headers = () => grid().getByRole('columnheader').allInnerTexts()
    const wanted = ['', 'Pair', 'Gender, age', 'School', 'Factors', 'Quality', 'Score', 'Found']
    await expect.poll(headers).toEqual(wanted)
    await page.reload()
    await row(0).waitFor({ timeout: soon })
    expect(await headers()).toEqual(wanted)
    expect((await row(0).boundingBox())?.height).toBe(32)
  })

  step('can be used by everybody, full and empty', async () => {
    await expectAccessible(page)
    await page.goto(`${host.console}#/matches?search=%22nobody%20of%20this%20name%22`)
    await page.getByText('No match fits these filters').waitFor({ timeout: soon })
    expect(await faultsOf(page)).toEqual([])
  })
})
