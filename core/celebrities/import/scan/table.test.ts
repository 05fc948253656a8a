import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { genderOf } from './descriptions'
import { readTable, type Table } from './table'
import { detectEncoding } from './text-encoding'

/** Real: the reading. Bytes come in pieces of a size, as from a disk. */
function tableOf(content: string | Uint8Array, { folder = '', piece = 7 } = {}): Promise<Table> {
  const bytes = Buffer.from(content)
  const pieces = () =>
    Array.from({ length: Math.ceil(bytes.length / piece) }, (_, n) =>
      bytes.subarray(n * piece, (n + 1) * piece),
    )
  return readTable({ path: 'list.csv', folder, absolute: '/photos', open: () => Readable.from(pieces()) })
}
const records = async (content: string | Uint8Array) =>
  [...(await tableOf(content)).records.values()].map(({ path, line, description }) => ({
    path,
    line,
    ...description,
  }))

describe('a CSV', () => {
  test('says all that it can say of a photo', async () => {
    const text =
      'Name,Bio,Category,Gender,File,Licence,Source,Extra\r\n' +
      '"Hanks, Tom","Born 1956,\nactor",actor,M,tom.jpg,CC BY 4.0,https://example.org,ignored\r\n' +
      '\r\n' +
      'Ann Onym,,,woman,sub/ann.jpg,,\r\n'
    expect(await records(text)).toEqual([
      {
        path: 'tom.jpg',
        line: 2,
        name: 'Tom Hanks',
        name_original: 'Hanks, Tom',
        bio: 'Born 1956,\nactor',
        category: 'actor',
        gender: 'male',
        licence: 'CC BY 4.0',
        source: 'https://example.org',
      },
      { path: 'sub/ann.jpg', line: 5, name: 'Ann Onym', name_original: 'Ann Onym', gender: 'female' },
    ])
  })

  test.each([
    ['commas', 'file,name\na.jpg,A\n'],
    ['semicolons', 'Datei;NAME\na.jpg;A\n'],
    ['tabs', 'File name\tname\na.jpg\tA\n'],
    ['a hint', 'sep=;\nfile;name\na.jpg;A\n'],
    ['quotes around all', '"file","name"\n"a.jpg","A"\n'],
    ['old ends of lines', 'file,name\ra.jpg,A\r'],
    ['no last line end', 'file,name\na.jpg,A'],
    ['empty lines first', '\n\n file , name \na.jpg,A'],
    ['underscores', 'FILE_NAME,full_name\na.jpg,A'],
  ])('with %s is understood', async (_, text) => {
    expect(await records(text)).toMatchObject([{ path: 'a.jpg', name: 'A' }])
  })

  test.each([
    ['UTF-8', Buffer.from('file,name\na.jpg,Zoë Müßig 宮崎\n'), 'Zoë Müßig 宮崎'],
    ['UTF-8 with a mark', Buffer.from('\ufefffile,name\na.jpg,Zoë Ö\n'), 'Zoë Ö'],
    ['UTF-16', Buffer.from('\ufefffile,name\na.jpg,Zoë 宮崎\n', 'utf16le'), 'Zoë 宮崎'],
    [
      'UTF-16, the other way',
      Buffer.from('\ufefffile,name\na.jpg,Zoë 宮崎\n', 'utf16le').swap16(),
      'Zoë 宮崎',
    ],
    [
      'UTF-16 without a mark, in foreign words',
      Buffer.from('Фамилия;Foto;Name\nx;a.jpg;Zoë\n', 'utf16le'),
      'Zoë',
    ],
    ['UTF-16 without a mark', Buffer.from('file,name\na.jpg,Zoë\n', 'utf16le'), 'Zoë'],
    ['Windows-1252', Buffer.from('file,name\na.jpg,Zo\xeb M\xfc\xdfig \x80\n', 'latin1'), 'Zoë Müßig €'],
  ])('in %s is read as it was meant', async (_, bytes, name) => {
    expect(await records(bytes)).toMatchObject([{ path: 'a.jpg', name }])
  })

  test.each([
    ['Shift-JIS', Buffer.from([0x8b, 0x7b, 0x8d, 0xe8, 0x8f, 0x78]), /can't be told \(line 2\)/],
    ['GBK', Buffer.from([0xd5, 0xc5, 0xd2, 0xd5, 0xc4, 0xb1]), /can't be told \(line 2\)/],
    ['Windows-1251', Buffer.from([0xcc, 0xe0, 0xf0, 0xe8, 0xff]), /can't be told/],
    ['UTF-8 with a byte too many', Buffer.from('ëëëëëëëë').subarray(0, 15), /damaged at line 2/],
    ['UTF-8 with a NUL', Buffer.from('Zo\0e'), /has a NUL at line 2, which no text has/],
  ])('in %s is refused and not guessed at', async (_, bytes, message) => {
    const content = Buffer.concat([Buffer.from('file,name\na.jpg,'), bytes, Buffer.from('\n')])
    await expect(tableOf(content)).rejects.toThrow(message)
  })

  test('of nothing but NULs is no text', async () => {
    await expect(tableOf(Buffer.alloc(80))).rejects.toThrow(/no text/)
  })

  test.each([
    [
      'name,licence\nA,CC0\n',
      /no column “file”.*name, licence.*name, bio, category, gender, file, licence, source/,
    ],
    ['', /empty/],
    ['\n\n', /empty/],
    ['file,photo\na,b\n', /“file” and “photo” both mean file/],
    ['file,name\na.jpg,A\nb.jpg,"B\nc.jpg,C\n', /line 3 a quote is opened that is never closed/],
    ['file,name\na.jpg,A\nb.jpg,B "the" B\n', /line 3 a quote stands in the middle/],
    ['file,name\na.jpg,"A" B\n', /line 2 a quote stands in the middle/],
    [`file,name\na.jpg,"${'x\n'.repeat(150_000)}`, /line 2 a record begins .* a quote in it is never closed/],
  ])('%#: a file with what is wrong is refused', async (text, message) => {
    await expect(tableOf(text, { piece: 4096 })).rejects.toThrow(message)
  })

  test('has a line for each row that can not be taken', async () => {
    const {
      records: found,
      problems,
      doubts,
    } = await tableOf(
      [
        'file,name,gender,bio',
        '../secret.jpg,A,,',
        '/etc/passwd,B,,',
        'C:\\x.jpg,C,,',
        'https://example.org/x.jpg,D,,',
        ',E,,',
        'a.jpg,F,both,',
        'a.jpg,G,,',
        'b.jpg,H,f,too,many',
        './c/../d.jpg,I,,',
        '/photos/e.jpg,J,,',
        `f.jpg,${'x'.repeat(250)},,`,
      ].join('\n'),
    )
    expect([...found.keys()]).toEqual(['a.jpg', 'd.jpg', 'e.jpg', 'f.jpg'])
    expect(problems.map(({ line, refusal }) => [line, refusal.code])).toEqual([
      [2, 'unsafe_path'],
      [3, 'unsafe_path'],
      [4, 'unsafe_path'],
      [5, 'bad_description'],
      [6, 'bad_description'],
      [7, 'bad_description'],
      [8, 'bad_description'],
      [9, 'bad_description'],
      [12, 'bad_description'],
    ])
    expect(problems[5].refusal.reason).toBe(
      'Line 7 (a.jpg): “both” is no gender that is known (female or male). The photo waits for a person.',
    )
    expect(problems[6].refusal.reason).toContain('as line 7 did')
    expect(found.get('f.jpg')?.description.name).toHaveLength(200)
    expect(doubts.get('a.jpg')).toBe(
      'Its line 7 in list.csv can’t be used as it is: “both” is no gender that is known (female or male).',
    )
    expect(doubts.get('b.jpg')).toMatch(/line 9 in list\.csv .* it has 5 columns and not 4/)
    expect(doubts.get('f.jpg')).toMatch(/its name has 250 letters/)
    expect(['d.jpg', 'e.jpg'].map((path) => doubts.has(path))).toEqual([false, false])
  })

  test('of 100,000 rows is read', async () => {
    const rows = Array.from({ length: 100_000 }, (_, n) => `p/${n}.jpg,Name ${'x'.repeat(n % 9)},CC0\n`)
    const { records: found, problems } = await tableOf('file,name,licence\n' + rows.join(''), {
      piece: 65_536,
    })
    expect(found.size).toBe(100_000)
    expect(problems).toEqual([])
    expect(found.get('p/99999.jpg')?.line).toBe(100_001)
  }, 120_000)

  test('of any bytes is read, or refused in words', async () => {
    const pieces = fc.constantFrom(
      'file',
      'name',
      ',',
      ';',
      '"',
      '\n',
      '\r\n',
      'a.jpg',
      '..',
      '/',
      '\0',
      'é',
      '\t',
      'sep=;',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(pieces, { maxLength: 40 }),
        fc.uint8Array({ maxLength: 4 }),
        async (parts, tail) => {
          const content = Buffer.concat([Buffer.from(parts.join('')), tail])
          try {
            for (const { path } of (await tableOf(content)).records.values())
              expect(path).not.toMatch(/^\/|(^|\/)\.\.(\/|$)|\0/)
          } catch (error) {
            // A sentence of ours: nothing of an engine's.
            expect((error as Error).message).toMatch(/^(It |At line |Its columns )/)
          }
        },
      ),
      { numRuns: 1500 },
    )
  })
})

test('UTF-8 is told by all of it, and never by the size of its pieces', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme', maxLength: 80 }),
      fc.integer({ min: 1, max: 9 }),
      async (text, size) => {
        const bytes = Buffer.from(text.replaceAll('\0', ''))
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
          bytes.subarray(n * size, (n + 1) * size),
        )
        expect(await detectEncoding(Readable.from(pieces))).toBe('utf-8')
      },
    ),
  )
})

test.each([
  ['f', 'female'],
  ['Female', 'female'],
  ['WOMAN', 'female'],
  ['w', 'female'],
  [' weiblich ', 'female'],
  ['m.', 'male'],
  ['Male', 'male'],
  ['männlich', 'male'],
  ['', null],
  ['unknown', null],
  ['x', undefined],
  ['divers', undefined],
])('the gender %j is %s', (word, gender) => {
  expect(genderOf(word)).toBe(gender)
})
