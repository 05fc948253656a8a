import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openScanner, type Scanner } from '../../../../tests/factories/scanned'

// Real: folders, the scan, the staging area.

describe('photos whose name is doubted', () => {
  let scanner: Scanner
  beforeAll(async () => {
    scanner = await openScanner()
  })
  afterAll(() => scanner.close())

  const said = async (files: Record<string, string>) => {
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
