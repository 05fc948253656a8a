import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openScanner, type Scanner } from '../../../../tests/factories/scanned'

// Real: folders, the scan, the staging area.

describe('photos whose name is doubted', () => {
  let scanner: Scanner
  beforeAll(async () => {
    scanner = await openScanner()
  })
  afterAll(() => scanner.close())

  const said = async (files: Record<string, string | Uint8Array>) => {
    const rows = await scanner.scan(await scanner.folderOf(files))
    const photos = rows.filter(({ path }) => path.endsWith('.jpg'))
    return Object.fromEntries(photos.map(({ path, name, state, reason }) => [path, { name, state, reason }]))
  }

  test('say what their sidecar has for a name, and wait with the one that was guessed', async () => {
    const seen = await said({
      'ann_onym.jpg': 'x',
      'ann_onym.jpg.json': '{"name": "???"}',
      'bob_builder.jpg': 'x',
      'bob_builder.json': '{"name": 7}',
      'cat_stevens.jpg': 'x',
      'cat_stevens.json': '{"name": " "}',
      'dot_cotton.jpg': 'x',
      'dot_cotton.json': '{"name": ',
      'eve_moneypenny.jpg': 'x',
      'eve_moneypenny.json': '{"licence": "CC0"}',
    })
    const held = (name: string, reason: string) => ({
      ...{ name, state: 'found', reason: expect.stringContaining(reason) as string },
    })
    expect(seen).toEqual({
      'ann_onym.jpg': held('Ann Onym', 'Of its sidecar ann_onym.jpg.json “???” is no name.'),
      'bob_builder.jpg': held('Bob Builder', 'Of its sidecar bob_builder.json its name is no text.'),
      'cat_stevens.jpg': held('Cat Stevens', 'Of its sidecar cat_stevens.json its name is empty.'),
      'dot_cotton.jpg': held('Dot Cotton', "Its sidecar dot_cotton.json can't be used: it is no JSON"),
      'eve_moneypenny.jpg': { name: 'Eve Moneypenny', state: 'found', reason: null },
    })
  })

  test('a folder’s sidecar speaks for all photos in it but those that are named otherwise', async () => {
    const seen = await said({
      'Ann Onym/person.json': '{"name": "--"}',
      'Ann Onym/IMG_1.jpg': 'x',
      'Ann Onym/IMG_2.jpg': 'x',
      'Ann Onym/IMG_2.json': '{"name": "Bob Builder"}',
      'Ann Onym/IMG_3.jpg': 'x',
      'Ann Onym/list.csv': 'file,name\nIMG_3.jpg,Cat Stevens\n',
    })
    expect(seen).toEqual({
      'Ann Onym/IMG_1.jpg': {
        ...{ name: 'Ann Onym', state: 'found' },
        reason: 'Of its sidecar person.json “--” is no name. Say who this is.',
      },
      'Ann Onym/IMG_2.jpg': { name: 'Bob Builder', state: 'found', reason: null },
      'Ann Onym/IMG_3.jpg': { name: 'Cat Stevens', state: 'found', reason: null },
    })
  })

  test('a line without a name says so, and nothing else names its photo', async () => {
    const files = {
      'Ann Onym/IMG_1.jpg': 'x',
      'Ann Onym/IMG_2.jpg': 'x',
      'Ann Onym/IMG_3.jpg': 'x',
      'list.csv': 'file,name,licence\nAnn Onym/IMG_1.jpg,,CC0\nAnn Onym/IMG_2.jpg, \u200b ,\n',
    }
    const held = (line: number) => ({
      ...{ name: null, state: 'found' },
      reason: `Its line ${line} in list.csv can’t be used as it is: its name is empty.`,
    })
    expect(await said(files)).toEqual({
      'Ann Onym/IMG_1.jpg': held(2),
      'Ann Onym/IMG_2.jpg': held(3),
      'Ann Onym/IMG_3.jpg': { name: 'Ann Onym', state: 'found', reason: null },
    })
    const rows = await scanner.scan(await scanner.folderOf(files))
    expect(rows.find(({ path }) => path === 'list.csv:2')).toMatchObject({
      ...{ state: 'rejected', reason_code: 'bad_description' },
      reason: 'Line 2 (Ann Onym/IMG_1.jpg): its name is empty. The photo waits for a person.',
    })
    // Without a column for names a CSV says nothing of them.
    const { 'Ann Onym/IMG_1.jpg': first } = await said({ ...files, 'list.csv': 'file\nAnn Onym/IMG_1.jpg\n' })
    expect(first).toEqual({ name: 'Ann Onym', state: 'found', reason: null })
  })

  test.each([
    ['of another encoding', Buffer.from([0x66, 0x69, 0x6c, 0x65, 0x0a, 0x8b, 0x7b, 0x8d, 0xe8])],
    ['without a column for files', 'name\nX\n'],
    ['with a column twice', 'file,photo\na,b\n'],
    ['with a quote that is never closed', 'file,name\nIMG_1.jpg,"Bob\n'],
    ['that is empty', ''],
    ['with a NUL', 'file,name\nIMG_1.jpg,B\0b\n'],
  ])('a CSV %s may name all photos in its folder and below, which wait', async (_, content) => {
    const held = {
      ...{ name: 'Ann Onym', state: 'found' },
      reason: expect.stringMatching(
        /^Ann Onym\/list\.csv may say who this is, and can’t be used\. .+ Say who this is\.$/,
      ) as string,
    }
    const known = (name: string) => ({ name, state: 'found', reason: null })
    const files = {
      'Ann Onym/IMG_1.jpg': 'x',
      'Ann Onym/2019/IMG_2.jpg': 'x',
      'Ann Onym/2020/IMG_3.jpg': 'x',
      'Ann Onym/2020/list.csv': 'file,name\nIMG_3.jpg,Cat Stevens\n',
      'Bob Builder/IMG_4.jpg': 'x',
      'list.csv': 'file,name\nAnn Onym/IMG_1.jpg,Ann Onym\n',
      'Ann Onym/list.csv': content,
    }
    expect(await said(files)).toEqual({
      'Ann Onym/IMG_1.jpg': held,
      'Ann Onym/2019/IMG_2.jpg': held,
      'Ann Onym/2020/IMG_3.jpg': known('Cat Stevens'),
      'Bob Builder/IMG_4.jpg': known('Bob Builder'),
    })
  })

  test('a CSV or sidecar that may not even be opened is one that can’t be used', async () => {
    const elsewhere = await scanner.folderOf({ 'list.csv': 'file\n', 'x.json': '{}' })
    const folder = await scanner.folderOf({
      'a/tom_hanks.jpg': 'x',
      'b/meg_ryan.jpg': 'x',
    })
    await symlink(join(elsewhere, 'list.csv'), join(folder, 'a', 'list.csv'))
    await symlink(join(elsewhere, 'x.json'), join(folder, 'b', 'meg_ryan.jpg.json'))
    const rows = await scanner.scan(folder)
    expect(rows.map(({ path, reason_code, reason }) => [path, reason_code, reason])).toEqual([
      ['a/list.csv', 'unsafe_path', expect.stringContaining('leads out of the folder')],
      ['a/tom_hanks.jpg', null, expect.stringContaining('a/list.csv may say who this is')],
      ['b/meg_ryan.jpg', null, expect.stringContaining("Its sidecar meg_ryan.jpg.json can't be used")],
      ['b/meg_ryan.jpg.json', 'unsafe_path', expect.stringContaining('leads out of the folder')],
    ])
  })

  test('the name of several people is asked about', async () => {
    expect(await said({ 'simon_&_garfunkel.jpg': 'x', 'andy_warhol.jpg': 'x' })).toEqual({
      'simon_&_garfunkel.jpg': {
        ...{ name: expect.any(String) as string, state: 'found' },
        reason: expect.stringContaining('may be the name of several people') as string,
      },
      'andy_warhol.jpg': { name: 'Andy Warhol', state: 'found', reason: null },
    })
  })
})
