import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSql, type SqlDatabase } from '../../../../tests/factories/engines'
import { insertCelebrities, randomDirection, randomFace, uuidOf } from '../../../../tests/factories/people'
import { insertImport } from '../../../../tests/factories/planned-files'
import { seeded } from '../../../../tests/factories/random'
import { createStaging, type TestStaging } from '../../../../tests/factories/staging'
import { refreshGallery } from './gallery'
import { loadGallery } from '../plan/load-gallery'

const random = seeded(3)
const stars = Array.from({ length: 4 }, (_, i) => ({
  ...randomFace(random, randomDirection(random)),
  ...{ id: uuidOf(3, i), quality_score: 0.5 + i / 10, embedding_model: 'p/1' },
}))

let shared: SqlDatabase
let staging: TestStaging
beforeAll(async () => {
  shared = await openSql('pglite')
  staging = await createStaging()
  await insertCelebrities(shared, stars)
  await shared.query(
    `insert into public.celebrity_photos (id, celebrity_id, image_path, image_hash, perceptual_hash, analysis)
     values ($1, $2, 'p.jpg', 'h', $3::bit(64), '{"age": 31, "quality_components": {"sharpness": 55}}')`,
    [uuidOf(5, 1), stars[0].id, '1'.repeat(64)],
  )
})
afterAll(async () => {
  await shared.close()
  await staging.close()
})

const refresh = () => refreshGallery(staging, shared.database)

test('copies what is new or another, and notices what is gone', async () => {
  const importId = await insertImport(staging)
  const revision = async () =>
    (
      await staging.transaction((tx) =>
        tx.selectFrom('imports').select('revision').where('id', '=', importId).executeTakeFirstOrThrow(),
      )
    ).revision
  expect(await refresh()).toEqual({ copied: 5, removed: 0 })
  expect(await revision()).toBe('1')
  const photos = await loadGallery(staging)
  expect(photos).toHaveLength(5)
  expect(photos.find(({ photoId }) => photoId)).toMatchObject({
    ...{ celebrityId: stars[0].id, photoId: uuidOf(5, 1), imageHash: 'h', pictureHash: [-1, -1], age: 31 },
  })
  const first = photos.find(({ celebrityId, photoId }) => celebrityId === stars[1].id && !photoId)
  expect(first?.embedding).toEqual(Float32Array.from(stars[1].embedding ?? []))
  const [{ seen }] = await shared.query(
    `select updated_at::text as seen from public.celebrities where id = $1`,
    [stars[1].id],
  )
  expect(first?.seen).toBe(seen)

  expect(await refresh()).toEqual({ copied: 0, removed: 0 })
  expect(await revision()).toBe('1')
  await shared.query(`update public.celebrities set name = 'Another' where id = $1`, [stars[0].id])
  await shared.query(`delete from public.celebrities where id = $1`, [stars[3].id])
  // The name stands in the row of the further photo too.
  expect(await refresh()).toEqual({ copied: 2, removed: 1 })
  expect(await revision()).toBe('2')
  expect(
    (await loadGallery(staging)).map(({ name }) => name).filter((name) => name === 'Another'),
  ).toHaveLength(2)
})

test('a plan is old as soon as some of the gallery was copied, also where the rest never came', async () => {
  const importId = await insertImport(staging)
  await staging.transaction((tx) =>
    tx
      .updateTable('imports')
      .set((eb) => ({ planned_revision: eb.ref('revision') }))
      .execute(),
  )
  await shared.query(`update public.celebrities set name = 'A third' where id = $1`, [stars[0].id])
  const { database } = shared
  let calls = 0
  const breaking = {
    location: database.location,
    asService: ((work) =>
      ++calls > 2 ? Promise.reject(new Error('cut')) : database.asService(work)) as typeof database.asService,
  }
  await expect(refreshGallery(staging, breaking)).rejects.toThrow('cut')
  expect((await loadGallery(staging)).filter(({ name }) => name === 'A third')).toHaveLength(1)
  const row = await staging.transaction((tx) =>
    tx
      .selectFrom('imports')
      .select(['revision', 'planned_revision'])
      .where('id', '=', importId)
      .executeTakeFirstOrThrow(),
  )
  expect(row.revision).not.toBe(row.planned_revision)
})

test('keeps nothing of another database', async () => {
  const elsewhere = await openSql('pglite')
  try {
    const { database } = elsewhere
    await refreshGallery(staging, { asService: (work) => database.asService(work), location: 'elsewhere' })
    expect(await loadGallery(staging)).toEqual([])
  } finally {
    await elsewhere.close()
  }
})
