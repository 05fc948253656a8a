import type { Page } from 'playwright'
import { beforeAll, describe, expect } from 'vitest'
import { postgresAvailable } from '../factories/database'
import { lacksChromium } from './harness/browser'
import { cataloguePage } from './harness/catalogue-page'
import { celebrityRows, insertCelebrityRows } from './harness/celebrity-rows'
import { consoleInChromium } from './harness/console'
import type { RunningHost } from './harness/host'
import { expectSmoothScrolling } from './harness/scrolling'
import * as steps from './harness/steps'

const soon = 30_000

/** Real: the host, PostgreSQL with twenty thousand celebrities, and Chromium. Celebrities are invented and have no photos. */
describe.skipIf(lacksChromium() || !(await postgresAvailable()))('a catalogue of 20,000', () => {
  const { database, open, step } = consoleInChromium()
  let host: RunningHost
  let page: Page
  const { grid, table, card, row, count, address } = cataloguePage(() => page)

  beforeAll(async () => {
    const { client, environment } = await database()
    ;({ host, page } = await open({ environment }))
    await insertCelebrityRows(client)
    await steps.createFirstAdmin(page)
  }, 240_000)

  for (const view of ['grid', 'table'] as const) {
    step(`scrolls as a ${view} without a long task`, async () => {
      await page.goto(`${host.console}#/celebrities?view=%22${view}%22`)
      const firstShown = view === 'grid' ? card(0) : row(0)
      await firstShown.getByText('Celebrity 00001').waitFor({ timeout: soon })
      expect(await count()).toBe(celebrityRows)
      const height = await page.evaluate(() => document.querySelector('[data-table]')?.scrollHeight ?? 0)
      await expectSmoothScrolling(page, `${celebrityRows} celebrities as a ${view}`, Math.ceil(height / 130))
      const last = view === 'grid' ? card(celebrityRows - 1) : row(celebrityRows - 1)
      await last.getByText(`Celebrity ${celebrityRows}`).waitFor({ timeout: soon })
      const drawn = view === 'grid' ? grid().getByRole('option') : table().getByRole('row')
      expect(await drawn.count()).toBeLessThan(80)
    })
  }

  step('is walked by keys to its very end and back', async () => {
    await table().focus()
    await page.keyboard.press('End')
    const current = table().locator('[role=row][aria-current]')
    await expect
      .poll(() => current.getAttribute('aria-rowindex'), { timeout: soon })
      .toBe(String(celebrityRows + 1))
    await expect.poll(() => address().get('id'), { timeout: soon }).toMatch(/^"?[0-9a-f-]{36}"?$/)
    await page.keyboard.press('Home')
    await expect.poll(() => current.getAttribute('aria-rowindex'), { timeout: soon }).toBe('2')
  })
})
