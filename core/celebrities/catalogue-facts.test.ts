import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testEngines } from '../../tests/factories/database'
import { openGallery, type Gallery } from '../../tests/factories/gallery'

// What lists filter and sort by follows every change of celebrities, whoever makes it. Real: see openGallery.

const derived = `select c.id, "left"(lower(c.name), 200) as name_key, coalesce(c.created_at, 'epoch') as created_at, c.category,
    c.gender, c.age, c.quality_score, c.expression,
    case when c.embedding is not null then extensions.skin_tone_name(c.skin_tone) end as skin_tone, c.licence,
    c.embedding_model, c.import_id, c.embedding is not null as is_analyzed, coalesce(c.bio, '') <> '' as has_bio,
    coalesce(c.source, '') <> '' as has_source,
    lower(normalize(concat_ws(E'\\n', c.name, c.name_original, c.bio))) as search_text
  from public.celebrities as c order by c.id`

describe.each(await testEngines())('facts of celebrities on %s', (engine) => {
  let gallery: Gallery
  let ids: string[]
  beforeAll(async () => {
    gallery = await openGallery(engine)
    ids = await gallery.fill(6)
  })
  afterAll(() => gallery.close())

  const star = (n: number) => `where id = '${ids[n]}'`
  const curation = () => gallery.curator.client.curation
  const groups: string[] = []
  const done = async (change: Promise<{ group_id: string }>) => groups.push((await change).group_id)
  const undo = async () => curation().undo({ group_id: groups.pop() ?? '' })

  test.each<[string, () => Promise<unknown>]>([
    ['nothing', () => Promise.resolve()],
    [
      'an edit of several',
      () => done(curation().edit({ selection: { ids }, edit: { name: 'ÉMILE', bio: null, source: null } })),
    ],
    ['its undo', undo],
    [
      'another photo',
      async () => {
        const photo = (await curation().photos({ id: ids[0] })).find(({ is_current }) => !is_current)
        await done(curation().usePhoto({ id: ids[0], photo_id: photo?.id ?? '' }))
      },
    ],
    ['its undo', undo],
    ['a merge', () => done(curation().merge({ id: ids[0], others: [ids[1]] }))],
    ['its undo', undo],
    ['the trash', () => done(curation().trash({ selection: { ids: ids.slice(2, 4) } }))],
    ['its undo', undo],
    [
      'an analysis',
      () => gallery.run(`update public.celebrities set age = 7, skin_tone_lab = '{70,10,15}' ${star(4)}`),
    ],
    ['no analysis', () => gallery.run(`update public.celebrities set embedding = null ${star(4)}`)],
    [
      'no time',
      () => gallery.run(`update public.celebrities set created_at = null, quality_score = null ${star(3)}`),
    ],
    [
      'an import',
      () =>
        gallery.run(`insert into public.celebrity_imports (id, name) values ('${ids[0]}', 'Stars');
        update public.celebrities set import_id = '${ids[0]}', name_original = 'Star, 1' ${star(0)}`),
    ],
    ['no import', () => gallery.run(`delete from public.celebrity_imports ${star(0)}`)],
    [
      'somebody new',
      () => gallery.run(`insert into public.celebrities (name, image_path) values ('New', 'new.jpg')`),
    ],
    ['nobody', () => gallery.run(`delete from public.celebrities ${star(1)}`)],
  ])('after %s', async (_, change) => {
    await change()
    expect(await gallery.query('select * from public.celebrity_facts order by id')).toEqual(
      await gallery.query(derived),
    )
  })

  test('what changes nothing of them writes nothing', async () => {
    const versions = () => gallery.query('select id, xmin::text from public.celebrity_facts order by id')
    const before = await versions()
    await gallery.run(`update public.celebrities set pose = null, image_width = 7`)
    expect(await versions()).toEqual(before)
  })
})
