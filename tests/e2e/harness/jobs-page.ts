import type { Page } from 'playwright'

/** The parts of the screen by what they say. */
export function partsOf(page: () => Page) {
  return {
    tab: (name: string) =>
      page().getByRole('navigation', { name: 'Parts of this screen' }).getByRole('link', { name }).click(),
    tile: (name: string) =>
      page().getByRole('list', { name: 'The queue now' }).getByRole('listitem').filter({ hasText: name }),
    grid: (name: string) => page().getByRole('grid', { name }),
    bulk: (words: string) =>
      page()
        .getByRole('region', { name: 'Bulk action' })
        .getByText(words)
        .first()
        .waitFor({ timeout: 20_000 }),
  }
}

/** What a browser does when another tab is laid over this one. */
export async function setHidden(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, 'visibilityState', {
      configurable: true,
      get: () => (hidden ? 'hidden' : 'visible'),
    })
    document.dispatchEvent(new Event('visibilitychange'))
  }, isHidden)
}

/** Counts from now on the moments at which the numbers on screen change. */
export async function countUpdates(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const list = document.querySelector('[aria-label="The queue now"]')
    if (!list) throw new Error('The numbers are not there.')
    const seen = { updates: 0 }
    Object.assign(window, { seen })
    new MutationObserver(() => (seen.updates += 1)).observe(list.children[0], {
      subtree: true,
      characterData: true,
      childList: true,
    })
  })
  return () => page.evaluate(() => (window as unknown as { seen: { updates: number } }).seen.updates)
}
