import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openScanner, type Scanner } from '../../../../tests/factories/scanned'
import { makeZip } from '../../../../tests/factories/zip'

// Real: folders, ZIPs, the scan, the staging area.

let scanner: Scanner
beforeAll(async () => {
  scanner = await openScanner()
})
afterAll(() => scanner.close())

const list = (...rows: string[]) => `file,name\n${rows.join('\n')}\n`
const outline = (rows: Awaited<ReturnType<Scanner['scan']>>) =>
  rows.map(({ path, name, reason_code }) => [path, name, reason_code])

test('a file is found whose path differs in capitals, backslashes or the form of Unicode alone', async () => {
  const files = {
    'Photos/Ann.JPG': 'x',
    'photos 2/Zoe\u0308.jpg': 'x',
    'straße.jpg': 'x',
    'list.csv': list('photos\\ann.jpg,A', 'PHOTOS 2/zo\u00eb.JPG,Z', 'Straße.JPG,S', 'strasse.jpg,N'),
  }
  const found = [
    ['Photos/Ann.JPG', 'A', null],
    ['photos 2/Zoe\u0308.jpg', 'Z', null],
    ['strasse.jpg', 'N', 'gone'],
    ['straße.jpg', 'S', null],
  ]
  const folder = await scanner.folderOf(files)
  const byPath = (rows: unknown[][]) => rows.sort(([one], [other]) => (String(one) < String(other) ? -1 : 1))
  for (const source of [folder, join(folder, 'list.csv')])
    expect(byPath(outline(await scanner.scan(source)))).toEqual(found)
  const zip = makeZip(Object.entries(files).map(([name, data]) => ({ name, data: Buffer.from(data) })))
  const packed = join(await scanner.folderOf({ 'photos.zip': zip }), 'photos.zip')
  expect(byPath(outline(await scanner.scan(packed)))).toEqual(found)
})

test('of several that differ in capitals the one that is spelt so is meant, or none', async () => {
  const folder = await scanner.folderOf({
    'a.jpg': 'x',
    'A.jpg': 'x',
    'tom_hanks.jpg': 'x',
    'Tom_Hanks.jpg': 'x',
    'list.csv': list('a.jpg,Ann', 'TOM_HANKS.jpg,Bob'),
  })
  const rows = await scanner.scan(folder)
  expect(outline(rows)).toEqual([
    ['list.csv:3', null, 'bad_description'],
    ['A.jpg', null, null],
    ['Tom_Hanks.jpg', null, null],
    ['a.jpg', 'Ann', null],
    ['tom_hanks.jpg', null, null],
  ])
  expect(rows[0].reason).toBe(
    'Line 3 names TOM_HANKS.jpg, which may be any of these: Tom_Hanks.jpg, tom_hanks.jpg. Write it as the file is called.',
  )
  for (const row of [rows[2], rows[4]]) expect(row.reason).toMatch(/^Its line 3 in list\.csv can’t be used/)
})

test('two lines that mean one file name it twice', async () => {
  const folder = await scanner.folderOf({ 'a.jpg': 'x', 'list.csv': list('A.jpg,Ann', 'a.jpg,Bob') })
  const rows = await scanner.scan(folder)
  expect(outline(rows)).toEqual([
    ['list.csv:3', null, 'bad_description'],
    ['a.jpg', 'Ann', null],
  ])
  expect(rows[0].reason).toBe('Line 3 names a.jpg again, as line 2 did; that one counts.')
})

test('a line that can not be used has the file wait that it means', async () => {
  const folder = await scanner.folderOf({ 'tom_hanks.jpg': 'x', 'list.csv': list('Tom_Hanks.JPG,') })
  const rows = await scanner.scan(folder)
  expect(rows.at(-1)).toMatchObject({ path: 'tom_hanks.jpg', name: null })
  expect(rows.at(-1)?.reason).toMatch(/its name is empty/)
})

test('of more spellings than anybody writes none is chosen, and nothing grows', async () => {
  const spellings = Array.from({ length: 64 }, (_, n) =>
    Array.from('abcdef', (letter, at) => ((n >> at) & 1 ? letter.toUpperCase() : letter)).join(''),
  )
  const zip = makeZip([
    ...spellings.flatMap((one) => spellings.slice(0, 40).map((other) => ({ name: `${one}/${other}/x.jpg` }))),
    { name: 'list.csv', data: Buffer.from(list('ABCDEf/abcdef/X.jpg,Ann', 'abcdef/Abcdef/x.jpg,Bob')) },
  ])
  const rows = await scanner.scan(join(await scanner.folderOf({ 'photos.zip': zip }), 'photos.zip'))
  expect(rows).toHaveLength(64 * 40 + 1)
  expect(rows.filter(({ name }) => name === 'Bob').map(({ path }) => path)).toEqual(['abcdef/Abcdef/x.jpg'])
  expect(rows.filter(({ name }) => name === 'Ann')).toEqual([])
  expect(rows.find(({ path }) => path === 'list.csv:2')?.reason).toContain('may be any of these')
})
