import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testEngines } from '../../../tests/factories/database'
import { openGallery, type Gallery } from '../../../tests/factories/gallery'
import { ageBands, skinTones } from '../contract-curation'
import { csvField } from './export-csv'

// Where the gallery is thin, what a person should look at, and the gallery as a file. Real: see openGallery.

describe.each(await testEngines())('what the gallery holds, on %s', (engine) => {
  let gallery: Gallery
  let ids: string[]
  beforeAll(async () => {
    gallery = await openGallery(engine)
    ids = await gallery.fill(8, { photos: 1 })
  })
  afterAll(() => gallery.close())
  const staff = () => gallery.moderator.client.curation

  test('bands and tones by their formulas', async () => {
    const ages = [0, 17, 18, 24, 25, 34, 35, 44, 45, 54, 55, 64, 65, 99]
    const found = await gallery.query<{ band: string }>(
      `select extensions.age_band(age) as band from unnest('{${ages.join(',')}}'::int[]) with ordinality as a (age, n) order by n`,
    )
    expect(found.map(({ band }) => band)).toEqual(ageBands.flatMap((band) => [band, band]))
    // arctan((L − 50) / 10) = degrees.
    const degrees = [70, 56, 54, 42, 40, 29, 27, 11, 9, -29, -31, -70]
    const tones = await gallery.query<{ tone: string }>(
      `select extensions.skin_tone_name(private.skin_tone_vector(array[50 + 10 * tand(d), 5, 10])) as tone
      from unnest('{${degrees.join(',')}}'::float8[]) with ordinality as a (d, n) order by n`,
    )
    expect(tones.map(({ tone }) => tone)).toEqual(skinTones.slice(0, 6).flatMap((tone) => [tone, tone]))
    const unknown = await gallery.query<{ tone: string }>(
      `select extensions.skin_tone_name(private.skin_tone_vector(lab)) as tone from (values (null::float8[]), ('{}'), ('{60,1}'), ('{60,1,0}'), ('{60,1,-3}')) as v (lab)`,
    )
    expect(new Set(unknown.map(({ tone }) => tone))).toEqual(new Set(['unknown']))
  })

  test('celebrities and people side by side; minors, suspended people and who is not analysed are not counted', async () => {
    const whole = await staff().coverage()
    expect(whole).toMatchObject({ celebrities: 8, people: 3, unknown: 0 })
    expect(whole.cells.reduce((sum, cell) => sum + cell.celebrities, 0)).toBe(8)
    expect(JSON.stringify(whole)).not.toContain('Person')
    const people = await gallery.query<{ id: string }>(
      `select profile_id as id from public.faces order by age`,
    )
    const year = new Date().getFullYear()
    await gallery.run(`update public.profiles set birth_year = ${year - 18} where id = '${people[0].id}';
      update public.celebrities set embedding = null where id = '${ids[0]}'`)
    await gallery.query(
      `update auth.users set banned_until = now() + interval '1 day' where id = '${people[1].id}' returning id`,
    )
    expect(await staff().coverage()).toMatchObject({ celebrities: 7, people: 1, unknown: 1 })
    await gallery.run(`update public.profiles set birth_year = ${year - 19} where id = '${people[0].id}'`)
    expect(await staff().coverage()).toMatchObject({ people: 2 })
  })

  test('nobody but staff has the people counted, not by SQL either', async () => {
    const person = await gallery.signUp('user')
    const claims = { sub: person.id, role: 'authenticated' }
    await expect(
      gallery.database.asUser({ id: person.id, email: null, role: 'authenticated', claims }, (tx) =>
        sql`select * from private.count_people()`.execute(tx),
      ),
    ).rejects.toMatchObject({ code: '42501' })
  })

  test('photos that look unlike, the worst first; pages meet each once', async () => {
    await gallery.run(`update public.celebrity_photos as p set embedding = c.embedding from public.celebrities as c
      where c.id = p.celebrity_id and c.id in ('${ids[1]}', '${ids[2]}')`)
    await gallery.run(
      `update public.celebrity_photos set embedding_model = 'other/model' where celebrity_id = '${ids[3]}'`,
    )
    const expected = await gallery.query<{ id: string; cosine: number }>(
      `select p.id, 1 - (p.embedding operator(extensions.<=>) c.embedding) as cosine from public.celebrity_photos as p
      join public.celebrities as c on c.id = p.celebrity_id and c.embedding_model = p.embedding_model
      where 1 - (p.embedding operator(extensions.<=>) c.embedding) < 0.4 order by 2, 1`,
    )
    expect(expected.length).toBeGreaterThan(2)
    const seen = []
    let cursor: string | undefined
    do {
      const page = await staff().outliers({ kind: 'unlike', limit: 2, cursor })
      expect(page.total).toBe(expected.length)
      seen.push(...page.items)
      cursor = page.next_cursor ?? undefined
    } while (cursor)
    expect(seen.map(({ photo }) => photo?.id)).toEqual(expected.map(({ id }) => id))
    expect(seen[0].why).toMatch(/^This photo looks unlike/)
  })

  test('pairs that look like one person: exactly those, also after changes and decisions', async () => {
    const truth = async () => {
      const rows = await gallery.query<{ pair: string }>(
        `select a.id || ' ' || b.id as pair from public.celebrities as a join public.celebrities as b
          on a.id < b.id and a.embedding_model = b.embedding_model
        where 1 - (a.embedding operator(extensions.<=>) b.embedding) >= 0.5
          and not exists (select from public.celebrity_distinctions as d where d.celebrity_a_id = a.id and d.celebrity_b_id = b.id)`,
      )
      return rows.map(({ pair }) => pair).toSorted()
    }
    const found = async () => {
      const pairs: string[] = []
      let cursor: string | undefined
      do {
        const page = await staff().outliers({ kind: 'alike', limit: 1, cursor })
        pairs.push(...page.items.map(({ celebrity, other }) => `${celebrity.id} ${other!.id}`))
        cursor = page.next_cursor ?? undefined
      } while (cursor)
      return pairs.toSorted()
    }
    const copy = (from: string, to: string) =>
      gallery.run(
        `update public.celebrities set embedding = (select embedding from public.celebrities where id = '${from}') where id = '${to}'`,
      )
    await copy(ids[1], ids[2])
    await copy(ids[1], ids[3])
    expect(await found()).toEqual(await truth())
    expect((await found()).length).toBeGreaterThanOrEqual(3)
    await gallery.curator.client.curation.distinguish({ id: ids[1], other: ids[2] })
    await copy(ids[6], ids[3])
    await gallery.run(`delete from public.celebrities where id = '${ids[7]}'`)
    expect(await found()).toEqual(await truth())
    await gallery.curator.client.curation.distinguish({ id: ids[2], other: ids[1], are_distinct: false })
    await gallery.run(`update public.celebrities set embedding_model = 'new/model' where id = '${ids[1]}'`)
    expect(await found()).toEqual(await truth())
  })

  test('the lowest tenth of the quality', async () => {
    const page = await staff().outliers({ kind: 'quality' })
    expect(page.total).toBe(1)
    const [{ least }] = await gallery.query<{ least: number }>(
      'select min(quality_score) as least from public.celebrities',
    )
    expect(page.items[0]).toMatchObject({
      value: least,
      celebrity: { quality_score: least },
      other: null,
      photo: null,
    })
  })

  test('the gallery as CSV, piece by piece', async () => {
    await gallery.run(
      `update public.celebrities set name = '=cmd|''/c calc''!A1', bio = E'a "b",\\nc', source = ' x' where id = '${ids[4]}'`,
    )
    const { text, rows, next_cursor } = await staff().exportCsv({ filter: {}, ids: [ids[4]] })
    expect([rows, next_cursor]).toEqual([1, null])
    const [head, ...body] = text.split('\r\n')
    expect(head).toMatch(/^name,bio,category,gender,licence,source,name_original,/)
    expect(body.join('\r\n')).toMatch(/^'=cmd\|'\/c calc'!A1,"a ""b"",\nc",actor,male,CC BY," x",,/)
    const all = await staff().exportCsv({ filter: {}, except: [ids[4]] })
    expect(all.rows).toBe(6)
    expect((await staff().exportCsv({ filter: { search: 'nobody' } })).text.split('\r\n')).toHaveLength(2)
  })
})

test.each([
  [null, ''],
  ['plain', 'plain'],
  ['Žižek 😀', 'Žižek 😀'],
  ['-3.5e-7', '-3.5e-7'],
  ['a,b', '"a,b"'],
  ['=1+1', `'=1+1`],
  ['+49', `'+49`],
  ['-x', `'-x`],
  ['@x', `'@x`],
  ['\t=x', `'\t=x`],
  ['  =x', `'  =x`],
  ['＝x', `'＝x`],
  ['=a,"b"', `"'=a,""b"""`],
  ['\r\nx', `"'\r\nx"`],
])('the field %j is %j', (value, expected) => {
  expect(csvField(value)).toBe(expected)
})
