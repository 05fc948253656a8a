import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testEngines } from '../../tests/factories/database'
import { openGallery, type Gallery } from '../../tests/factories/gallery'
import { seeded } from '../../tests/factories/random'

// Names as other clients of the database may write them: far longer than the contract takes, and in any script. Real: see
// openGallery.

/** Of letters in no order, so that nothing can be compressed to where it fits. */
function letters(count: number, from: number, salt: number): string {
  const random = seeded(salt)
  return Array.from({ length: count }, () => String.fromCodePoint(from + Math.floor(random() * 1200))).join(
    '',
  )
}

const names = {
  long: letters(10_000, 0x4e00, 1),
  // The same for the first thousand characters: their ids decide.
  longer: `${letters(1000, 0x4e00, 2)}${letters(9000, 0x4e00, 3)}`,
  longest: `${letters(1000, 0x4e00, 2)}${letters(9000, 0x4e00, 4)}`,
  emoji: letters(10_000, 0x1f300, 5),
  combining: `e${'\u0301'.repeat(5000)} Zalgo`,
  composed: 'Am\u00e9lie Poulain',
  decomposed: 'Ame\u0301lie Nothomb',
  rightToLeft: '\u202eصباح \u05d0\u05d1\u05d2\u200f',
  control: `Tab\tand\nline${'\u0001'.repeat(300)}`,
  quotes: `${'"'.repeat(400)}\\`,
  formula: '=HYPERLINK("http://example.org","x")',
  plus: '+1',
  minus: '-1+1|x',
  at: '@SUM(A1)',
}

describe.each(await testEngines())('names of any length and script on %s', (engine) => {
  let gallery: Gallery
  const ids = new Map<string, string>()
  beforeAll(async () => {
    gallery = await openGallery(engine)
    await gallery.fill(0)
    await gallery.database.asService(async (tx) => {
      for (const [kind, name] of Object.entries(names)) {
        const { id } = await tx
          .insertInto('celebrities')
          .values({ name, image_path: `${kind}.jpg` })
          .returning('id')
          .executeTakeFirstOrThrow()
        ids.set(id, kind)
      }
    })
  })
  afterAll(() => gallery.close())

  const list = (query: object) => gallery.moderator.client.celebrities.list(query)

  test.each(['asc', 'desc'] as const)(
    'pages %s meet each once and go on after each of them',
    async (direction) => {
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await list({ limit: 1, cursor, direction })
        seen.push(...page.items.map(({ id }) => id))
        cursor = page.next_cursor ?? undefined
      } while (cursor)
      expect(seen.toSorted()).toEqual([...ids.keys()].toSorted())
      expect(seen).toEqual((await list({ limit: 200, direction })).items.map(({ id }) => id))
    },
  )

  test.each([
    ['amélie', ['composed', 'decomposed']],
    ['AME\u0301LIE', ['composed', 'decomposed']],
    [names.long.slice(4000, 4200), ['long']],
    [names.emoji.slice(6000, 6020), ['emoji']],
    ['zalgo', ['combining']],
    ['صباح', ['rightToLeft']],
    ['"\\', ['quotes']],
    ['and\nline', ['control']],
    ['%', []],
  ])('%j is found', async (search, expected) => {
    const { items } = await list({ search })
    expect(items.map(({ id }) => ids.get(id)).toSorted()).toEqual(expected)
  })

  test('as CSV each is one record that begins as no formula', async () => {
    const { text, rows } = await gallery.moderator.client.curation.exportCsv({ filter: {} })
    expect(rows).toBe(ids.size)
    const records = parse<{ id: string; name: string }>(text, { columns: true })
    expect(records).toHaveLength(ids.size)
    for (const { id, name } of records) {
      const kind = ids.get(id) as keyof typeof names
      const isFormula = ['formula', 'plus', 'minus', 'at'].includes(kind)
      expect(name, kind).toBe(isFormula ? `'${names[kind]}` : names[kind])
    }
  })

  test('they are edited, told of, taken back and found by name; an edit takes 200 characters', async () => {
    const { curation, celebrities } = gallery.curator.client
    const [id] = [...ids].find(([, kind]) => kind === 'long') ?? ['']
    const edit = (name: string) => curation.edit({ selection: { ids: [id] }, edit: { name } })
    await expect(edit(names.long)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    const { group_id } = await edit('Short')
    const [{ what }] = await curation.history({ id })
    expect(what).toBe(`Name from ${names.long.slice(0, 57)}… to Short`)
    const trash = await curation.trash({ selection: { ids: [id] } })
    await curation.undo({ group_id: trash.group_id })
    await curation.undo({ group_id })
    expect((await celebrities.get({ id })).name).toBe(names.long)
    const again = await curation.trash({ selection: { ids: [id] } })
    const { items } = await curation.trashed({ search: names.long.slice(0, 200) })
    expect(items.map(({ name }) => name)).toEqual([names.long])
    await curation.undo({ group_id: again.group_id })
  })
})
