import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testEngines } from '../../../tests/factories/database'
import { openGallery, type Gallery } from '../../../tests/factories/gallery'

// That two are two, or that nobody knows: in the history of both, and taken back. Real: see openGallery.

describe.each(await testEngines())('who is told apart on %s', (engine) => {
  let gallery: Gallery
  let one: string
  let other: string
  let third: string
  beforeAll(async () => {
    gallery = await openGallery(engine)
  })
  beforeEach(async () => {
    ;[one, other, third] = await gallery.fill(3, { photos: 0 })
  })
  afterAll(() => gallery.close())

  const curation = () => gallery.curator.client.curation
  const isApart = async () =>
    (await curation().similar({ id: one, limit: 50 })).find(({ id }) => id === other)?.is_distinct
  const said = async (id: string) =>
    (await gallery.moderator.client.curation.history({ id })).map(
      ({ what, changed_by_name, can_undo }) => `${changed_by_name}: ${what}${can_undo ? '' : ' (undone)'}`,
    )

  test('is said in the history of both, by whom, and can be taken back from either', async () => {
    const { group_id, changed } = await curation().distinguish({ id: one, other })
    expect(changed).toBe(2)
    expect(await said(one)).toEqual(['Carl: Told apart from Star 2'])
    expect(await said(other)).toEqual(['Carl: Told apart from Star 1'])
    expect(await said(third)).toEqual([])
    expect(await curation().lastChange()).toMatchObject({ group_id, what: 'Told apart from Star 2: Star 1' })
    expect(await isApart()).toBe(true)
    expect(await curation().undo({ group_id, celebrity_ids: [other] })).toEqual({ undone: 2, kept: [] })
    expect(await isApart()).toBe(false)
    expect(await said(one)).toEqual(['Carl: Told apart from Star 2 (undone)'])
    await expect(curation().undo({ group_id })).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test('what was said already is no change', async () => {
    await curation().distinguish({ id: one, other })
    expect(await curation().distinguish({ id: other, other: one })).toMatchObject({ changed: 0, skipped: [] })
    expect(await said(one)).toHaveLength(1)
    expect(await curation().distinguish({ id: one, other: third, are_distinct: false })).toMatchObject({
      changed: 0,
    })
  })

  test('taking it back is a change, too, with its undo; an earlier one is left while a later one stands', async () => {
    const first = await curation().distinguish({ id: one, other })
    const back = await curation().distinguish({ id: other, other: one, are_distinct: false })
    const again = await curation().distinguish({ id: one, other })
    expect(await said(other)).toEqual([
      'Carl: Told apart from Star 1',
      'Carl: No longer told apart from Star 1',
      'Carl: Told apart from Star 1',
    ])
    await expect(curation().undo({ group_id: first.group_id })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('Somebody has decided about these two since.') as string,
    })
    expect(await isApart()).toBe(true)
    for (const { group_id } of [again, back]) await curation().undo({ group_id })
    expect(await isApart()).toBe(true)
    await curation().undo({ group_id: first.group_id })
    expect(await isApart()).toBe(false)
  })

  test('while one of them is in the trash it stays as it is', async () => {
    const { group_id } = await curation().distinguish({ id: one, other })
    const trash = await curation().trash({ selection: { ids: [other] } })
    await expect(curation().undo({ group_id })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('Star 2 is not in the gallery any more.') as string,
    })
    await curation().undo({ group_id: trash.group_id })
    expect(await isApart()).toBe(true)
    expect(await curation().undo({ group_id })).toMatchObject({ undone: 2 })
    expect(await isApart()).toBe(false)
  })

  test('several who say the same at once make one change of it', async () => {
    const said = await Promise.all([1, 2, 3].map(() => curation().distinguish({ id: one, other })))
    expect(said.map(({ changed }) => changed).toSorted()).toEqual([0, 0, 2])
  })
})
