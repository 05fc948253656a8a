import { appendFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openScanner, type Scanner } from '../../../../tests/factories/scanned'
import { makeZip } from '../../../../tests/factories/zip'
import { createImport } from './create'
import { readStagedFile, uploadsOf } from './read-file'
import type { Locator } from '../staging/staging-tables'
import { advance } from '../import-row'
import { listUploads, storePiece, uploadTurn } from './uploads'

let scanner: Scanner
beforeAll(async () => {
  scanner = await openScanner()
})
afterAll(() => scanner.close())

const begin = () => createImport(scanner.staging, {}, null)
const send = (id: string, path: string, offset: number, text: string | Uint8Array) =>
  storePiece(scanner.staging, id, { path, offset, piece: Buffer.from(text) })

describe('pieces of an upload', () => {
  test('make the file whole, whatever is sent twice, late, or out of order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 60 }),
        fc.array(fc.tuple(fc.nat(70), fc.integer({ min: 1, max: 20 })), { maxLength: 12 }),
        async (content, pieces) => {
          const id = await begin()
          let there = 0
          for (const [offset, length] of pieces) {
            there = await send(id, 'a.jpg', offset, content.subarray(offset, offset + length))
          }
          // As a client goes on: from what is there.
          while (there < content.length)
            there = await send(id, 'a.jpg', there, content.subarray(there, there + 16))
          const [upload] = await listUploads(await uploadsOf(scanner.staging, id))
          const locator: Locator = { in: 'staging', name: upload.name }
          expect(await readStagedFile(scanner.staging, id, locator)).toEqual(Buffer.from(content))
        },
      ),
      { numRuns: 25 },
    )
  })

  test('of one file at once come one after the other', async () => {
    const id = await begin()
    await Promise.all([0, 0, 3, 3, 0].map((offset) => send(id, 'a.jpg', offset, 'abcdef'.slice(offset))))
    expect(await send(id, 'a.jpg', 0, 'abcdef')).toBe(6)
  })

  test('are found again by a process that knows nothing of them, a line that was cut off or not', async () => {
    const id = await begin()
    await send(id, 'a.jpg', 0, 'abc')
    const folder = await uploadsOf(scanner.staging, id)
    await appendFile(join(folder, 'index.jsonl'), '\n{"path":"cut')
    await appendFile(join(folder, 'index.jsonl'), '\n{"path":"never begun.jpg","name":"0.bin"}')
    expect((await listUploads(folder)).map(({ path }) => path)).toEqual(['a.jpg'])
  })

  test.each(['../a.jpg', '/etc/a.jpg', 'C:\\a.jpg', 'a\\b.jpg', 'a/../../b.jpg', '', 'nul\0.jpg'])(
    'are refused under the name %j, and nothing is written',
    async (path) => {
      const id = await begin()
      await expect(send(id, path, 0, 'x')).rejects.toMatchObject({ code: 'BAD_REQUEST' })
      expect(await readdir(await uploadsOf(scanner.staging, id)).catch(() => [])).toEqual([])
    },
  )

  test('whose turn comes once all was uploaded are not written', async () => {
    const id = await begin()
    let go = () => {}
    const before = uploadTurn(id, () => new Promise<void>((resolve) => (go = resolve)))
    const uploaded = uploadTurn(id, () => scanner.staging.transaction((tx) => advance(tx, id, 'uploaded')))
    const late = send(id, 'late.jpg', 0, 'abc')
    await Promise.resolve()
    go()
    await expect(late).rejects.toMatchObject({ code: 'CONFLICT' })
    await Promise.all([before, uploaded])
    expect(await readdir(await uploadsOf(scanner.staging, id)).catch(() => [])).toEqual([])
  })

  test('are refused once all was uploaded, and for imports that are not there', async () => {
    const folder = await scanner.folderOf({ 'a.jpg': 'x' })
    const id = await createImport(scanner.staging, { path: folder }, null)
    await expect(send(id, 'b.jpg', 0, 'x')).rejects.toMatchObject({ code: 'CONFLICT' })
    const nobody = '00000000-0000-4000-8000-000000000000'
    await expect(send(nobody, 'b.jpg', 0, 'x')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

test('what was uploaded is scanned as a folder, with its ZIPs and its CSV', async () => {
  const id = await begin()
  const zip = makeZip([{ name: 'Meg Ryan/IMG_1.jpg', data: Buffer.from('in the zip') }, { name: '../x.jpg' }])
  for (const [path, content] of Object.entries({
    'Tom Hanks/IMG_1.jpg': Buffer.from('x'),
    'list.csv': Buffer.from('file,licence\nTom Hanks/IMG_1.jpg,CC0\n'),
    'photos.zip': zip,
    'broken.zip': zip.subarray(0, 60),
    'Ёлка ∕ 宮崎.jpg': Buffer.from('x'),
    '.hidden.jpg': Buffer.from('x'),
    'IMG_1234.jpg': Buffer.from('x'),
  })) {
    await send(id, path, 0, content)
  }
  const rows = await scanner.scan({ id })
  expect(rows.map(({ path, name, licence, reason_code }) => [path, name, licence, reason_code])).toEqual([
    ['IMG_1234.jpg', null, null, null],
    ['Tom Hanks/IMG_1.jpg', 'Tom Hanks', 'CC0', null],
    ['broken.zip', null, null, 'unreadable'],
    ['photos.zip/..∕x.jpg', null, null, 'unsafe_path'],
    ['photos.zip/Meg Ryan/IMG_1.jpg', 'Meg Ryan', null, null],
    ['Ёлка ∕ 宮崎.jpg', 'Ёлка ∕ 宮崎', null, null],
  ])
  expect(String(await readStagedFile(scanner.staging, id, rows[4].locator as Locator))).toBe('in the zip')
  expect(await scanner.scan({ id })).toEqual(rows)
})

test('an import is made of what there is, and of nothing else', async () => {
  const folder = await scanner.folderOf({
    'Tom/a.jpg': 'x',
    'list.CSV': 'file\n',
    'empty.csv': '',
    'real.bin': makeZip([{ name: 'a.jpg' }]),
    'fake.zip': 'no zip',
    'photo.txt': Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
    'notes.txt': 'x',
  })
  const make = (path: string) => createImport(scanner.staging, { path }, null)
  for (const [path, why] of [
    ['nowhere', /There is no folder .*nowhere/],
    ['empty.csv', /empty/],
    ['fake.zip', /no ZIP/],
    ['photo.txt', /is a photo\. Name the folder/],
    ['notes.txt', /none of what can be imported/],
  ] as const) {
    await expect(make(join(folder, path))).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    await expect(make(join(folder, path))).rejects.toThrow(why)
  }
  await expect(make('relative/path')).rejects.toThrow(/no full path/)
  await expect(make('/a\0b')).rejects.toThrow(/no full path/)
  const given = {
    path: join(folder, 'Tom'),
    defaults: { licence: 'CC0', gender: 'female' as const, source: '' },
    rules: { min_quality: 0.5 },
  }
  const ids = [
    await createImport(scanner.staging, given, null),
    await make(join(folder, 'list.CSV')),
    await make(join(folder, 'real.bin')),
    await createImport(scanner.staging, { name: 'Mine', path: `${folder}/Tom/../Tom/` }, null),
  ]
  const rows = await Promise.all(
    ids.map((id) =>
      scanner.staging.transaction((tx) =>
        tx.selectFrom('imports').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
      ),
    ),
  )
  expect(rows.map(({ name, source_kind, source_path }) => [name, source_kind, source_path])).toEqual([
    ['Tom', 'folder', join(folder, 'Tom')],
    ['list', 'csv', join(folder, 'list.CSV')],
    ['real', 'zip', join(folder, 'real.bin')],
    ['Mine', 'folder', join(folder, 'Tom')],
  ])
  expect(rows[0]).toMatchObject({
    ...{ default_licence: 'CC0', default_gender: 'female', default_source: null },
    ...{ rules: { min_quality: 0.5 }, state: 'scanning' },
  })
})
