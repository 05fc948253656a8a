import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testEngines } from '../../tests/factories/database'
import { openGallery, type Gallery } from '../../tests/factories/gallery'
import type { CelebrityFilter } from './contract-filter'

// Lists by every filter, in every order, and what the filters can offer. Real: see openGallery.

describe.each(await testEngines())('the catalogue on %s', (engine) => {
  let gallery: Gallery
  let ids: string[]
  const importId = '00000000-0000-4000-8000-00000000000a'
  beforeAll(async () => {
    gallery = await openGallery(engine)
    ids = await gallery.fill(7, { photos: 0 })
    const set = (n: number, columns: string) =>
      gallery.run(`update public.celebrities set ${columns} where id = '${ids[n - 1]}'`)
    await gallery.run(`insert into public.celebrity_imports (id, name) values ('${importId}', 'Stars 2026')`)
    await set(
      1,
      `name = 'Ada', age = 17, skin_tone_lab = '{80,10,10}', expression = 'sad', quality_score = 0.1`,
    )
    await set(2, `name = 'Bob', age = 18, skin_tone_lab = '{70,10,15}', bio = null, quality_score = 0.2`)
    await set(
      3,
      `name = 'Cyd', age = 64, skin_tone_lab = '{50,10,15}', name_original = 'CYD_Original', category = ''`,
    )
    await set(
      4,
      `name = 'Dan', age = 65, skin_tone_lab = '{20,10,15}', licence = 'own', gender = null, bio = 'Knows Ada.'`,
    )
    await set(5, `name = 'Eve', age = 40, skin_tone_lab = null, source = '', import_id = '${importId}'`)
    await set(6, `name = 'Fay', embedding = null, embedding_model = null, age = null, quality_score = null`)
    await set(
      7,
      `name = 'Gus', embedding_model = 'other/model', licence = null, skin_tone_lab = '{60,10,-5}'`,
    )
    await gallery.run(`insert into public.celebrity_jobs (celebrity_id, status, created_at) values
      ('${ids[0]}', 'failed', now() - interval '2 days'), ('${ids[0]}', 'completed', now() - interval '1 day'),
      ('${ids[1]}', 'completed', now() - interval '2 days'), ('${ids[1]}', 'failed', now() - interval '1 day'),
      ('${ids[2]}', 'processing', now()), ('${ids[3]}', 'pending', now())`)
  })
  afterAll(() => gallery.close())

  const list = (query: Parameters<Gallery['moderator']['client']['celebrities']['list']>[0]) =>
    gallery.moderator.client.celebrities.list(query)
  const names = async (filter: CelebrityFilter) => {
    const { items, total } = await list(filter)
    expect(total).toBe(items.length)
    return items.map(({ name }) => name).join(' ')
  }

  test.each<[CelebrityFilter, string]>([
    [{}, 'Ada Bob Cyd Dan Eve Fay Gus'],
    [{ search: 'ada' }, 'Ada Dan'],
    [{ search: 'cyd_orig' }, 'Cyd'],
    [{ search: '%' }, ''],
    [{ state: 'ready' }, 'Ada Eve Gus'],
    [{ state: 'failed' }, 'Bob'],
    [{ state: 'analyzing' }, 'Cyd'],
    [{ state: 'waiting' }, 'Dan Fay'],
    [{ age_from: 18, age_to: 64 }, 'Bob Cyd Eve Gus'],
    [{ age_from: 65 }, 'Dan'],
    [{ expression: 'sad' }, 'Ada'],
    [{ quality_from: 0.1, quality_to: 0.2 }, 'Ada Bob'],
    [{ missing: 'bio' }, 'Ada Bob Cyd Eve Gus'],
    [{ missing: 'category' }, 'Cyd'],
    [{ missing: 'gender' }, 'Cyd Dan Fay'],
    [{ missing: 'licence' }, 'Gus'],
    [{ missing: 'source' }, 'Eve'],
    [{ missing: 'embedding' }, 'Fay'],
    [{ licence: 'own' }, 'Dan'],
    [{ embedding_model: 'other/model' }, 'Gus'],
    [{ import_id: importId }, 'Eve'],
    [{ skin_tone: 'very light' }, 'Ada'],
    [{ skin_tone: 'light' }, 'Bob'],
    [{ skin_tone: 'brown' }, 'Cyd'],
    [{ skin_tone: 'dark' }, 'Dan'],
    [{ skin_tone: 'unknown' }, 'Eve Gus'],
    [{ category: 'actor', gender: 'male', age_to: 40 }, 'Ada Bob Eve Gus'],
  ])('%o', async (filter, expected) => {
    expect(await names(filter)).toBe(expected)
  })

  test.each(['name', 'newest', 'quality', 'age'] as const)(
    'by %s both ways are mirrors, and pages, places and the whole agree',
    async (sort) => {
      const whole = async (direction: 'asc' | 'desc') =>
        (await list({ sort, direction })).items.map(({ id }) => id)
      const up = await whole('asc')
      expect((await whole('desc')).toReversed()).toEqual(up)
      const paged: string[] = []
      let cursor: string | undefined
      do {
        const page = await list({ sort, direction: 'desc', limit: 3, cursor })
        paged.push(...page.items.map(({ id }) => id))
        cursor = page.next_cursor ?? undefined
      } while (cursor)
      expect(paged.toReversed()).toEqual(up)
      const placed = await list({ sort, direction: 'asc', limit: 2, offset: 3 })
      expect(placed).toMatchObject({ total: 7 })
      expect(placed.items.map(({ id }) => id)).toEqual(up.slice(3, 5))
    },
  )

  test('a page link of another direction is refused', async () => {
    const { next_cursor } = await list({ sort: 'age', limit: 2 })
    await expect(list({ sort: 'age', direction: 'desc', cursor: next_cursor! })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
  })

  test('what is said of where one comes from', async () => {
    const eve = await gallery.moderator.client.celebrities.get({ id: ids[4] })
    expect(eve.provenance).toEqual({
      ...{ licence: 'CC BY', source: '', name_original: null },
      import: { id: importId, name: 'Stars 2026' },
    })
  })

  test('values for filters, with how many have them', async () => {
    const facets = await gallery.moderator.client.curation.facets()
    expect(facets).toMatchObject({
      categories: [{ value: 'actor', celebrities: 6 }],
      licences: [
        { value: 'CC BY', celebrities: 5 },
        { value: 'own', celebrities: 1 },
      ],
      models: [
        { value: 'test/model', celebrities: 5 },
        { value: 'other/model', celebrities: 1 },
      ],
      expressions: [
        { value: 'happy', celebrities: 6 },
        { value: 'sad', celebrities: 1 },
      ],
      missing: { bio: 5, category: 1, gender: 3, licence: 1, source: 1, embedding: 1 },
    })
    expect(facets.quality_deciles).toHaveLength(9)
    expect(facets.quality_deciles.toSorted((a, b) => a - b)).toEqual(facets.quality_deciles)
  })
})
