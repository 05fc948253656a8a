import type { Page } from 'playwright'
import { expect } from 'vitest'
import { choose, goTo } from './steps'

const soon = 120_000

/** The screen of an import by what it says. */
export function importsPage(page: () => Page) {
  const review = () => page().getByRole('region', { name: 'Review' })
  return {
    review,
    outcome: () => review().getByRole('status', { name: 'Outcome' }),
    files: () => page().getByRole('grid', { name: 'Files' }),
    about: () => page().getByRole('complementary', { name: 'Photo' }),
    /** An entry of the outcomes, with its count. */
    group: (name: string) =>
      page().getByRole('navigation', { name: 'Outcomes' }).getByRole('button', { name }),
    countOf: async (name: string) => {
      const entry = page().getByRole('navigation', { name: 'Outcomes' }).getByRole('button', { name })
      if ((await entry.count()) === 0) return 0
      return Number((await entry.first().locator('span').last().innerText()).replace(/\D/g, ''))
    },
    shownFile: () => new URLSearchParams(new URL(page().url()).hash.split('?')[1] ?? '').get('file'),
  }
}

/** From the list of imports to the files under review. */
export async function beginImport(
  page: Page,
  { chooseFolder, licence }: { chooseFolder: () => Promise<void>; licence?: string },
): Promise<void> {
  await goTo(page, 'Imports')
  await page.getByRole('button', { name: 'New import' }).first().click()
  await page.getByRole('heading', { name: 'New import' }).waitFor()
  await chooseFolder()
  if (licence) {
    await page.getByLabel('Licence').fill(licence)
    await page.getByLabel('Source').fill('Labeled Faces in the Wild')
  }
  await page.getByRole('button', { name: /^(Upload and begin|Begin)$/ }).click()
  await page.getByText('To review', { exact: true }).waitFor({ timeout: soon })
}

export const chooseInBrowser = (page: Page, path: string) => () =>
  choose(page, page.getByRole('button', { name: 'Choose a folder…' }), path)

/** Publishes what is to be published, and waits until it is. */
export async function publishImport(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Publish \d+…$/ }).click()
  const dialog = page.getByRole('dialog', { name: /^Publish/ })
  await dialog.getByText('gain a lookalike').waitFor({ timeout: soon })
  await dialog.getByRole('button', { name: /^Publish \d+ photos?$/ }).click()
  await page.getByText('Published', { exact: true }).first().waitFor({ timeout: soon })
}

/** Accepts whoever is held for a person, by the key. */
export async function acceptAll(page: Page): Promise<void> {
  const { group, countOf, shownFile } = importsPage(() => page)
  // There is a plan once something has come of somebody.
  await expect
    .poll(async () => (await countOf('New celebrities')) + (await countOf('Need a person')), {
      timeout: soon,
    })
    .toBeGreaterThan(0)
  await group('Need a person').click()
  for (let left = await countOf('Need a person'); left > 0; left = await countOf('Need a person')) {
    await page.getByRole('button', { name: 'Accept' }).waitFor()
    const before = shownFile()
    await page.keyboard.press('a')
    await expect.poll(() => countOf('Need a person'), { timeout: soon }).toBeLessThan(left)
    if (shownFile() === before) await group('Need a person').click()
  }
}
