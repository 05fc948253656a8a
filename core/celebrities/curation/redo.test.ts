import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testEngines } from '../../../tests/factories/database'
import { openGallery, type Gallery } from '../../../tests/factories/gallery'

// What was taken back is done again. Real: see openGallery.

describe.each(await testEngines())('doing again on %s', (engine) => {
  let gallery: Gallery
  let ids: string[]
  beforeAll(async () => {
    gallery = await openGallery(engine)
  })
  beforeEach(async () => {
    ids = await gallery.fill(5)
  })
  afterAll(() => gallery.close())

  const curation = () => gallery.curator.client.curation
  const edit = (which: string[], category: string | null) =>
    curation().edit({ selection: { ids: which }, edit: { category } })
  const undo = (group_id: string) => curation().undo({ group_id })

  test.each<[string, () => Promise<{ group_id: string }>]>([
    ['an edit', () => edit(ids.slice(0, 3), 'Poet')],
    ['an edit that empties', () => edit(ids.slice(0, 3), null)],
    ['the trash', () => curation().trash({ selection: { ids: ids.slice(1, 3) } })],
    ['a merge', () => curation().merge({ id: ids[0], others: [ids[1], ids[2]] })],
    ['telling apart', () => curation().distinguish({ id: ids[0], other: ids[1] })],
  ])('%s: as it was after it, and taken back once more as it was before', async (_, act) => {
    const rows = async () => ({
      ...(await gallery.rows()),
      apart: await gallery.query('select celebrity_a_id, celebrity_b_id from public.celebrity_distinctions'),
    })
    const before = await rows()
    const first = await act()
    const after = await rows()
    await undo(first.group_id)
    expect(await rows()).toEqual(before)
    const again = await curation().redo({ group_id: first.group_id })
    expect(again.skipped).toEqual([])
    expect(await rows()).toEqual(after)
    await undo(again.group_id)
    expect(await rows()).toEqual(before)
  })

  test('who was changed since, or is gone, is left and named', async () => {
    const { group_id } = await edit(ids.slice(0, 3), 'Poet')
    await undo(group_id)
    await gallery.run(`update public.celebrities set category = 'Chef' where id = '${ids[0]}'`)
    await curation().trash({ selection: { ids: [ids[1]] } })
    const again = await curation().redo({ group_id })
    expect(again.changed).toBe(1)
    expect(again.skipped.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))).toEqual([
      { id: ids[0], reason: 'Somebody changed it since.' },
      { id: ids[1], reason: 'It is no longer there.' },
    ])
    expect((await gallery.moderator.client.celebrities.get({ id: ids[0] })).category).toBe('Chef')
  })

  test('of a group the part that was taken back', async () => {
    const { group_id } = await edit(ids.slice(0, 3), 'Poet')
    await curation().undo({ group_id, celebrity_ids: [ids[1]] })
    expect(await curation().redo({ group_id })).toMatchObject({ changed: 1, skipped: [] })
    expect((await gallery.moderator.client.celebrities.get({ id: ids[1] })).category).toBe('Poet')
  })

  test('backwards and forwards through several, until something else is done', async () => {
    const [a, b] = [await edit([ids[0]], 'A'), await edit([ids[0]], 'B')]
    await undo(b.group_id)
    await undo(a.group_id)
    expect(await curation().lastUndone()).toMatchObject({
      group_id: a.group_id,
      what: 'Category from actor to A: Star 1',
    })
    await curation().redo({ group_id: a.group_id })
    expect((await curation().lastUndone())?.group_id).toBe(b.group_id)
    const last = await curation().redo({ group_id: b.group_id })
    expect(await curation().lastUndone()).toBeNull()
    expect((await gallery.moderator.client.celebrities.get({ id: ids[0] })).category).toBe('B')
    await undo(last.group_id)
    expect((await curation().lastUndone())?.group_id).toBe(last.group_id)
    await edit([ids[4]], 'C')
    expect(await curation().lastUndone()).toBeNull()
  })

  test('what stands, was done again, is unknown or is a photo can’t be done again', async () => {
    const { group_id } = await edit([ids[0]], 'Poet')
    const refused = (group: string, code: string, message: string) =>
      expect(curation().redo({ group_id: group })).rejects.toMatchObject({ code, message })
    await refused(group_id, 'CONFLICT', 'It stands: nothing of it was taken back.')
    await undo(group_id)
    await curation().redo({ group_id })
    await refused(group_id, 'CONFLICT', 'It was done again already.')
    await refused(ids[0], 'NOT_FOUND', 'There is no such change.')
    const photos = await curation().photos({ id: ids[0] })
    const photo = photos.find(({ is_current }) => !is_current)
    const swap = await curation().usePhoto({ id: ids[0], photo_id: photo?.id ?? '' })
    await undo(swap.group_id)
    await refused(
      swap.group_id,
      'CONFLICT',
      'This can’t be done again by itself. Do it as you did it the first time.',
    )
  })
})
