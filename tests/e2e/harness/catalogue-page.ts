import type { Page } from 'playwright'

/** The screen of celebrities by what it says. */
export function cataloguePage(page: () => Page) {
  const pane = () => page().getByRole('complementary', { name: 'Celebrity', exact: true })
  const table = () => page().getByRole('grid', { name: 'Celebrities' })
  const grid = () => page().getByRole('listbox', { name: 'Celebrities' })
  return {
    pane,
    table,
    grid,
    /** Rows without the header, in the order of the page. */
    row: (place: number) => table().locator(`[role=row][aria-rowindex="${place + 2}"]`),
    card: (place: number) => grid().locator(`[role=option][aria-posinset="${place + 1}"]`),
    chosen: () => page().getByRole('region', { name: 'Chosen celebrities' }),
    count: async () => Number((await page().locator('header h1 + span').innerText()).replace(/\D/g, '')),
    address: () => new URLSearchParams(new URL(page().url()).hash.split('?')[1] ?? ''),
    tab: (name: string) =>
      page().getByRole('navigation', { name: 'Parts of this screen' }).getByRole('link', { name }),
    /** The note with these words, and its button. */
    note: (words: string | RegExp) => page().locator('[data-sonner-toast]').filter({ hasText: words }),
  }
}
