import type { Locator, Page } from 'playwright'
import { expect } from 'vitest'
import { faultsInBothThemes } from './accessible'
import { acceptAll, beginImport, chooseInBrowser, publishImport } from './imports-page'
import type { ScenarioPhotos } from './photos'

/** What the main job is made of, as a person at the console does it. Every step waits for what it brings about. */

/** An analysis takes well under a second; a busy test machine has others to do. */
const soon = 60_000

/** The dots that are drawn over a photo. */
const landmarks = 'figure img + svg circle'

export async function createFirstAdmin(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Create the first administrator' }).waitFor({ timeout: soon })
  await page.getByLabel('Name').fill('Ada Admin')
  await page.getByLabel('E-mail').fill('ada@school.edu')
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByLabel('Password again').fill('correct horse battery')
  await page.getByRole('button', { name: 'Create administrator' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor({ timeout: soon })
}

/** As who {@link createFirstAdmin} has made, on a host that knows her already. */
export async function signIn(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Sign in to the console' }).waitFor({ timeout: soon })
  await page.getByLabel('E-mail').fill('ada@school.edu')
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor({ timeout: soon })
}

/** The number of one of the overview's counts. */
async function count(page: Page, label: string): Promise<number> {
  const cell = page.getByRole('list', { name: 'Counts' }).getByRole('link', { name: label }).first()
  const text = await cell.locator('span').nth(1).innerText()
  return Number(text.replace(/\D/g, ''))
}

/** The screen fills by itself while the samples go through upload, queue, analysis and search. */
export async function loadSamples(page: Page): Promise<void> {
  await goTo(page, 'Overview')
  await page.getByRole('button', { name: 'Load sample people' }).first().click()
  const seen = new Set<number>()
  await expect
    .poll(
      async () => {
        const analysed = await count(page, 'Faces analysed')
        seen.add(analysed)
        return [analysed, await page.getByText('all 30 analysed').count()]
      },
      { timeout: 4 * soon, interval: 250 },
    )
    .toEqual([60, 1])
  expect(await count(page, 'People')).toBe(61)
  expect(await count(page, 'Matches')).toBeGreaterThan(0)
  expect(await count(page, 'Celebrity lookalikes')).toBeGreaterThan(0)
  expect(seen.size, 'numbers seen on the way from 0 to 60').toBeGreaterThan(5)
}

export async function addCelebrity(page: Page, { celebrity }: ScenarioPhotos): Promise<void> {
  await goTo(page, 'Celebrities')
  await page.getByRole('button', { name: 'Add celebrity' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add celebrity' })
  await choose(page, dialog.getByRole('button', { name: 'Choose a photo…' }), celebrity.file)
  expect(await dialog.getByLabel('Name').inputValue()).toBe(celebrity.name)
  await dialog.getByRole('button', { name: 'Add celebrity' }).click()
  const pane = page.getByRole('complementary', { name: 'Celebrity' })
  await pane.getByRole('heading', { name: celebrity.name }).waitFor({ timeout: soon })
  await expect.poll(() => pane.locator(landmarks).count(), { timeout: soon }).toBe(68)
  for (const title of ['Appearance', 'Quality', 'Pose', 'Photo']) {
    await pane.getByRole('heading', { name: title, exact: true }).waitFor()
  }
  await expectShown(pane.getByRole('img', { name: `Photo of ${celebrity.name}` }))
}

/** A folder, from the disk to the catalogue: read, analysed, reviewed and published. */
export async function importFolder(
  page: Page,
  { folder }: ScenarioPhotos,
  chooseFolder: () => Promise<void> = chooseInBrowser(page, folder.path),
): Promise<void> {
  await beginImport(page, { chooseFolder, licence: 'CC BY 4.0' })
  await acceptAll(page)
  await publishImport(page)
  await goTo(page, 'Celebrities')
  const search = page.getByLabel(/^Search names/)
  for (const name of folder.names) {
    await search.fill(name)
    await page.getByRole('option', { name: new RegExp(`^${name}`) }).waitFor({ timeout: soon })
  }
  await search.fill('')
}

/** Adds a face of a person and shows what was found by it: matches and celebrity lookalikes. */
export async function uploadFace(page: Page, { face: { person, file } }: ScenarioPhotos): Promise<void> {
  await goTo(page, 'People')
  await page.getByLabel('Search names and e-mail').fill(person)
  await page.getByRole('grid', { name: 'People' }).getByRole('row', { name: person }).click()
  const pane = page.getByRole('complementary', { name: 'Person' })
  await choose(page, pane.getByRole('button', { name: 'Add a photo…' }), file)
  const tile = pane.getByRole('button', { name: /^Face of .*, Analysed/ })
  await tile.waitFor({ timeout: soon })
  await expect.poll(() => pane.locator(landmarks).count(), { timeout: soon }).toBe(68)
  await pane.getByRole('heading', { name: 'Matches' }).waitFor()
  await expect
    .poll(() => pane.locator('a[href*="/matches?id="]').count(), { timeout: soon })
    .toBeGreaterThan(0)
  await expect.poll(() => pane.locator('a[href*="lookalike="]').count(), { timeout: soon }).toBeGreaterThan(0)
  await pane.locator('a[href*="lookalike="]').first().click()
  await expectPair(page.getByRole('complementary', { name: 'Celebrity lookalike' }))
}

/** A pair of the list, seen through side by side. */
export async function inspectMatch(page: Page): Promise<void> {
  await goTo(page, 'Matches')
  const list = page.getByRole('grid', { name: 'Matches' })
  await list.getByRole('row').nth(1).click()
  await expectPair(page.getByRole('complementary', { name: 'Match', exact: true }))
}

/** Both photos, the score, the six factors. */
async function expectPair(pane: Locator): Promise<void> {
  const factors = pane.getByRole('table').getByRole('row')
  await expect
    .poll(async () => (await factors.allInnerTexts()).map((text) => text.split(/\s/)[0]), { timeout: soon })
    .toEqual(expect.arrayContaining(['Embedding', 'Geometry', 'Age', 'Symmetry', 'Skin', 'Expression']))
  await pane.getByText('Stored score').waitFor()
  await pane.getByText('As photographed').click()
  const photos = pane.getByRole('img', { name: /^Photo of/ })
  await expect.poll(() => photos.count()).toBe(2)
  await expectShown(photos.first())
  await expectShown(photos.last())
}

/** No screen has a fault that axe finds: contrast, names, roles, order of headings. */
export async function expectScreensAccessible(page: Page): Promise<void> {
  const faults: string[] = []
  for (const screen of ['Overview', 'People', 'Celebrities', 'Imports', 'Matches', 'Jobs', 'Settings']) {
    await goTo(page, screen)
    faults.push(...(await faultsInBothThemes(page)).map((fault) => `${screen}, ${fault}`))
  }
  expect(faults).toEqual([])
}

export async function goTo(page: Page, screen: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: screen }).click()
  await page.getByRole('heading', { name: screen, level: 1 }).waitFor()
}

export async function choose(page: Page, button: Locator, path: string): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button.click()])
  await chooser.setFiles(path)
}

/** The image has arrived and has pixels. */
export async function expectShown(image: Locator): Promise<void> {
  await expect
    .poll(() => image.evaluate((element) => (element as HTMLImageElement).naturalWidth), { timeout: soon })
    .toBeGreaterThan(0)
}
