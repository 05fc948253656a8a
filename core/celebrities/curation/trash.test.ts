import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testEngines } from '../../../tests/factories/database'
import { openGallery, type Gallery } from '../../../tests/factories/gallery'
import { silentLog } from '../../../tests/factories/queue-host'
import { keepTrash } from './trash-keeper'

// Into the trash, back, and out of it for good. Real: see openGallery.

describe.each(await testEngines())('the trash on %s', (engine) => {
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
  const trash = async (...which: string[]) => (await curation().trash({ selection: { ids: which } })).group_id
  const countOf = async (table: string) =>
    (await gallery.query<{ n: number }>(`select count(*)::int as n from public.${table}`))[0].n
  const overdue = (days: number) =>
    gallery.run(`update public.celebrity_changes set purge_at = purge_at - interval '${days} days'`)
  const until = async (isSo: () => Promise<boolean>) => {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  test('a dry run changes nothing; those that are gone are named', async () => {
    const before = await gallery.rows()
    const gone = '00000000-0000-4000-8000-000000000000'
    const plan = await curation().trash({ selection: { ids: [ids[0], gone] }, dry_run: true })
    expect(plan).toMatchObject({ changed: 1, skipped: [{ id: gone, reason: 'It is no longer there.' }] })
    expect(await gallery.rows()).toEqual(before)
    expect(await countOf('celebrity_changes')).toBe(0)
  })

  test('no table has them, the trash lists them, and an undo brings back all of it', async () => {
    const before = await gallery.rows()
    const group = await trash(ids[0], ids[1])
    for (const table of ['celebrity_photos', 'celebrity_matches', 'celebrity_jobs']) {
      const left = await gallery.query(
        `select from public.${table} where celebrity_id in ('${ids[0]}', '${ids[1]}')`,
      )
      expect(left, table).toEqual([])
    }
    const list = await gallery.moderator.client.curation.trashed({})
    expect(list.total).toBe(2)
    expect(list.items[0]).toMatchObject({
      group_id: group,
      photos: 3,
      lookalikes: 3,
      changed_by_name: 'Carl',
    })
    const days = (list.items[0].purge_at.getTime() - list.items[0].changed_at.getTime()) / 86_400_000
    expect(days).toBeCloseTo(30, 1)
    expect((await curation().trashed({ search: 'STAR 2' })).items.map(({ name }) => name)).toEqual(['Star 2'])
    const first = await curation().trashed({ limit: 1 })
    const second = await curation().trashed({ limit: 1, cursor: first.next_cursor! })
    expect([first.items[0].name, second.items[0].name].toSorted()).toEqual(['Star 1', 'Star 2'])
    expect(second.next_cursor).toBeNull()

    expect(await curation().undo({ group_id: group })).toEqual({ undone: 2, kept: [] })
    expect(await gallery.rows()).toEqual(before)
    expect((await curation().trashed({})).total).toBe(0)
    await expect(curation().undo({ group_id: group })).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test('whoever has their photo meanwhile is named, and one of two comes back all the same', async () => {
    const group = await trash(ids[0], ids[1])
    await gallery.run(
      `update public.celebrities set name = 'Taker', image_hash = md5('c1') where id = '${ids[2]}'`,
    )
    expect(await curation().undo({ group_id: group })).toEqual({
      undone: 1,
      kept: [
        {
          celebrity_id: ids[0],
          name: 'Star 1',
          reason: 'Taker has a photo of Star 1 by now. Take it away first.',
        },
      ],
    })
    await expect(curation().undo({ group_id: group })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'Taker has a photo of Star 1 by now. Take it away first.',
    })
    await gallery.run(`update public.celebrities set image_hash = null where id = '${ids[2]}'`)
    expect(await curation().undo({ group_id: group })).toMatchObject({ undone: 1 })
  })

  test('a photo of a person that was erased meanwhile does not come back', async () => {
    const group = await trash(ids[0])
    const [face] = await gallery.query<{ id: string }>('select id from public.faces order by id limit 1')
    await gallery.run(`delete from public.faces where id = '${face.id}'`)
    await curation().undo({ group_id: group })
    const matches = await gallery.query(
      `select from public.celebrity_matches where celebrity_id = '${ids[0]}'`,
    )
    expect(matches).toHaveLength(2)
  })

  test('a job that was under way is to be done again; with other models meanwhile they are analysed anew', async () => {
    await gallery.run(
      `insert into public.celebrity_jobs (celebrity_id, status, worker_id, attempts) values ('${ids[0]}', 'processing', 'w', 1)`,
    )
    await curation().undo({ group_id: await trash(ids[0]) })
    const jobs = (id: string) =>
      gallery.query<{ status: string; worker_id: string | null; start_stage: string | null }>(
        `select status, worker_id, start_stage from public.celebrity_jobs where celebrity_id = '${id}'`,
      )
    expect(await jobs(ids[0])).toEqual([{ status: 'pending', worker_id: null, start_stage: null }])
    const group = await trash(ids[1])
    await gallery.run(`update public.active_model set embedding_model = 'new/model'`)
    await curation().undo({ group_id: group })
    expect(await jobs(ids[1])).toEqual([{ status: 'pending', worker_id: null, start_stage: 'fetch' }])
    await gallery.run(`update public.active_model set embedding_model = 'test/model'`)
  })

  test('celebrities.remove goes to the trash, and photo and thumbnail stay until they are purged', async () => {
    const image_path = await gallery.upload()
    const { id } = await gallery.curator.client.celebrities.add({ name: 'Gone', image_path })
    const thumbnail = gallery.images.thumbnailPath(image_path)
    await gallery.images.upload('celebrity-images', thumbnail, Buffer.from('x'), 'image/webp')
    await gallery.curator.client.celebrities.remove({ id })
    await expect(gallery.curator.client.celebrities.get({ id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(gallery.curator.client.celebrities.remove({ id })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    expect([await gallery.isThere(image_path), await gallery.isThere(thumbnail)]).toEqual([true, true])
    const { items } = await curation().trashed({})
    expect(await curation().purge({ change_ids: [items[0].change_id] })).toEqual({ purged: 1 })
    expect([await gallery.isThere(image_path), await gallery.isThere(thumbnail)]).toEqual([false, false])
    const [row] = await gallery.query<{ before: unknown }>(
      `select before from public.celebrity_changes where id = ${items[0].change_id}`,
    )
    expect(row.before).toBeNull()
    await expect(curation().undo({ group_id: items[0].group_id })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'Gone is out of the trash for good.',
    })
    await expect(curation().purge({ change_ids: [items[0].change_id] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  test('the keeper takes what is older than 30 days, and no file that somebody still has', async () => {
    const [mine, shared, young] = await Promise.all([gallery.upload(), gallery.upload(), gallery.upload()])
    const setPath = (id: string, path: string) =>
      gallery.run(`update public.celebrities set image_path = '${path}' where id = '${id}'`)
    await setPath(ids[0], mine)
    await setPath(ids[1], shared)
    await setPath(ids[2], shared)
    await setPath(ids[3], young)
    await trash(ids[0], ids[1])
    await overdue(31)
    const recent = await trash(ids[3])
    const left = () => countOf(`celebrity_changes where purged_at is null`)
    const keepers = [1, 2].map(() =>
      keepTrash({ database: gallery.database, images: gallery.images, log: silentLog, everyMs: 50 }),
    )
    await until(async () => (await left()) === 1)
    await Promise.all(keepers.map((end) => end()))
    expect([
      await gallery.isThere(mine),
      await gallery.isThere(shared),
      await gallery.isThere(young),
    ]).toEqual([false, true, true])
    expect(await curation().undo({ group_id: recent })).toMatchObject({ undone: 1 })
  })

  test('where Storage is away nothing is marked, and the next look goes on', async () => {
    const path = await gallery.upload()
    await gallery.run(`update public.celebrities set image_path = '${path}' where id = '${ids[0]}'`)
    const group = await trash(ids[0])
    await overdue(31)
    let attempts = 0
    const images = {
      ...gallery.images,
      remove: (...args: Parameters<typeof gallery.images.remove>) => {
        attempts += 1
        return attempts < 3 ? Promise.reject(new Error('Storage is away')) : gallery.images.remove(...args)
      },
    }
    const end = keepTrash({ database: gallery.database, images, log: silentLog, everyMs: 20 })
    await until(async () => attempts >= 1)
    // Between the two nobody gets them back without their files.
    await expect(curation().undo({ group_id: group })).rejects.toMatchObject({ code: 'CONFLICT' })
    await until(async () => !(await gallery.isThere(path)))
    await until(async () => (await countOf('celebrity_changes where purged_at is null')) === 0)
    await end()
  })

  test('the file of an undone photo, or of somebody who was added and taken back, goes', async () => {
    const [first, second] = [await gallery.upload(), await gallery.upload()]
    const { group_id } = await curation().replacePhoto({ id: ids[0], image_path: first })
    await gallery.curator.client.celebrities.add({ name: 'New', image_path: second })
    const last = await curation().lastChange()
    expect(last?.what).toBe('Added: New')
    await curation().undo({ group_id: last!.group_id })
    await curation().undo({ group_id })
    const end = keepTrash({ database: gallery.database, images: gallery.images, log: silentLog, everyMs: 20 })
    await until(async () => !(await gallery.isThere(first)) && !(await gallery.isThere(second)))
    await end()
  })

  test('who is no curator takes nobody away and brings nobody back, by whichever way', async () => {
    const group = await trash(ids[0])
    const as =
      (id: string) =>
      <T>(work: string) =>
        gallery.database.asUser(
          { id, email: null, role: 'authenticated', claims: { sub: id, role: 'authenticated' } },
          (tx) => sql.raw<T>(work).execute(tx),
        )
    const { moderator } = gallery
    for (const statement of [
      `select * from private.take_celebrities('{${ids[1]}}')`,
      `select private.put_back_celebrity(before) from public.celebrity_changes`,
      `insert into public.celebrity_changes (group_id, celebrity_id, kind) values ('${group}', '${ids[1]}', 'edit')`,
      `select private.insert_rows('public.celebrity_photos', jsonb_build_array(jsonb_build_object(
        'celebrity_id', '${ids[1]}', 'image_path', 'x', 'analysis', '{}')))`,
      `insert into public.celebrity_distinctions values (least('${ids[1]}', '${ids[2]}')::uuid, greatest('${ids[1]}', '${ids[2]}')::uuid)`,
    ]) {
      await expect(as(moderator.id)(statement), statement).rejects.toMatchObject({ code: '42501' })
    }
    const before = await gallery.rows()
    for (const statement of [
      `update public.celebrity_changes set undone_at = now()`,
      `update public.celebrities set name = 'x'`,
      `delete from public.celebrity_photos`,
    ]) {
      const { numAffectedRows } = await as(moderator.id)(statement)
      expect(numAffectedRows ?? 0n, statement).toBe(0n)
    }
    expect(await gallery.rows()).toEqual(before)
    // A curator can't rewrite what was noted, nor take it away, nor note it in another's name, nor bring back what never
    // was: a copy brings rows along that they may not write.
    for (const statement of [
      `update public.celebrity_changes set before = '{}'`,
      `update public.celebrity_changes set undone_by = '${moderator.id}'`,
      `delete from public.celebrity_changes`,
      `insert into public.celebrity_changes (group_id, celebrity_id, kind, changed_by)
       values ('${group}', '${ids[1]}', 'edit', '${moderator.id}')`,
      `insert into public.celebrity_distinctions (celebrity_a_id, celebrity_b_id, decided_by)
       values (least('${ids[1]}', '${ids[2]}')::uuid, greatest('${ids[1]}', '${ids[2]}')::uuid, '${moderator.id}')`,
      `select private.put_back_celebrity(jsonb_set(before, '{celebrities,0,name}', '"Forged"'))
       from public.celebrity_changes where group_id = '${group}'`,
    ]) {
      await expect(as(gallery.curator.id)(statement), statement).rejects.toMatchObject({ code: '42501' })
    }
  })
})
