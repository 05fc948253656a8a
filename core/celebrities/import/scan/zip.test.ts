import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openScanner, type Scanner } from '../../../../tests/factories/scanned'
import { makeZip, type ZipFile } from '../../../../tests/factories/zip'
import { readStagedFile } from '../source/read-file'
import type { Locator } from '../staging/staging-tables'
import { cleanPath, readZipDirectory } from './zip-directory'

let scanner: Scanner
beforeAll(async () => {
  scanner = await openScanner()
})
afterAll(() => scanner.close())

async function zipAt(content: Buffer, name = 'photos.zip'): Promise<string> {
  return join(await scanner.folderOf({ [name]: content }), name)
}
const scanZip = async (files: readonly ZipFile[]) => scanner.scan(await zipAt(makeZip(files)))
const outline = (rows: Awaited<ReturnType<typeof scanZip>>) =>
  rows.map(({ path, name, reason_code }) => [path, name, reason_code])

describe('a ZIP', () => {
  test('is read as a folder would be, in order of path, and its photos byte by byte', async () => {
    const photo = Buffer.from('a photo, as far as the scan can tell')
    const rows = await scanZip([
      { name: 'b/Tom Hanks/IMG_2.jpg', data: photo },
      { name: 'b/Tom Hanks/', data: Buffer.alloc(0), method: 0 },
      { name: 'b/Tom Hanks/IMG_1.jpg', data: photo, method: 0 },
      { name: 'b/Tom Hanks/info.json', data: Buffer.from('{"licence":"CC0"}') },
      { name: 'a.jpg' },
      { name: 'list.csv', data: Buffer.from('file,name\na.jpg,"Ryan, Meg"\nnot here.jpg,X\n') },
      { name: '.hidden.jpg' },
      { name: '__MACOSX/b/._IMG_1.jpg' },
    ])
    expect(outline(rows)).toEqual([
      ['a.jpg', 'Meg Ryan', null],
      ['b/Tom Hanks/IMG_1.jpg', 'Tom Hanks', null],
      ['b/Tom Hanks/IMG_2.jpg', 'Tom Hanks', null],
      ['not here.jpg', 'X', 'gone'],
    ])
    expect(rows[1].licence).toBe('CC0')
    for (const row of rows.slice(1, 3)) {
      expect(await readStagedFile(scanner.staging, row.import_id, row.locator as Locator)).toEqual(photo)
    }
  })

  test('that was cut off, damaged, or is none, is refused with a line', async () => {
    const whole = makeZip([{ name: 'a.jpg' }, { name: 'b.jpg' }])
    await expect(scanner.scan(await zipAt(whole.subarray(0, whole.length - 30)))).rejects.toThrow(/cut off/)
    const damaged = Buffer.from(whole)
    damaged.write('XX', whole.indexOf('PK\x01\x02', whole.indexOf('PK\x01\x02') + 1), 'latin1')
    await expect(scanner.scan(await zipAt(damaged))).rejects.toThrow(/photos\.zip is damaged/)
    await expect(scanner.scan(await zipAt(Buffer.from('no zip at all')))).rejects.toThrow(/no ZIP/)
    expect(await scanner.scan(await zipAt(makeZip([])))).toEqual([])
  })

  test('whose comment holds the end of another ZIP is read by its own', async () => {
    const files = [{ name: 'a.jpg' }, { name: 'b.jpg' }]
    const empty = makeZip([])
    const other = makeZip([{ name: 'c.jpg' }]).subarray(-60)
    for (const comment of [empty, other, Buffer.concat([empty, Buffer.from('more')])]) {
      const rows = await scanner.scan(await zipAt(makeZip(files, comment)))
      expect(rows.map(({ path }) => path)).toEqual(['a.jpg', 'b.jpg'])
    }
    // One that is whole by itself can't be told from the ZIP's own.
    const whole = makeZip([{ name: 'c.jpg' }])
    whole.writeUInt32LE(whole.readUInt32LE(whole.length - 6) + makeZip(files).length, whole.length - 6)
    const twice = scanner.scan(await zipAt(makeZip(files, whole)))
    await expect(twice).rejects.toThrow(/photos\.zip is damaged \(which of several directories/)
    const unlisted = Buffer.concat([makeZip(files).subarray(0, 60), empty])
    await expect(scanner.scan(await zipAt(unlisted))).rejects.toThrow(/is damaged \(its directory names no/)
  })

  test('with names that lead elsewhere has them told one by one, and the rest imported', async () => {
    const rows = await scanZip([
      { name: '../../etc/cron.d/evil.jpg' },
      { name: '/etc/passwd.jpg' },
      { name: 'C:\\windows\\evil.jpg' },
      { name: 'folder\\evil.jpg' },
      { name: 'nul\0.jpg' },
      { name: 'link.jpg', mode: 0o120777, data: Buffer.from('/etc/passwd') },
      { name: './good//photo.jpg' },
    ])
    expect(rows.filter(({ state }) => state === 'found').map(({ path }) => path)).toEqual(['good/photo.jpg'])
    const refused = rows.filter(({ state }) => state === 'rejected')
    expect(refused.map(({ reason_code }) => reason_code)).toEqual(Array(6).fill('unsafe_path'))
    expect(refused.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('leads out'),
        expect.stringContaining('root of the disk'),
        expect.stringContaining('drive'),
        expect.stringContaining('backslashes'),
        expect.stringContaining('no name may have'),
        expect.stringContaining('link'),
      ]),
    )
    expect(refused.every(({ path }) => !path.includes('/'))).toBe(true)
  })

  test('with encrypted, strangely packed, nested and empty files has them told', async () => {
    const rows = await scanZip([
      { name: 'encrypted.jpg', flags: 0x801 },
      { name: 'lzma.jpg', method: 14 },
      { name: 'more.zip', data: makeZip([{ name: 'a.jpg' }]) },
      { name: 'empty.jpg', data: Buffer.alloc(0) },
      { name: 'notes.txt' },
      { name: 'contradiction.jpg', method: 0, size: 12345 },
    ])
    expect(rows.map(({ path, reason_code }) => [path, reason_code])).toEqual([
      ['contradiction.jpg', 'unreadable'],
      ['empty.jpg', 'not_a_photo'],
      ['encrypted.jpg', 'unreadable'],
      ['lzma.jpg', 'unreadable'],
      ['more.zip', 'not_a_photo'],
      ['notes.txt', 'not_a_photo'],
    ])
    expect(rows[2].reason).toMatch(/encrypted/)
    expect(rows[4].reason).toMatch(/archive/i)
  })

  test('keeps two files of one name apart', async () => {
    const rows = await scanZip([
      { name: 'a.jpg', data: Buffer.from('one') },
      { name: 'a.jpg', data: Buffer.from('two') },
    ])
    expect(rows.map(({ path }) => path)).toEqual(['a.jpg', 'a.jpg (2)'])
    const contents = await Promise.all(
      rows.map((row) => readStagedFile(scanner.staging, row.import_id, row.locator as Locator)),
    )
    expect(contents.map(String)).toEqual(['one', 'two'])
  })

  test('tells the encodings of names apart', async () => {
    const shiftJis = Buffer.concat([Buffer.from([0x95, 0x78, 0x8a, 0x7e]), Buffer.from('/1.jpg')])
    const rows = await scanZip([
      { name: Buffer.from('Jürgen Klopp/1.jpg', 'utf8') },
      { name: Buffer.concat([Buffer.from('M'), Buffer.from([0x81]), Buffer.from('ller/1.jpg')]) },
      { name: '宮崎駿/1.jpg' },
      { name: 'Ёлка/1.jpg', flags: 0 },
      { name: shiftJis, unicodeName: '富樫/1.jpg' },
      // Of another name, as its checksum says.
      { name: Buffer.from('Ann/1.jpg'), unicodeName: '別人/1.jpg', unicodeCrc: 1 },
    ])
    const expected = ['Ann', 'Jürgen Klopp', 'Müller', 'Ёлка', '宮崎駿', '富樫']
    expect(rows.map(({ name }) => name).sort()).toEqual(expected.sort())
  })
})

describe('a ZIP that was made to fill memory or disks', () => {
  test('is refused by what it claims', async () => {
    const one = await scanZip([{ name: 'bomb.png', data: Buffer.alloc(30_000_000) }])
    expect(one[0]).toMatchObject({ state: 'rejected', reason_code: 'too_large' })
    const claims = Array.from({ length: 40 }, (_, n) => ({ name: `${n}.jpg`, size: 60_000_000 }))
    await expect(scanZip(claims)).rejects.toThrow(/made to fill disks/)
  })

  test('is not believed where it claims less than it holds', async () => {
    const rows = await scanZip([
      { name: 'liar.jpg', data: Buffer.alloc(20_000_000), size: 1000 },
      { name: 'shorter.jpg', data: Buffer.from('short'), size: 1000 },
      { name: 'other.jpg', data: Buffer.from('bytes'), crc: 1 },
    ])
    for (const [path, why] of [
      ['liar.jpg', /more than the 1000 bytes/],
      ['shorter.jpg', /5 bytes and not to 1000/],
      ['other.jpg', /checksum/],
    ] as const) {
      const row = rows.find((one) => one.path === path)
      const reading = readStagedFile(scanner.staging, row?.import_id ?? '', row?.locator as Locator)
      await expect(reading).rejects.toMatchObject({ data: { code: 'unreadable' } })
      await expect(reading).rejects.toThrow(why)
    }
  })

  test('finds no use for files that share their bytes', async () => {
    const rows = await scanZip([
      { name: 'kernel.jpg', data: Buffer.alloc(1000) },
      ...Array.from({ length: 5 }, (_, n) => ({ name: `quote${n}.jpg`, at: 0 })),
    ])
    expect(rows.filter(({ state }) => state === 'found')).toHaveLength(1)
    expect(rows.filter(({ reason }) => reason?.includes('another file as well'))).toHaveLength(5)
  })

  test('is nothing to read once it was replaced', async () => {
    const path = await zipAt(makeZip([{ name: 'a.jpg', data: Buffer.from('first') }]))
    const [row] = await scanner.scan(path)
    await writeFile(path, makeZip([{ name: 'a.jpg', data: Buffer.from('other') }]))
    await expect(
      readStagedFile(scanner.staging, row.import_id, row.locator as Locator),
    ).rejects.toMatchObject({ data: { code: 'unreadable' } })
  })
})

test('no name of a ZIP comes out as one that leads anywhere', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('..', '.', '/', '\\', 'C:', 'a', '\0', '~', ' ', '…', 'b.jpg'), {
        maxLength: 9,
      }),
      (parts) => {
        const { path, unsafe } = cleanPath(parts.join(''))
        if (unsafe) expect(path).not.toMatch(/[/\0]/)
        else expect(path).not.toMatch(/^\/|^[a-z]:|(^|\/)\.{0,2}(\/|$)|[\\\0]/i)
      },
    ),
    { numRuns: 2000 },
  )
})

test('a ZIP with any bytes changed is read, or refused in words', async () => {
  const whole = makeZip([
    { name: 'a/one.jpg', data: Buffer.from('some bytes') },
    { name: 'b.jpg', method: 0 },
    { name: 'c.json', data: Buffer.from('{}') },
  ])
  const path = await zipAt(whole)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      fc.nat(whole.length),
      async (changes, cut) => {
        const changed = Buffer.from(whole)
        for (const [at, byte] of changes) changed[at] = byte
        await writeFile(path, cut % 3 === 0 ? changed.subarray(0, cut) : changed)
        try {
          const entries = await readZipDirectory(path, 'photos.zip')
          expect(entries.length).toBeLessThanOrEqual(3)
        } catch (error) {
          expect(error).toMatchObject({ name: 'SemblanceError', code: 'BAD_REQUEST' })
        }
      },
    ),
    { numRuns: 300 },
  )
})
