import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible } from './harness/accessible'
import { lacksChromium } from './harness/browser'
import { consoleInChromium } from './harness/console'
import { lacksPhotos, photosFolder } from './harness/directories'
import { importsPage } from './harness/imports-page'
import { shoot } from './harness/pictures'
import { choose, createFirstAdmin, goTo } from './harness/steps'

const soon = { timeout: 120_000 }
const rows = 100_000

/** Real: everything. Sources that break, go away, are huge, or come piece by piece. */
describe.skipIf(lacksChromium() || lacksPhotos())('sources of imports, in a browser', () => {
  const { open, step, complaints } = consoleInChromium()
  const lfw = join(photosFolder() ?? '', 'lfw')
  let page: Page
  let folder: string
  const { files, countOf } = importsPage(() => page)

  beforeAll(async () => {
    const opened = await open()
    ;({ page } = opened)
    folder = opened.home.photos
    mkdirSync(folder)
    await createFirstAdmin(page)
  })

  /** Names a path of this machine, and has it imported. */
  async function importPath(path: string): Promise<void> {
    await goTo(page, 'Imports')
    await page.getByRole('button', { name: 'New import' }).first().click()
    await page.getByLabel('Or a folder, ZIP or CSV on this machine').fill(path)
    await page.getByRole('button', { name: 'Use it' }).click()
    await page.getByRole('button', { name: 'Begin' }).click()
  }
  const discard = async () => {
    await page.getByRole('button', { name: 'Discard…' }).click()
    await page.getByRole('button', { name: 'Discard the import' }).click()
    await page.getByText('Published, from all machines').waitFor(soon)
  }
  const position = async () => {
    const text = await page.getByRole('progressbar', { name: 'Analysing' }).innerText()
    return Number(/([\d,]+) of/.exec(text)?.[1]?.replace(/,/g, '') ?? -1)
  }

  step('stands still while it is paused, also for who comes anew, and goes on from there', async () => {
    cpSync(lfw, join(folder, 'People'), { recursive: true })
    await importPath(join(folder, 'People'))
    await page.getByRole('button', { name: 'Pause' }).click(soon)
    await page.getByText(/^(Analysing|Reading the files), paused$/).waitFor(soon)
    await shoot(page, 'import-paused')
    await expectAccessible(page)
    await page.reload()
    await page.getByText(/^(Analysing|Reading the files), paused$/).waitFor(soon)
    await page.getByRole('button', { name: 'Resume' }).click()
    await expect.poll(position, soon).toBeGreaterThan(0)
  })

  step('stops where its folder goes away, loses nothing, and goes on when it is back', async () => {
    renameSync(join(folder, 'People'), join(folder, 'Elsewhere'))
    await page.getByText(/can't be reached any more\. Connect its disk again/).waitFor(soon)
    await page.getByText('Analysing, stopped').waitFor(soon)
    expect(await countOf('Rejected')).toBe(0)
    const before = await position()
    await shoot(page, 'import-stopped')
    await expectAccessible(page)
    renameSync(join(folder, 'Elsewhere'), join(folder, 'People'))
    await page.getByRole('button', { name: 'Resume' }).click()
    await expect.poll(position, soon).toBeGreaterThan(before)
    await discard()
    await page.getByText('No imports on this machine').waitFor(soon)
    expect(readdirSync(join(folder, 'People')).length).toBeGreaterThan(100)
  })

  it.each([
    ['broken.zip', 'no archive at all', /broken\.zip is no ZIP/],
    ['cut.zip', zipThatIsCutOff(), /cut\.zip is cut off or no ZIP at all/],
    ['no-column.csv', 'title,age\nTom,3\n', /It has no column “file” that names the photos/],
    ['open-quote.csv', 'name,file\n"Tom Hanks,a.jpg\nB,b.jpg\n', /At line 2 a quote is opened/],
  ])('says in a line what is wrong with %s', async (name, content, line) => {
    writeFileSync(join(folder, name), content)
    await importPath(join(folder, name))
    await page.getByText(line).waitFor(soon)
    await shoot(page, `import-${name}`)
    await expectAccessible(page)
    // What could not even be begun with has left nothing behind.
    if (await page.getByRole('heading', { name: 'New import' }).isVisible()) return
    await page.getByText('Nothing could be read').waitFor(soon)
    await page.getByText('Reading the files, stopped').waitFor()
    await discard()
  })

  step('takes a CSV of a hundred thousand rows, and finds one among them', async () => {
    const person = 'Abel_Pacheco'
    const photos = readdirSync(join(lfw, person)).sort()
    cpSync(join(lfw, person), join(folder, 'list', person), { recursive: true })
    const line = (_: unknown, row: number) =>
      row < photos.length ? `Abel Pacheco,${person}/${photos[row]}` : `Person ${row},${row}.jpg`
    writeFileSync(
      join(folder, 'list', 'list.csv'),
      ['name,file', ...Array.from({ length: rows }, line)].join('\n'),
    )
    await importPath(join(folder, 'list', 'list.csv'))
    await page.getByText('To review', { exact: true }).waitFor({ timeout: 600_000 })
    await expect.poll(() => countOf('Rejected'), { timeout: 300_000 }).toBe(rows - photos.length)
    expect(await countOf('All files')).toBe(rows)
    await page.getByLabel('Search names and paths').fill(`${rows - 1}.jpg`)
    await files()
      .getByRole('row', { name: `Person ${rows - 1}` })
      .waitFor(soon)
    await expect.poll(() => files().getByRole('row').count(), soon).toBe(2)
    await discard()
  })

  step('goes on with an upload after the page was loaded again, and sends nothing twice', async () => {
    const people = readdirSync(lfw).sort().slice(0, 12)
    for (const person of people) {
      cpSync(join(lfw, person), join(folder, 'Sent', person), { recursive: true })
    }
    const sent = new Set<string>()
    let isCutOff = false
    // After some photos the host is not to be had any more: what is on its way then breaks off.
    await page.route('**/rpc/imports/upload', async (route) => {
      const body = route.request().postDataBuffer()?.toString('latin1') ?? ''
      const path = /"path":"([^"]+)"/.exec(body)?.[1] ?? ''
      if (!isCutOff && sent.size >= 5) return
      if (/"offset":0/.test(body) && body.includes('JFIF')) {
        expect(sent.has(path), `${path} is sent once`).toBe(false)
        sent.add(path)
      }
      await route.continue()
    })
    page.once('dialog', (dialog) => void dialog.accept())
    await goTo(page, 'Imports')
    await page.getByRole('button', { name: 'New import' }).first().click()
    await choose(page, page.getByRole('button', { name: 'Choose a folder…' }), join(folder, 'Sent'))
    await page.getByRole('button', { name: 'Upload and begin' }).click()
    await expect.poll(() => sent.size, soon).toBe(5)
    await page.getByText(/^[3-5] of \d+ files/).waitFor(soon)
    await page.reload()
    isCutOff = true
    await page.getByText('The upload is not finished').waitFor(soon)
    await shoot(page, 'import-unfinished')
    await expectAccessible(page)
    await choose(page, page.getByRole('button', { name: 'Choose the folder…' }), join(folder, 'Sent'))
    await page.getByText('To review', { exact: true }).waitFor(soon)
    const all = people.flatMap((person) => readdirSync(join(lfw, person))).length
    await expect.poll(() => countOf('All files'), soon).toBe(all)
    expect(sent.size).toBe(all)
  })

  it('did all that without a complaint', () => expect(complaints).toEqual([]))
})

/** The beginning of a ZIP with a photo in it. */
function zipThatIsCutOff(): Buffer {
  const name = 'a.jpg'
  const header = Buffer.alloc(30)
  header.write('PK\u0003\u0004', 'latin1')
  header.writeUInt16LE(20, 4)
  header.writeUInt16LE(name.length, 26)
  return Buffer.concat([header, Buffer.from(name), readFileSync(import.meta.filename)])
}
