import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mayBeSeveral, nameIn, normalizeName, personOfFolder, stemOf } from './names'

describe('a name that somebody wrote down', () => {
  test.each([
    ['Hanks, Tom', 'Tom Hanks'],
    ['Downey, Robert, Jr.', 'Robert Downey Jr.'],
    ['Robert Downey, Jr.', 'Robert Downey Jr.'],
    ['  tom__hanks ', 'tom hanks'],
    ['Jean-Paul Belmondo', 'Jean-Paul Belmondo'],
    ['Zoe\u0308', 'Zoë'],
    ['50 Cent', '50 Cent'],
    ['宮崎駿', '宮崎駿'],
    ['محفوظ، نجيب', 'نجيب محفوظ'],
    ['Hanks,', 'Hanks'],
    ['Downey, Jr., Robert', 'Robert Downey Jr.'],
    ["O'Brien, Conan", "Conan O'Brien"],
    ['=HYPERLINK("http://evil","x")', '=HYPERLINK("http://evil","x")'],
    ['Hanks, Tom, Wilson, Rita', 'Hanks, Tom, Wilson, Rita'],
    ['Prince (singer), The', 'Prince (singer), The'],
    ['Agent 007, James', 'Agent 007, James'],
    ['“Weird Al”, Yankovic', '“Weird Al”, Yankovic'],
    [',', ''],
    ['007', ''],
  ])('%s is %s', (text, name) => {
    expect(normalizeName(text)).toBe(name)
  })

  test('stays what it is when it is normalised again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        const once = normalizeName(text)
        // Each turn takes a comma away.
        fc.pre(!/[,，،、]/u.test(text))
        expect(normalizeName(once)).toBe(once)
        expect(once).toBe(once.normalize('NFC'))
      }),
    )
  })
})

describe('names of files', () => {
  test.each([
    'IMG_1234',
    'IMG-20200131-WA0001',
    'PXL_20210101_123456789.MP',
    '20200131_123456',
    'DSC01234',
    '_DSC0042',
    'P1010001',
    'p9',
    'B',
    'a_01',
    'WhatsApp Image 2020-01-01 at 12.00.00',
    'Screenshot 2020-01-01',
    '0b5f1f6a-9c3e-4c55-8c40-3bb1c5d29f0e',
    'd41d8cd98f00b204e9800998ecf8427e',
    'SAM_0001',
    '(2)',
    'Bild 3',
    'photo',
    '___',
  ])('%s names nobody', (stem) => {
    expect(nameIn(stem)).toBeNull()
  })

  test.each([
    ['Sam', 'Sam'],
    ['Sam 2', 'Sam'],
    ['20200131_Tom Hanks', '20200131 Tom Hanks'],
    ['Aaron_Eckhart_0001', 'Aaron Eckhart'],
    ['Мария_Шарапова_2', 'Мария Шарапова'],
    ['tom_hanks (1)', 'Tom Hanks'],
    ['Tom Hanks Kopie', 'Tom Hanks'],
    ['宮崎駿 ２', '宮崎駿'],
    ['blink182', 'Blink182'],
  ])('%s names %s', (stem, name) => {
    expect(nameIn(stem)).toEqual({ name, original: stem })
  })

  test('have endings, unless what follows the dot is more than one', () => {
    expect(['a.jpg', 'J.R. Ewing.jpeg', 'Dr. Dre', 'Dr. Watson'].map(stemOf)).toEqual([
      'a',
      'J.R. Ewing',
      'Dr. Dre',
      'Dr. Watson',
    ])
  })

  test('of any kind break nothing and never grow too long', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (stem) => {
        const named = nameIn(stem)
        expect(Array.from(named?.name ?? '').length).toBeLessThanOrEqual(200)
        expect(Array.from(named?.original ?? '').length).toBeLessThanOrEqual(200)
      }),
    )
  })
})

describe('a folder is of one person', () => {
  const folder = (name: string, stems: string[], { isRoot = false, hasFolders = false } = {}) =>
    personOfFolder({ name, stems, isRoot, hasFolders })?.name ?? null

  test('where its files have no names of their own', () => {
    expect(folder('tom_hanks', ['IMG_1', 'IMG_2'])).toBe('Tom Hanks')
    expect(folder('Hanks, Tom', ['1', '2'])).toBe('Tom Hanks')
    expect(folder('Cher', ['IMG_1'])).toBe('Cher')
  })
  test('where they repeat its name', () => {
    expect(folder('Aaron_Eckhart', ['Aaron_Eckhart_0001'])).toBe('Aaron Eckhart')
    expect(folder('Beyoncé', ['beyonce live', 'other thing'])).toBe('Beyoncé')
  })
  test('where its name has several words', () => {
    expect(folder('Tom Hanks', ['red carpet', 'at home'])).toBe('Tom Hanks')
  })
  test('but not where it holds many people', () => {
    expect(folder('actors', ['tom_hanks', 'meg_ryan'])).toBeNull()
    expect(folder('Actors', ['IMG_1'])).toBeNull()
    expect(folder('100CANON', ['IMG_1'])).toBeNull()
    expect(folder('New Folder (2)', ['IMG_1'], { isRoot: true })).toBeNull()
    expect(folder('Hollywood', ['tom_hanks', 'meg_ryan'])).toBeNull()
    expect(folder('Award Winners', ['tom_hanks', 'meg_ryan'], { hasFolders: true })).toBeNull()
    expect(folder('My Import', ['tom_hanks', 'meg_ryan'], { isRoot: true })).toBeNull()
    expect(folder('My Import', [], { isRoot: true, hasFolders: true })).toBeNull()
  })
  test('also the whole source, where its files say nothing', () => {
    expect(folder('Tom Hanks', ['IMG_1', 'IMG_2'], { isRoot: true })).toBe('Tom Hanks')
  })
})

describe('a name of several people', () => {
  test.each([
    ...[
      'Ann and Bob',
      'Simon & Garfunkel',
      'Sonny&Cher',
      'Tim und Struppi',
      'Ike + Tina Turner',
      'Ann feat. Bob',
    ],
    ...['Jonas Brothers', 'The Smith Family', 'Dave Matthews Band'],
  ])('%s', (name) => expect(mayBeSeveral(name)).toBe(true))
  test.each([
    ...['Andy Anderson', 'Anne Hathaway', 'Sandra Band-Aid', 'Andrea Bocelli', 'Etta James', 'Mitch Withers'],
    ...['Ortega y Gasset', 'Familia Smith', 'C+', 'Band', 'O’Brothers Kim'],
  ])('not %s', (name) => expect(mayBeSeveral(name)).toBe(false))
})
