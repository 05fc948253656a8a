import { execFileSync } from 'node:child_process'
import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openScanner, readFiles, type Scanner } from '../../../../tests/factories/scanned'
import { createImport } from '../source/create'
import { readStagedFile } from '../source/read-file'
import type { Locator } from '../staging/staging-tables'
import { scanImport } from './scan'

let scanner: Scanner
beforeAll(async () => {
  scanner = await openScanner()
})
afterAll(() => scanner.close())

const scanned = async (files: Record<string, string | Uint8Array>, path = '') =>
  scanner.scan(join(await scanner.folderOf(files), path))

describe('a folder', () => {
  test('has each file as a row, described by tables, sidecars, folders and names', async () => {
    const rows = await scanned({
      'Ann Onym/IMG_1.jpg': 'x',
      'Ann Onym/IMG_2.jpg': 'x',
      'Ann Onym/IMG_2.jpg.json': '{"license": "CC BY 4.0", "sex": "F"}',
      'Ann Onym/person.json': '{"bio": "Nobody knows.", "licence": "CC0"}',
      'bob_builder.jpg': 'x',
      'list.csv': 'file;name;source\nbob_builder.jpg;Builder, Bob;https://example.org\nnone.jpg;N;\n',
    })
    const seen = rows.map(({ path, name, name_original, licence, bio, gender, source, reason_code }) => ({
      ...{ path, name, name_original, licence, bio, gender, source, reason_code },
    }))
    const ann = {
      name: 'Ann Onym',
      name_original: 'Ann Onym',
      bio: 'Nobody knows.',
      source: null,
      reason_code: null,
    }
    expect(seen).toEqual([
      { path: 'Ann Onym/IMG_1.jpg', ...ann, licence: 'CC0', gender: null },
      { path: 'Ann Onym/IMG_2.jpg', ...ann, licence: 'CC BY 4.0', gender: 'female' },
      {
        ...{
          path: 'bob_builder.jpg',
          name: 'Bob Builder',
          name_original: 'Builder, Bob',
          licence: null,
          bio: null,
        },
        ...{ gender: null, source: 'https://example.org', reason_code: null },
      },
      {
        ...{ path: 'none.jpg', name: 'N', name_original: 'N', licence: null, bio: null },
        ...{ gender: null, source: null, reason_code: 'gone' },
      },
    ])
    expect(rows[3].reason).toBe('Line 3 of list.csv names it, but there is no such file.')
  })

  test('has what is no photo told, and what is hidden passed over', async () => {
    const rows = await scanned({
      '.DS_Store': 'x',
      '.git/a.jpg': 'x',
      'Thumbs.db': 'x',
      '__MACOSX/a.jpg': 'x',
      'a.jpg': 'x',
      'empty.png': '',
      'film.mp4': 'x',
      'more.zip': 'x',
      'notes.json': '{}',
      nameless: Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0]),
      'drawing.svg': '<svg/>',
    })
    expect(
      rows.map(({ path, reason_code, reason }) => [path, reason_code, reason?.split(/[.,;]/)[0] ?? null]),
    ).toEqual([
      ['a.jpg', null, null],
      ['drawing.svg', 'not_a_photo', 'SVG files are not supported'],
      ['empty.png', 'not_a_photo', 'The file is empty'],
      ['film.mp4', 'not_a_photo', 'This is no photo'],
      ['more.zip', 'not_a_photo', 'An archive'],
      ['nameless', null, null],
      ['notes.json', 'not_a_photo', 'This is no photo'],
    ])
  })

  test('has a description without its photo told as one', async () => {
    const rows = await scanned({
      'Bea.json': '{"name": "Bea", "licence": "CC0"}',
      'a.jpg': 'x',
      'broken.jpg.json': '{ broken',
      'evil.jpg.json': '{"name": "Evil"}',
      'settings.json': '{"colour": "blue"}',
    })
    expect(rows.map(({ path, reason_code, reason }) => [path, reason_code, reason])).toEqual([
      ['Bea.json', 'bad_description', 'It describes a photo called Bea, which isn’t there.'],
      ['a.jpg', null, null],
      ['broken.jpg.json', 'bad_description', 'It describes broken.jpg, which isn’t there.'],
      ['evil.jpg.json', 'bad_description', 'It describes evil.jpg, which isn’t there.'],
      ['settings.json', 'not_a_photo', 'This is no photo, by its name and its first bytes.'],
    ])
  })

  test('has descriptions that can not be used told, and its photos imported all the same', async () => {
    const rows = await scanned({
      'a.jpg': 'x',
      'a.json': '{ broken',
      'b.jpg': 'x',
      'b.json': '{"name": "B", "gender": "both", "licence": 3}',
      'bad.csv': 'name\nX\n',
      'info.json': '[]',
      'strange.csv': Buffer.from([0x66, 0x69, 0x6c, 0x65, 0x0a, 0x8b, 0x7b, 0x8d, 0xe8]),
    })
    expect(rows.map(({ path, state, reason_code }) => [path, state, reason_code])).toEqual([
      ['bad.csv', 'rejected', 'bad_description'],
      ['info.json', 'rejected', 'bad_description'],
      ['strange.csv', 'rejected', 'bad_description'],
      ['a.json', 'rejected', 'bad_description'],
      ['a.jpg', 'found', null],
      ['b.json', 'rejected', 'bad_description'],
      ['b.json (2)', 'rejected', 'bad_description'],
      ['b.jpg', 'found', null],
    ])
    expect(rows.at(-1)).toMatchObject({ name: 'B', gender: null, licence: null })
  })

  test('is never left through a link', async () => {
    const outside = await scanner.folderOf({ 'secret.jpg': 'secret', 'folder/more.jpg': 'secret' })
    const folder = await scanner.folderOf({ 'a.jpg': 'x', 'sub/b.jpg': 'x' })
    await symlink(join(outside, 'secret.jpg'), join(folder, 'file.jpg'))
    await symlink(join(outside, 'folder'), join(folder, 'out'))
    await symlink(folder, join(folder, 'sub', 'round'))
    await symlink(join(folder, 'nowhere'), join(folder, 'broken.jpg'))
    await symlink(join(folder, 'self.jpg'), join(folder, 'self.jpg'))
    await symlink(join(folder, 'a.jpg'), join(folder, 'within.jpg'))
    const rows = await scanner.scan(folder)
    expect(rows.map(({ path, reason_code }) => [path, reason_code])).toEqual([
      ['a.jpg', null],
      ['broken.jpg', 'gone'],
      ['file.jpg', 'unsafe_path'],
      ['out', 'unsafe_path'],
      ['self.jpg', 'unsafe_path'],
      ['sub/b.jpg', null],
      ['sub/round', 'not_a_photo'],
      ['within.jpg', null],
    ])
    // One that becomes a link later is not read through it either.
    const a = rows[0]
    await rm(join(folder, 'a.jpg'))
    await symlink(join(outside, 'secret.jpg'), join(folder, 'a.jpg'))
    const reading = readStagedFile(scanner.staging, a.import_id, a.locator as Locator)
    await expect(reading).rejects.toMatchObject({ data: { code: 'unsafe_path' } })
  })

  test('with pipes and devices in it waits for nobody', async () => {
    const folder = await scanner.folderOf({ 'a.jpg': 'x' })
    execFileSync('mkfifo', [join(folder, 'pipe.jpg')])
    const rows = await scanner.scan(folder)
    expect(rows.map(({ path, reason_code }) => [path, reason_code])).toEqual([
      ['a.jpg', null],
      ['pipe.jpg', 'not_a_photo'],
    ])
    const reading = readStagedFile(scanner.staging, rows[1].import_id, rows[1].locator as Locator)
    await expect(reading).rejects.toMatchObject({ data: { code: 'not_a_photo' } })
  })

  test.skipIf(process.getuid?.() === 0)('with a folder that may not be read has that told', async () => {
    const folder = await scanner.folderOf({ 'a.jpg': 'x', 'closed/b.jpg': 'x' })
    await chmod(join(folder, 'closed'), 0)
    const rows = await scanner.scan(folder)
    await chmod(join(folder, 'closed'), 0o700)
    expect(rows).toMatchObject([{ path: 'a.jpg' }, { path: 'closed/', reason_code: 'unreadable' }])
  })

  test('with names in any script, in either form of Unicode, and in none', async () => {
    const folder = await scanner.folderOf({
      'Zoe\u0308 Kravitz/1.jpg': 'x',
      'محمد صلاح/1.jpg': 'x',
      '宮崎駿/1.jpg': 'x',
      '👩‍🎤.jpg': 'x',
      'line\nbreak.jpg': 'x',
      'list.csv': 'file,licence\nZo\u00eb Kravitz/1.jpg,CC0\n',
    })
    execFileSync('sh', ['-c', 'printf x > "$(printf "caf\\351.jpg")"'], { cwd: folder })
    const rows = await scanner.scan(folder)
    expect(new Map(rows.map(({ path, name }) => [path, name]))).toEqual(
      new Map([
        ['café.jpg', 'Café'],
        ['line\nbreak.jpg', 'Line Break'],
        ['Zoe\u0308 Kravitz/1.jpg', 'Zo\u00eb Kravitz'],
        ['محمد صلاح/1.jpg', 'محمد صلاح'],
        ['宮崎駿/1.jpg', '宮崎駿'],
        ['👩‍🎤.jpg', null],
      ]),
    )
    expect(rows.find(({ path }) => path.startsWith('Zoe'))?.licence).toBe('CC0')
  })

  test('that goes away is not said to be empty, nor its photos gone', async () => {
    const folder = await scanner.folderOf({ 'a.jpg': 'x' })
    const [row] = await scanner.scan(folder)
    await rename(folder, `${folder}-away`)
    const reading = () => readStagedFile(scanner.staging, row.import_id, row.locator as Locator)
    await expect(reading()).rejects.toMatchObject({ code: 'UNAVAILABLE', data: undefined })
    await expect(scanner.scan({ id: row.import_id })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    // Where a disk was mounted, an empty folder is left.
    await mkdir(folder)
    await expect(reading()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await writeFile(join(folder, 'other.jpg'), 'x')
    await expect(reading()).rejects.toMatchObject({ code: 'NOT_FOUND', data: { code: 'gone' } })
    await rm(`${folder}-away`, { recursive: true })
  })
})

describe('a CSV with its photos', () => {
  test('has the files that it names as rows, and a row for each line that is wrong', async () => {
    const outside = await scanner.folderOf({ 'secret.jpg': 'x' })
    const folder = await scanner.folderOf({
      'photos/ann.jpg': 'x',
      'photos/b.jpg': 'x',
      'photos/unnamed.jpg': 'x',
      'list.csv':
        'file;name;licence\nphotos\\b.jpg;B;CC0\nphotos/ann.jpg;;\nphotos/c.jpg;C;\n../secret.jpg;D;\nlink/secret.jpg;E;\nphotos;F;\n',
    })
    await symlink(outside, join(folder, 'link'))
    const rows = await scanner.scan(join(folder, 'list.csv'))
    expect(rows.map(({ path, name, reason_code }) => [path, name, reason_code])).toEqual([
      ['list.csv:3', null, 'bad_description'],
      ['list.csv:5', null, 'unsafe_path'],
      ['link/secret.jpg', 'E', 'unsafe_path'],
      ['photos', 'F', 'not_a_photo'],
      ['photos/ann.jpg', null, null],
      ['photos/b.jpg', 'B', null],
      ['photos/c.jpg', 'C', 'gone'],
    ])
  })

  test('names a photo whose line can not be used by that line alone, and has it wait for a person', async () => {
    const folder = await scanner.folderOf({
      'Meg Ryan/tom_hanks.jpg': 'x',
      'Meg Ryan/tom_hanks.json': '{"name": "Tom"}',
      'Meg Ryan/ann_onym.jpg': 'x',
      'list.csv': 'file;name;gender\nMeg Ryan/tom_hanks.jpg;+1234;\nMeg Ryan/ann_onym.jpg;Ann;x\n',
    })
    for (const path of [folder, join(folder, 'list.csv')]) {
      const rows = await scanner.scan(path)
      expect(rows.filter((row) => row.path.endsWith('.jpg'))).toMatchObject([
        { name: 'Ann', state: 'found', reason: expect.stringContaining('“x” is no gender') as string },
        {
          ...{ name: null, name_original: '+1234', state: 'found', reason_code: null },
          reason: 'Its line 2 in list.csv can’t be used as it is: “+1234” is no name.',
        },
      ])
    }
  })

  test('is refused as a whole, with its name, where it can not be read', async () => {
    const folder = await scanner.folderOf({ 'list.csv': 'name,licence\nA,CC0\n' })
    const scan = scanner.scan(join(folder, 'list.csv'))
    await expect(scan).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    await expect(scan).rejects.toThrow(/^list\.csv can't be imported\. It has no column “file”/)
  })
})

describe('a scan that is cut short', () => {
  test('goes on where it was, with the same rows and ids', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 2600 }, (_, n) => [`p${n % 7}/photo ${n}.jpg`, 'x'] as const),
    )
    const folder = await scanner.folderOf(files)
    const id = await createImport(scanner.staging, { path: folder }, null)
    let before: Awaited<ReturnType<typeof readFiles>> = []
    for (const stopAt of [1, 700, 1400, 2300]) {
      const stop = new AbortController()
      const progress: number[] = []
      const scan = scanImport(scanner.staging, id, {
        signal: stop.signal,
        onProgress(met) {
          progress.push(met)
          if (met >= stopAt) stop.abort(new Error('killed'))
        },
      })
      await expect(scan).rejects.toThrow('killed')
      const after = await readFiles(scanner.staging, id)
      expect(after.slice(0, before.length)).toEqual(before)
      before = after
    }
    expect(await scanImport(scanner.staging, id)).toBe(2600)
    const all = await readFiles(scanner.staging, id)
    expect(all.slice(0, before.length)).toEqual(before)
    expect(all.map(({ path }) => path)).toEqual(Object.keys(files).sort())
    await scanImport(scanner.staging, id)
    expect(await readFiles(scanner.staging, id)).toEqual(all)
  }, 120_000)
})
