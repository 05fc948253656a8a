import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testEngines } from '../../../tests/factories/database'
import { openGallery, type Gallery } from '../../../tests/factories/gallery'

// Edits, merges and photos, one by one: what they answer, what they note, what they leave. Real: see openGallery.

describe.each(await testEngines())('changes of the gallery on %s', (engine) => {
  let gallery: Gallery
  let ids: string[]
  beforeAll(async () => {
    gallery = await openGallery(engine)
  })
  beforeEach(async () => {
    ids = await gallery.fill(6)
  })
  afterAll(() => gallery.close())

  const curation = () => gallery.curator.client.curation
  const get = (id: string) => gallery.moderator.client.celebrities.get({ id })
  const further = async (id: string) => (await curation().photos({ id })).filter((photo) => !photo.is_current)
  const jobs = (id: string) =>
    gallery.query<{ status: string; start_stage: string | null; worker_id: string | null }>(
      `select status, start_stage, worker_id from public.celebrity_jobs where celebrity_id = '${id}' order by created_at`,
    )

  test('an edit of all that match but some; a dry run tells the same before', async () => {
    const selection = { all: { category: 'actor' }, except: [ids[5]] }
    const edit = { category: ' Musician ', bio: 'Sings.' }
    const plan = await curation().edit({ selection, edit, dry_run: true })
    expect(plan.changed).toBe(5)
    expect((await get(ids[0])).category).toBe('actor')
    const done = await curation().edit({ selection, edit })
    expect(done).toMatchObject({ changed: 5, skipped: [] })
    expect([(await get(ids[0])).category, (await get(ids[5])).category]).toEqual(['Musician', 'actor'])
    const again = await curation().edit({ selection: { ids: ids.slice(0, 2) }, edit })
    expect(again).toMatchObject({
      changed: 0,
      skipped: [{ reason: 'It says so already.' }, { id: ids[1] > ids[0] ? ids[1] : ids[0] }],
    })

    const [first] = await gallery.moderator.client.curation.history({ id: ids[1] })
    // Star 2 sang before.
    expect(first).toMatchObject({
      kind: 'edit',
      what: 'Category from actor to Musician',
      changed_by_name: 'Carl',
      can_undo: true,
    })
    expect(await curation().lastChange()).toMatchObject({
      group_id: done.group_id,
      what: 'Bio to Sings., category to Musician: 5 celebrities',
    })
    await gallery.run(`update public.celebrities set category = 'Poet' where id = '${ids[1]}'`)
    expect(await curation().undo({ group_id: done.group_id })).toEqual({
      undone: 4,
      kept: [
        { celebrity_id: ids[1], name: 'Star 2', reason: 'Somebody changed the category of Star 2 since.' },
      ],
    })
    expect([(await get(ids[0])).category, (await get(ids[1])).category]).toEqual(['actor', 'Poet'])
    expect(await curation().lastChange()).toBeNull()
  })

  test('every field but the name can be emptied, of one and of all, and taken back', async () => {
    const before = await gallery.rows()
    const all = { bio: null, category: '', gender: null, licence: ' ', source: null }
    const one = await curation().edit({ selection: { ids: [ids[1]] }, edit: all })
    expect(await get(ids[1])).toMatchObject({
      ...{ bio: null, category: null, gender: null, name: 'Star 2' },
      provenance: { licence: null, source: null },
    })
    const [{ what }] = await curation().history({ id: ids[1] })
    expect(what).toBe(
      'Bio from Sings. to nothing, gender from male to nothing, source from x to nothing, licence from CC BY to nothing, category from actor to nothing',
    )
    const rest = await curation().edit({ selection: { all: {} }, edit: all })
    expect(rest).toMatchObject({ changed: 5, skipped: [{ id: ids[1], reason: 'It says so already.' }] })
    expect((await gallery.moderator.client.celebrities.list({ missing: 'licence' })).total).toBe(6)
    for (const { group_id } of [rest, one]) await curation().undo({ group_id })
    expect(await gallery.rows()).toEqual(before)
    const withoutName = { name: null } as unknown as { name: string }
    for (const [edit, message] of [
      [withoutName, 'A celebrity needs a name: it can’t be emptied.'],
      [{ name: ' ' }, 'Enter a name.'],
    ] as const) {
      await expect(curation().edit({ selection: { ids: [ids[0]] }, edit })).rejects.toMatchObject({
        code: 'BAD_REQUEST',
        message: expect.stringContaining(message) as string,
      })
    }
  })

  test('what says the same again because of a later change is left until that one is taken back', async () => {
    const set = (category: string) => curation().edit({ selection: { ids: [ids[0]] }, edit: { category } })
    const [first] = [await set('A'), await set('B'), await set('A')]
    await expect(curation().undo({ group_id: first.group_id })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'Somebody changed the category of Star 1 since.',
    })
  })

  test('many edits at once of overlapping celebrities: none is lost, and each can be taken back', async () => {
    const before = await gallery.rows()
    const edits = await Promise.all(
      [
        { which: ids, edit: { bio: 'one' } },
        { which: ids.toReversed(), edit: { licence: 'two' } },
        { which: [ids[3], ids[0], ids[5]], edit: { category: 'three' } },
        { which: [ids[4], ids[1]], edit: { source: 'four' } },
      ].map(({ which, edit }) => curation().edit({ selection: { ids: which }, edit })),
    )
    expect(edits.map(({ changed }) => changed)).toEqual([6, 6, 3, 2])
    const undone = await Promise.all(edits.map(({ group_id }) => curation().undo({ group_id })))
    expect(undone.map((one) => one.undone)).toEqual([6, 6, 3, 2])
    expect(await gallery.rows()).toEqual(before)
  })

  test('a merge takes photos and decisions, and is searched anew; taken back it is as it was', async () => {
    await curation().distinguish({ id: ids[1], other: ids[4] })
    const before = await gallery.rows()
    const gone = '00000000-0000-4000-8000-000000000000'
    const merge = await curation().merge({ id: ids[0], others: [ids[1], ids[2], gone] })
    expect(merge).toMatchObject({ changed: 2, skipped: [{ id: gone }] })
    const photos = await curation().photos({ id: ids[0] })
    expect(photos).toHaveLength(9)
    expect(photos[0]).toMatchObject({ id: ids[0], is_current: true, cosine: null })
    expect(photos.find(({ id }) => id === ids[1])).toMatchObject({
      age: 22,
      licence: 'CC BY',
      is_current: false,
    })
    expect(photos.slice(1).every(({ cosine }) => cosine !== null)).toBe(true)
    await expect(get(ids[1])).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await jobs(ids[0])).toEqual([{ status: 'pending', start_stage: 'search', worker_id: null }])
    const alike = await curation().similar({ id: ids[0], limit: 50 })
    expect(alike.find(({ id }) => id === ids[4])?.is_distinct).toBe(true)
    const history = await curation().history({ id: ids[0] })
    expect(history.map(({ what }) => what)).toEqual([
      'Star 2, Star 3 merged into this one',
      'Was merged into another',
      'Was merged into another',
      'Told apart from Star 5',
    ])
    expect((await curation().lastChange())?.what).toBe('Star 2, Star 3 merged into Star 1')

    expect(await curation().undo({ group_id: merge.group_id })).toEqual({ undone: 3, kept: [] })
    expect(await gallery.rows()).toEqual(before)
    const apart = await curation().similar({ id: ids[0], limit: 50 })
    expect(apart.find(({ id }) => id === ids[4])?.is_distinct).toBe(false)
  })

  test('a merge of what was changed since it was seen is refused', async () => {
    const { updated_at } = await get(ids[1])
    const seen = { [ids[1]]: updated_at }
    await gallery.run(`update public.celebrities set bio = 'Other' where id = '${ids[1]}'`)
    await expect(curation().merge({ id: ids[0], others: [ids[1]], seen })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'Star 2 was changed meanwhile. Look at both again.',
    })
    const fresh = { [ids[1]]: (await get(ids[1])).updated_at, [ids[0]]: (await get(ids[0])).updated_at }
    expect(await curation().merge({ id: ids[0], others: [ids[1]], seen: fresh })).toMatchObject({
      changed: 1,
    })
    await expect(curation().merge({ id: ids[0], others: [ids[0]] })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
    await expect(curation().merge({ id: ids[0], others: [ids[1]] })).rejects.toMatchObject({
      code: 'CONFLICT',
    })
  })

  test('a merge whose photo went on to be the current one is not taken apart by halves', async () => {
    const merge = await curation().merge({ id: ids[0], others: [ids[1]] })
    await curation().usePhoto({ id: ids[0], photo_id: ids[1] })
    const between = await gallery.rows()
    await expect(curation().undo({ group_id: merge.group_id })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('Undo what was done to the photos of Star 1 first.') as string,
    })
    expect(await gallery.rows()).toEqual(between)
  })

  test('another photo: its analysis moves in, whoever works on the old one loses the job', async () => {
    await gallery.run(
      `insert into public.celebrity_jobs (celebrity_id, status, worker_id, attempts) values ('${ids[0]}', 'processing', 'w', 1)`,
    )
    const [photo] = await further(ids[0])
    const former = await get(ids[0])
    const { group_id } = await curation().usePhoto({ id: ids[0], photo_id: photo.id })
    expect(await get(ids[0])).toMatchObject({
      ...{
        age: photo.age,
        image_hash: photo.image_hash,
        gender: former.gender,
        quality_score: photo.quality_score,
      },
      provenance: { licence: photo.licence, source: photo.source },
    })
    expect(await jobs(ids[0])).toEqual([{ status: 'pending', start_stage: 'search', worker_id: null }])
    const kept = (await further(ids[0])).find(({ image_hash }) => image_hash === former.image_hash)
    expect(kept).toMatchObject({ age: former.age, licence: 'CC BY', quality_score: former.quality_score })
    await curation().undo({ group_id })
    expect((await get(ids[0])).image_hash).toBe(former.image_hash)
    await expect(curation().usePhoto({ id: ids[1], photo_id: photo.id })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  test('a new photo waits to be analysed, and one that is known is refused and removed', async () => {
    const image_path = await gallery.upload()
    const { group_id } = await curation().replacePhoto({ id: ids[0], image_path, licence: 'mine' })
    expect(await get(ids[0])).toMatchObject({
      state: 'waiting',
      age: null,
      provenance: { licence: 'mine', source: null },
    })
    expect(await jobs(ids[0])).toEqual([{ status: 'pending', start_stage: 'fetch', worker_id: null }])
    const bytes = await gallery.images.download('celebrity-images', image_path)
    const copy = gallery.images.celebrityPath('png')
    await gallery.images.upload('celebrity-images', copy, bytes, 'image/png')
    await expect(curation().replacePhoto({ id: ids[1], image_path: copy })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'This photo is known already. It is a photo of Star 1.',
      data: { celebrity_id: ids[0] },
    })
    expect([await gallery.isThere(copy), await gallery.isThere(image_path)]).toEqual([false, true])
    expect(await curation().undo({ group_id })).toMatchObject({ undone: 1 })
    expect(await get(ids[0])).toMatchObject({ state: 'waiting', age: 21 })
  })

  test('analysing anew queues one job each', async () => {
    await curation().reanalyze({ ids: ids.slice(0, 2) })
    expect(await curation().reanalyze({ all: {} })).toEqual({ queued: 6 })
    for (const id of ids)
      expect(await jobs(id)).toEqual([{ status: 'pending', start_stage: 'fetch', worker_id: null }])
  })
})
