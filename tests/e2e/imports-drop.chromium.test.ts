import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeZip } from '../factories/zip'
import { expectAccessible } from './harness/accessible'
import { lacksChromium } from './harness/browser'
import { consoleInChromium } from './harness/console'
import { dropFromDisk } from './harness/desktop'
import { lacksPhotos, photosFolder } from './harness/directories'
import { importsPage } from './harness/imports-page'
import { shoot } from './harness/pictures'
import { createFirstAdmin, goTo } from './harness/steps'

const soon = { timeout: 120_000 }
const list = 'main header + div'
const area = 'text=Drop a folder, photos, a ZIP or a CSV file here'

/** Real: everything. What lies on the disk is dropped into a browser, which tells the page no paths. */
describe.skipIf(lacksChromium() || lacksPhotos())('what is dropped on the imports, in a browser', () => {
  const { open, step, complaints } = consoleInChromium()
  let page: Page
  let folder: string
  const { files, countOf } = importsPage(() => page)
  const photo = (person: string, place = 0) => {
    const own = join(photosFolder() ?? '', 'lfw', person)
    return join(own, readdirSync(own).sort()[place] ?? '')
  }

  beforeAll(async () => {
    const opened = await open()
    ;({ page } = opened)
    folder = opened.home.photos
    mkdirSync(folder)
    writeFileSync(join(folder, 'notes.txt'), 'no photo')
    await createFirstAdmin(page)
  })

  const begin = async (count: number) => {
    await page.getByRole('button', { name: 'Upload and begin' }).click()
    await page.getByText('To review', { exact: true }).waitFor(soon)
    await expect.poll(() => countOf('All files'), soon).toBe(count)
  }
  const hasFile = (name: RegExp) => files().getByRole('row', { name }).first().waitFor(soon)
  const newImport = async () => {
    await goTo(page, 'Imports')
    await page.getByRole('button', { name: 'New import' }).first().click()
    await page.locator(area).waitFor()
  }

  step('takes loose photos on the list of imports, and leaves out what is none', async () => {
    await goTo(page, 'Imports')
    await dropFromDisk(page, list, photo('Al_Gore'), photo('Alec_Baldwin'), join(folder, 'notes.txt'))
    await page.getByText(/^2 files/).waitFor(soon)
    await page.getByText('1 file of other kinds left out').waitFor()
    await shoot(page, 'import-dropped')
    await expectAccessible(page)
    await begin(2)
    await hasFile(/Al Gore/)
    await hasFile(/Alec Baldwin/)
  })

  step('takes a folder with folders in it, each with the name of its person', async () => {
    const people = join(folder, 'People')
    for (const person of ['Abel_Pacheco', 'Adam_Sandler']) {
      mkdirSync(join(people, 'actors', person), { recursive: true })
      for (const place of [0, 1])
        cpSync(photo(person, place), join(people, 'actors', person, `IMG_${place}.jpg`))
    }
    await newImport()
    await dropFromDisk(page, area, people)
    await page.getByText(/^4 files/).waitFor(soon)
    expect(await page.getByLabel('Name of the import').inputValue()).toBe('People')
    await begin(4)
    await hasFile(/Abel Pacheco/)
    await hasFile(/Adam Sandler/)
  })

  step('takes a folder of more files than a browser gives at once', async () => {
    const many = join(folder, 'Many')
    mkdirSync(many)
    const bytes = readFileSync(photo('Al_Gore'))
    for (let place = 0; place < 230; place += 1) writeFileSync(join(many, `Somebody ${place}.jpg`), bytes)
    await newImport()
    await dropFromDisk(page, area, many)
    await page.getByText(/^230 files/).waitFor(soon)
  })

  step('takes a ZIP and loose photos at once', async () => {
    const zip = join(folder, 'Wade.zip')
    writeFileSync(
      zip,
      makeZip([{ name: 'Abdoulaye_Wade/a.jpg', data: readFileSync(photo('Abdoulaye_Wade')) }]),
    )
    await newImport()
    await dropFromDisk(page, area, zip, photo('Aaron_Peirsol'))
    await page.getByText(/^2 files/).waitFor(soon)
    await begin(2)
    await hasFile(/Abdoulaye Wade/)
    await hasFile(/Aaron Peirsol/)
  })

  step('says of a drop without a photo that there is none, and takes another', async () => {
    await newImport()
    await dropFromDisk(page, area, join(folder, 'notes.txt'))
    await page.getByText('There is no photo, ZIP or CSV among them. Choose others.').waitFor(soon)
    expect(await page.getByRole('button', { name: 'Upload and begin' }).isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Choose others…' }).click()
    await dropFromDisk(page, area, photo('Al_Gore'))
    await page.getByText(/^1 file/).waitFor(soon)
  })

  it('did all that without a complaint', () => expect(complaints).toEqual([]))
})
