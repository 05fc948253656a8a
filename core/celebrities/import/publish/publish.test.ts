import { createHash } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { engines } from '../../../../tests/factories/engines'
import { addPlannedImport, photoBytes, type PlannedImport } from '../../../../tests/factories/import-plans'
import { openPublishHost, type PublishHost } from '../../../../tests/factories/publish-host'
import { createStaging } from '../../../../tests/factories/staging'
import type { Images } from '../../../supabase/images'
import { publishImport } from './publish'
import { listPublished } from '../undo/published'
import { undoImport } from '../undo/undo-import'

// Real: both engines, Storage over HTTP, the staging area, files on the disk. Invented: photos and their faces.

describe.each(engines)('publishing an import on %s', { timeout: 120_000 }, (engine) => {
  let room: PublishHost
  beforeAll(async () => {
    room = await openPublishHost(engine)
  }, 240_000)
  afterEach(() => room.clear())
  afterAll(() => room?.close())

  const heldOf = (id: string) =>
    room.inStaging<{ path: string; changed_reason: string }>(
      `select path, changed_reason from files where import_id = $1 and outcome = 'needs_person'
         and outcome_code = 'changed_underneath' order by id`,
      [id],
    )

  test('does what the plan says, once', async () => {
    const before = await room.starOf('Star 2')
    const { id, files } = await room.mixed()
    const seen: number[] = []
    expect(await room.publish(id, { onProgress: (done) => seen.push(done) })).toEqual({
      published: 6,
      changed: 0,
    })
    expect(seen.at(-1)).toBe(6)
    const stars = await room.query(
      `select name, licence, source, import_id, embedding_model, gender, image_width, faces_found,
         (select string_agg(status || ' ' || coalesce(start_stage, '-'), ',') from celebrity_jobs j where j.celebrity_id = c.id
           and j.start_stage = 'search') as job,
         (select count(*)::int from celebrity_photos p where p.celebrity_id = c.id) as photos
       from celebrities c where import_id = $1 order by name`,
      [id],
    )
    const common = { source: 'a test', licence: 'CC BY 4.0', import_id: id, embedding_model: 'test/model' }
    const facts = { ...common, gender: 'female', image_width: 640, faces_found: 1, job: 'pending search' }
    expect(stars).toEqual([
      { name: 'Ann', ...facts, photos: 1 },
      { name: 'Ben', ...facts, photos: 0 },
      { name: 'Star 2', ...facts, photos: 2 },
    ])
    const kept = await room.query(
      'select image_path, import_id from celebrity_photos where image_path = $1',
      [before.image_path],
    )
    expect(kept).toEqual([{ image_path: before.image_path, import_id: null }])
    const objects = await room.query<{ name: string }>(
      `select name from storage.objects where bucket_id = 'celebrity-images' and name in (
         select image_path from celebrity_import_items where import_id = $1
         union all select thumbnail_path from celebrities where import_id = $1
         union all select thumbnail_path from celebrity_photos where import_id = $1)`,
      [id],
    )
    expect(objects).toHaveLength(12)
    const marked = await room.inStaging<{ n: number }>(
      `select count(*)::int as n from files where import_id = $1 and published_at is not null and published_celebrity is not null`,
      [id],
    )
    expect(marked).toEqual([{ n: 6 }])
    const state = await room.dump()
    expect(await room.publish(id)).toEqual({ published: 0, changed: 0 })
    // Also where the staging area has forgotten, as after a crash before it was written.
    await room.inStaging(
      'update files set published_at = null, published_celebrity = null where id = any ($1::bigint[])',
      [files],
    )
    expect(await room.publish(id)).toEqual({ published: 6, changed: 0 })
    expect(await room.dump()).toEqual(state)
    const listed = await room.host.database.asUser(
      {
        id: room.curator.id,
        email: null,
        role: 'authenticated',
        claims: { sub: room.curator.id, role: 'authenticated' },
      },
      listPublished,
    )
    expect(listed[0]).toMatchObject({ id, state: 'published', celebrities: 2, photos: 6, undone_at: null })
  })

  test('holds what has changed underneath for a person, and publishes the rest', async () => {
    const [one, two] = [await room.starOf('Star 1'), await room.starOf('Star 2')]
    const gone = await room.query<{ id: string }>(
      `insert into celebrities (name, image_path) values ('Gone', 'gone.jpg') returning id`,
    )
    const { id, source } = await room.plan({
      people: [
        { name: 'Star 1', celebrityId: one.id },
        { name: 'Gone', celebrityId: gone[0]?.id ?? '' },
        { name: 'Known' },
        { name: 'Namesake' },
        { name: 'Fine' },
        { name: 'Star 2', celebrityId: two.id },
      ],
      photos: [
        { person: 0, outcome: 'replaces_photo', seen: one.seen },
        { person: 1, outcome: 'further_photo', seen: one.seen },
        { person: 2, outcome: 'new_celebrity', seed: 7 },
        { person: 2, outcome: 'further_photo' },
        { person: 3, outcome: 'new_celebrity' },
        { person: 4, outcome: 'new_celebrity' },
        { person: 4, outcome: 'further_photo', licence: '' },
        { person: 5, outcome: 'further_photo', seen: two.seen },
        { person: 5, outcome: 'further_photo', seen: two.seen },
      ],
    })
    await rm(`${source}/7.jpg`)
    await writeFile(`${source}/8.jpg`, 'another file')
    await room.query(`update celebrities set bio = 'x' where id = $1`, [one.id])
    await room.query(`delete from celebrities where name = 'Gone'`)
    const hash = createHash('md5').update(photoBytes(7)).digest('hex')
    await room.query(
      `insert into celebrities (name, image_path, image_hash) values ('Other', 'other.jpg', $1)`,
      [hash],
    )
    await room.query(`insert into celebrities (name, image_path) values ('NAMESAKE', 'namesake.jpg')`)
    expect(await room.publish(id)).toEqual({ published: 1, changed: 8 })
    expect(await heldOf(id)).toEqual([
      { path: '0.jpg', changed_reason: 'Star 1 was changed since the photos were compared.' },
      { path: '1.jpg', changed_reason: 'The celebrity whose photo this is is not in the gallery any more.' },
      { path: '2.jpg', changed_reason: 'This photo is in the gallery by now: it is one of Other.' },
      { path: '3.jpg', changed_reason: 'The photo that they would be known by was not published.' },
      { path: '4.jpg', changed_reason: 'Somebody called Namesake is in the gallery by now.' },
      { path: '6.jpg', changed_reason: 'It has no licence.' },
      { path: '7.jpg', changed_reason: 'The file is no longer there.' },
      { path: '8.jpg', changed_reason: 'The file is another one than was looked at.' },
    ])
    // Nothing of those that were held is left in Storage, or waits to be.
    const items = await room.query(`select item from celebrity_import_items where import_id = $1`, [id])
    expect(items).toHaveLength(1)
    const orphans = await room.query(
      `select name from storage.objects where bucket_id = 'celebrity-images' and name not like '%.thumb.webp'
         and name not in (select image_path from celebrities union all select image_path from celebrity_photos)`,
    )
    expect(orphans).toEqual([])
    await room.query(`delete from celebrities where name in ('Other', 'NAMESAKE')`)
    await room.query(`update celebrities set bio = null where id = $1`, [one.id])
  })

  test('what is added to whom the plan did not see is held', async () => {
    const one = await room.starOf('Star 1')
    const { id } = await room.plan({
      people: [{ name: 'Star 1', celebrityId: one.id }],
      photos: [{ person: 0, outcome: 'further_photo' }],
    })
    expect(await room.publish(id)).toEqual({ published: 0, changed: 1 })
  })

  test('a photo of two imports is published once, whichever comes first', async () => {
    const second = await createStaging()
    try {
      const planned: PlannedImport = {
        people: Array.from({ length: 12 }, (_, i) => ({ name: `Twin ${i}` })),
        photos: Array.from({ length: 12 }, (_, i) => ({
          person: i,
          outcome: 'new_celebrity',
          seed: 500 + i,
        })),
      }
      const [here, there] = [await room.plan(planned), await addPlannedImport(second, planned)]
      const results = await Promise.all([
        room.publish(here.id),
        publishImport(second, there.id, { database: room.host.database, images: room.host.images, by: null }),
      ])
      expect(results[0].published + results[1].published).toBe(12)
      expect(results[0].changed + results[1].changed).toBe(12)
      const twins = await room.query(`select name from celebrities where name like 'Twin %' group by name`)
      expect(twins).toHaveLength(12)
      expect(await room.query(`select from celebrities where name like 'Twin %'`)).toHaveLength(12)
      await undoImport(room.host, there.id, null)
      await there.remove()
    } finally {
      await second.close()
    }
  })

  test('nothing is published of photos that other models analysed', async () => {
    const before = await room.dump()
    const { id } = await room.plan({
      people: [{ name: 'Ann' }, { name: 'Ben' }],
      photos: [
        { person: 0, outcome: 'new_celebrity' },
        { person: 1, outcome: 'new_celebrity', model: 'other/model' },
      ],
    })
    await expect(room.publish(id)).rejects.toThrow(
      /analysed with other\/model, the database searches with test\/model/,
    )
    expect(await room.dump()).toEqual(before)
  })

  test('goes on where it broke off: Storage is away, the signal, a role that is taken away', async () => {
    const { id } = await room.plan({
      people: Array.from({ length: 30 }, (_, i) => ({ name: `Person ${i}` })),
      photos: Array.from({ length: 30 }, (_, i) => ({ person: i, outcome: 'new_celebrity' })),
    })
    let uploads = 0
    const away = new Error('Storage is away')
    const images: Images = {
      ...room.host.images,
      upload: (...args) => ((uploads += 1) > 15 ? Promise.reject(away) : room.host.images.upload(...args)),
    }
    await expect(room.publish(id, { images })).rejects.toBe(away)
    const stop = new AbortController()
    const reason = new Error('stopped')
    const stopAfterTwo = (done: number) => {
      if (done >= 2) stop.abort(reason)
    }
    await expect(room.publish(id, { signal: stop.signal, onProgress: stopAfterTwo })).rejects.toBe(reason)
    let demoted: Promise<unknown> | undefined
    const demote = () =>
      (demoted ??= room.query(`update profiles set role = 'user' where id = $1`, [room.curator.id]))
    const asOther: Images = {
      ...room.host.images,
      upload: async (...args) => {
        await demote()
        return room.host.images.upload(...args)
      },
    }
    await expect(room.publish(id, { images: asOther })).rejects.toThrow(
      'Only a curator or an admin can publish',
    )
    await demoted
    expect((await room.query('select from celebrities where import_id = $1', [id])).length).toBeLessThan(30)
    await room.query(`update profiles set role = 'curator' where id = $1`, [room.curator.id])
    await room.publish(id)
    expect(await room.query('select from celebrities where import_id = $1', [id])).toHaveLength(30)
    const jobs = await room.query(
      `select from celebrity_jobs j join celebrities c on c.id = j.celebrity_id where c.import_id = $1`,
      [id],
    )
    expect(jobs).toHaveLength(30)
  })

  test('an undo that comes in the middle stops it, and leaves nothing', async () => {
    const before = await room.dump()
    const { id } = await room.plan({
      people: Array.from({ length: 20 }, (_, i) => ({ name: `Brief ${i}` })),
      photos: Array.from({ length: 20 }, (_, i) => ({ person: i, outcome: 'new_celebrity' })),
    })
    let undoing: Promise<unknown> | undefined
    let uploads = 0
    const images: Images = {
      ...room.host.images,
      upload: async (...args) => {
        // Its own file comes after all of it was taken back.
        if ((uploads += 1) > 20) await (undoing ??= undoImport(room.host, id, room.curator.id))
        await room.host.images.upload(...args)
      },
    }
    await expect(room.publish(id, { images })).rejects.toMatchObject({ code: 'CONFLICT' })
    await undoing
    expect(await room.dump()).toEqual(before)
  })
})
