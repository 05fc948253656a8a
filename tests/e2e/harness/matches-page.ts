import type { Page } from 'playwright'

/** The screen of matches by what it says. */
export function matchesPage(page: () => Page) {
  const grid = () => page().getByRole('grid', { name: 'Matches' })
  return {
    grid,
    /** Rows without the header, in the order of the page: row 0 of the list is the one whose aria-rowindex is 2. */
    row: (place: number) => grid().locator(`[role=row][aria-rowindex="${place + 2}"]`),
    pane: () => page().getByRole('complementary', { name: 'Match', exact: true }),
    current: () => grid().locator('[role=row][aria-current]'),
    chosen: () => page().getByRole('region', { name: 'Chosen pairs' }),
    count: async () => Number((await page().locator('header h1 + span').innerText()).replace(/\D/g, '')),
    address: () => new URLSearchParams(new URL(page().url()).hash.split('?')[1] ?? ''),
  }
}
