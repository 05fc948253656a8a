import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright'
import { expect } from 'vitest'

/** React Aria's: what it says of a button that worked for a while names that button for some seconds more. */
const announcer = '[data-live-announcer]'

/** What stands where something is still to come. */
const skeletons = '.animate-pulse.bg-active'

/** What the other theme can change; names, roles and the order of headings stay as they are. */
const rulesOfColor = ['color-contrast', 'link-in-text-block']

/** What axe has to say about the page as it is, once nothing moves any more. */
export async function faultsOf(page: Page, { rules }: { rules?: string[] } = {}): Promise<string[]> {
  await atRest(page)
  // There are no frames, so that axe needs no second page to put the results of several together.
  const axe = new AxeBuilder({ page }).setLegacyMode().exclude(announcer)
  const { violations } = await axe
    .options({ resultTypes: ['violations'], ...(rules ? { runOnly: { type: 'rule', values: rules } } : {}) })
    .analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`.slice(0, 600))
}

/** The same in light and, as far as it can differ there, in dark. */
export async function faultsInBothThemes(page: Page): Promise<string[]> {
  const faults: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const found = await faultsOf(page, colorScheme === 'dark' ? { rules: rulesOfColor } : {})
    faults.push(...found.map((fault) => `${colorScheme}: ${fault}`))
  }
  await page.emulateMedia({ colorScheme: null })
  return faults
}

/** No fault that axe finds, in either theme. */
export async function expectAccessible(page: Page): Promise<void> {
  expect(await faultsInBothThemes(page)).toEqual([])
}

/**
 * Waits until the page stands still: a colour in the midst of a transition has too little contrast, and what is loaded is
 * to stand there. What turns for ever does not count, and a page that never rests is taken as it is after a while.
 */
async function atRest(page: Page): Promise<void> {
  await page.evaluate(async (loading) => {
    const [quietMs, patienceMs] = [200, 5000]
    const began = performance.now()
    let moved = began
    const observer = new MutationObserver(() => (moved = performance.now()))
    observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true })
    const isMoving = () =>
      document.querySelector(loading) !== null ||
      document
        .getAnimations()
        .some((one) => one.playState === 'running' && one.effect?.getComputedTiming().endTime !== Infinity)
    for (let now = began; now - began < patienceMs && now - moved < quietMs; now = performance.now()) {
      if (isMoving()) moved = now
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
    observer.disconnect()
  }, skeletons)
}
