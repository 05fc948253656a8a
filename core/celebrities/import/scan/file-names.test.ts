import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openScanner, type Scanner } from '../../../../tests/factories/scanned'
import { readStagedFile } from '../source/read-file'
import type { Locator } from '../staging/staging-tables'
import { showNames } from './file-names'

// Real: folders whose names are any bytes, the scan, the staging area.

const shown = (...names: (string | number[])[]) =>
  showNames(names.map((name) => ({ name: Buffer.from(name as string) }))).map(({ name }) => name)

test('a name that is no UTF-8 is read as western where it can be, and each is another', () => {
  expect(shown([0x41, 0x6e, 0x64, 0x72, 0xe9], 'André', 'Ann')).toEqual(['André', 'André (2)', 'Ann'])
  // Shift-JIS, KOI8-R, GBK.
  expect(shown([0x95, 0x78, 0x8a, 0x7e], [0x95, 0x78, 0x8b, 0x7e])).toEqual(['�x�~', '�x�~ (2)'])
  expect(shown([0xed, 0xc9, 0xd2, 0xc1])[0]).toMatch(/^�+$/)
  expect(shown([0xd5, 0xc5, 0xd2, 0xd5])[0]).toContain('�')
})

describe('a folder with names that are no UTF-8', () => {
  let scanner: Scanner
  beforeAll(async () => {
    scanner = await openScanner()
  })
  afterAll(() => scanner.close())

  const at = (folder: string, ...bytes: string[]) => Buffer.from(join(folder, ...bytes), 'latin1')

  test('is imported like others, and each photo can be read', async ({ skip }) => {
    const folder = await scanner.folderOf({ 'list.csv': 'file,name\nAndr\u00e9 Rieu/b.jpg,Bob Builder\n' })
    // Not every system's disks hold such names.
    await mkdir(at(folder, 'Andr\xe9 Rieu')).catch(() => skip('names have to be UTF-8 here'))
    await writeFile(at(folder, 'Andr\xe9 Rieu', 'IMG_1.jpg'), 'first')
    await writeFile(at(folder, 'Andr\xe9 Rieu', 'b.jpg'), 'second')
    await mkdir(at(folder, '\x95\x78\x8a\x7e'))
    await writeFile(at(folder, '\x95\x78\x8a\x7e', 'IMG_2.jpg'), 'third')
    await writeFile(at(folder, 'Inv\xff Alid.jpg'), 'fourth')
    expect(await readdir(folder)).toHaveLength(4)
    const rows = await scanner.scan(folder)
    expect(rows.map(({ path, name, reason }) => [path, name, reason])).toEqual([
      ['André Rieu/IMG_1.jpg', 'André Rieu', null],
      ['André Rieu/b.jpg', 'Bob Builder', null],
      ['Invÿ Alid.jpg', 'Invÿ Alid', null],
      ['�x�~/IMG_2.jpg', null, null],
    ])
    const read = (row: (typeof rows)[number]) =>
      readStagedFile(scanner.staging, row.import_id, row.locator as Locator)
    const contents = await Promise.all(rows.map(async (row) => String(await read(row))))
    expect(contents).toEqual(['first', 'second', 'fourth', 'third'])
  })

  test('is not left through a link that has one', async ({ skip }) => {
    const outside = await scanner.folderOf({ 'secret.jpg': 'secret' })
    const folder = await scanner.folderOf({ 'a.jpg': 'x' })
    await symlink(join(outside, 'secret.jpg'), at(folder, 'caf\xe9.jpg')).catch(() =>
      skip('names have to be UTF-8 here'),
    )
    const rows = await scanner.scan(folder)
    expect(rows.map(({ path, reason_code }) => [path, reason_code])).toEqual([
      ['a.jpg', null],
      ['café.jpg', 'unsafe_path'],
    ])
    const reading = readStagedFile(scanner.staging, rows[1].import_id, rows[1].locator as Locator)
    await expect(reading).rejects.toMatchObject({ data: { code: 'unsafe_path' } })
  })
})
