import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../core/api/contract'
import { expectAccessible } from './harness/accessible'
import { lacksChromium } from './harness/browser'
import { signInAsAdmin } from './harness/client'
import { consoleInChromium } from './harness/console'
import { lacksPhotos, photosFolder } from './harness/directories'
import { beginImport, importsPage, publishImport } from './harness/imports-page'
import { shoot } from './harness/pictures'
import { createFirstAdmin, goTo } from './harness/steps'

const soon = { timeout: 120_000 }
const people = ['Abel_Pacheco', 'Adam_Sandler', 'Abdoulaye_Wade']

/** Real: everything. What comes after an import was published: the rest of it, and the way back. */
describe.skipIf(lacksChromium() || lacksPhotos())('imports that were published', () => {
  const { open, step, complaints } = consoleInChromium()
  let page: Page
  let client: Client
  let folder: string
  const { review, outcome, group, countOf, about } = importsPage(() => page)
  const notes = () => page.getByRole('list', { name: 'Published imports' })

  beforeAll(async () => {
    const { home, host, ...opened } = await open()
    page = opened.page
    folder = join(home.photos, 'Festival')
    const photos = photosFolder() ?? ''
    for (const person of people) {
      const source = join(photos, 'lfw', person)
      for (const photo of readdirSync(source).sort().slice(0, 3)) {
        cpSync(join(source, photo), join(folder, person, photo))
      }
    }
    mkdirSync(join(folder, 'doubted'))
    const [gore = ''] = readdirSync(join(photos, 'lfw', 'Al_Gore')).sort()
    cpSync(join(photos, 'lfw', 'Al_Gore', gore), join(folder, 'doubted', gore))
    // A comma too many: nobody knows which column is which.
    writeFileSync(join(folder, 'list.csv'), `name,file\nAl Gore,doubted/${gore},Politician\n`)
    await createFirstAdmin(page)
    client = await signInAsAdmin(host.url)
  })

  step('hold a photo whose line in a CSV can’t be used, and say which line that is', async () => {
    await beginImport(page, {
      licence: 'CC BY 4.0',
      chooseFolder: async () => {
        await page.getByLabel('Or a folder, ZIP or CSV on this machine').fill(folder)
        await page.getByRole('button', { name: 'Use it' }).click()
      },
    })
    await expect.poll(() => countOf('New celebrities'), soon).toBe(people.length)
    await group('Need a person').click()
    await outcome().getByText('No name').waitFor(soon)
    await review()
      .getByText(/list\.csv/)
      .waitFor()
    await shoot(page, 'import-doubted')
    await expectAccessible(page)
  })

  step('are reviewed again: who had waited is decided, and published with the rest', async () => {
    await publishImport(page)
    await page.getByText('1 file waited for a person and was not published.').waitFor(soon)
    await shoot(page, 'import-published')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Review it' }).click()
    await page.getByText('To review', { exact: true }).waitFor(soon)
    await about().getByRole('heading', { level: 2, name: 'No name' }).waitFor(soon)
    await page.keyboard.press('a')
    const dialog = page.getByRole('dialog', { name: 'Describe the photo' })
    await dialog.getByLabel('Name').fill('Al Gore')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect.poll(() => countOf('New celebrities'), soon).toBe(people.length + 1)
    await group('New celebrities').click()
    await review().getByText('It is published already: change it among the celebrities.').waitFor(soon)
    await about()
      .getByText(/^Published (now|\d+ (s|min) ago)\.$/)
      .waitFor()
    await shoot(page, 'import-reopened')
    await page.keyboard.press('r')
    await review()
      .getByText(/^Nothing was decided\. It is published already/)
      .waitFor()
    await page.getByRole('button', { name: 'Publish 1…' }).waitFor()
    await publishImport(page)
    expect((await client.celebrities.list({ search: 'Al Gore' })).items).toHaveLength(1)
  })

  step('are left as they are where nothing came of the second review', async () => {
    await page.getByRole('button', { name: 'Review again' }).click()
    await page.getByRole('button', { name: 'End the review' }).click(soon)
    await page.getByText('Published', { exact: true }).first().waitFor(soon)
  })

  step('say what an undo took back, whom it left with how many photos, and lead there', async () => {
    const idOf = async (name: string) =>
      (await client.celebrities.list({ search: name })).items.find((one) => one.name === name)?.id ?? ''
    const wade = await idOf('Abdoulaye Wade')
    await client.curation.edit({
      selection: { ids: [await idOf('Adam Sandler')] },
      edit: { bio: 'Comedian' },
    })
    await client.curation.trash({ selection: { ids: [wade] } })
    await page.getByRole('button', { name: 'Undo import…' }).click()
    await page.getByRole('button', { name: 'Undo the import' }).click()
    const dialog = page.getByRole('alertdialog')
    await dialog
      .getByText(/^\d+ photos taken back, \d+ kept because somebody changed them since\.$/)
      .waitFor(soon)
    await dialog.getByText('They were put into the trash since.').waitFor()
    await shoot(page, 'import-kept')
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Done' }).click()
    await page.getByText(/^\d+ photos taken back, \d+ kept\. Import its source again/).waitFor(soon)
    await goTo(page, 'Imports')
    await notes()
      .getByText(/^\d+ photos taken back, \d+ kept · by Ada Admin/)
      .waitFor(soon)
    expect(await page.getByText(/0 celebrities/).count()).toBe(0)
    await page.getByRole('button', { name: 'What was kept of Festival' }).click()
    await shoot(page, 'imports-undone')
    await expectAccessible(page)
    await page.getByRole('link', { name: 'Abdoulaye Wade' }).click()
    const trashed = page.getByRole('grid', { name: 'Trash' }).getByRole('row', { name: /Abdoulaye Wade/ })
    await trashed.click(soon)
    await page.getByRole('button', { name: 'Restore' }).click()
    await page.getByText('The trash is empty').or(page.getByText('Nobody of this name')).waitFor(soon)
  })

  step('are undone further where what was changed is changed back', async () => {
    await goTo(page, 'Imports')
    await page.getByRole('button', { name: 'Undo the rest of the import Festival' }).click()
    const dialog = page.getByRole('alertdialog')
    await dialog.getByText(/^The undo left \d+ photos? because somebody had changed/).waitFor()
    await dialog.getByRole('button', { name: 'Undo the import' }).click()
    await dialog.getByText(/^\d+ photos taken back, \d+ kept/).waitFor(soon)
    await dialog.getByRole('button', { name: 'Done' }).click()
    await expect
      .poll(async () => (await client.celebrities.list({})).items.map(({ name }) => name), soon)
      .toEqual(['Adam Sandler'])
  })

  it('did all that without a complaint', () => expect(complaints).toEqual([]))
})
