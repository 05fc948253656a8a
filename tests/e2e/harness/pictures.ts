import { join } from 'node:path'
import type { Page } from 'playwright'

/** Pictures for whoever works on a screen, in both themes, where SEMBLANCE_TEST_SCREENSHOTS names a folder. */
export async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env['SEMBLANCE_TEST_SCREENSHOTS']
  if (!folder) return
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.waitForTimeout(300)
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) })
  }
  await page.emulateMedia({ colorScheme: null })
}
