import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testEngines } from '../../tests/factories/database'
import { findStarterPack, openFacePool, photosAvailable, photosDirectory } from '../../tests/factories/pack'
import { openQueueHost, silentLog, type QueueHost } from '../../tests/factories/queue-host'
import { withPeople } from '../../tests/factories/with-people'
import type { FacePool } from '../faces/pool/pool'
import { qualityComponentNames } from '../model/quality'
import type { PackStatus } from '../model/status'
import { createWorker, type Worker } from './worker'

// Real: database, triggers, Storage over HTTP, the models in their threads. Without models or photos it is skipped.

const pack = photosAvailable() ? await findStarterPack() : undefined
const anna = '00000000-0000-4000-8000-00000000000a'
const bert = '00000000-0000-4000-8000-00000000000b'

const ready: PackStatus = {
  ...{ name: 'starter', state: 'ready', progress: 1, message: '', embedding_model: null, provider: 'CPU' },
  threads: 1,
}

describe.skipIf(!pack).each(await testEngines())('worker on %s', { timeout: 120_000 }, (engine) => {
  let host: QueueHost
  let pool: FacePool
  let add: Awaited<ReturnType<typeof withPeople>>
  let worker: Worker

  beforeAll(async () => {
    host = await openQueueHost(engine)
    pool = await openFacePool(pack!)
    add = await withPeople(host, [anna, bert])
  })
  afterAll(async () => {
    await pool.close()
    await host.close()
  })
  beforeEach(() => {
    worker = createWorker({
      ...host,
      faces: () => Promise.resolve(pool),
      packStatus: () => ready,
      log: silentLog,
      workerId: 'test-worker',
      concurrency: 2,
      random: () => 0,
    })
  })

  const lfw = (name: string, number = 1) =>
    readFile(join(photosDirectory, 'lfw', name, `${name}_${String(number).padStart(4, '0')}.jpg`))

  const everything = () =>
    host.database.asService(async (tx) => ({
      faces: await tx.selectFrom('faces').selectAll().orderBy('id').execute(),
      celebrities: await tx.selectFrom('celebrities').selectAll().orderBy('id').execute(),
      matches: await tx.selectFrom('matches').selectAll().orderBy('id').execute(),
      lookalikes: await tx.selectFrom('celebrity_matches').selectAll().orderBy('id').execute(),
      jobs: await tx.selectFrom('jobs').selectAll().orderBy('id').execute(),
    }))

  async function drainAndStop(): Promise<void> {
    worker.start()
    await worker.drain()
    await worker.stop()
  }

  test('photos become faces, matches and lookalikes; a second run changes nothing', async () => {
    const annas = await add.addFace(anna, await lfw('Adelina_Avila'))
    const berts = await add.addFace(bert, await lfw('Aaron_Peirsol'))
    const first = await add.addCelebrity('First', await lfw('Aaron_Peirsol', 2))
    const second = await add.addCelebrity('Second', await lfw('Alanna_Ubach'))
    await drainAndStop()

    const after = await everything()
    expect(after.jobs.map(({ status, error_message }) => [status, error_message])).toEqual(
      Array.from({ length: 4 }, () => ['completed', null]),
    )
    for (const face of [...after.faces, ...after.celebrities]) {
      expect(face).toMatchObject({
        image_width: 250,
        image_height: 250,
        embedding_model: pack!.embeddingModel,
      })
      expect(face.embedding).toMatch(/^\[/)
      expect(face.landmarks_68).toHaveLength(68)
      expect(Object.keys(face.quality_components!).toSorted()).toEqual(qualityComponentNames.toSorted())
      expect(face.quality_components).toMatchObject({ natural_colour: null, single_face: 100 })
      expect(face.image_hash).toMatch(/^[0-9a-f]{32}$/)
      expect(face.analyzed_at).toBeInstanceOf(Date)
      expect(face.thumbnail_path).toMatch(/\.thumb\.webp$/)
    }
    const thumbnail = await host.images.download('faces', after.faces[0].thumbnail_path!)
    const { format, width, height } = await sharp(thumbnail).metadata()
    expect([format, width]).toEqual(['webp', height])
    // A face that has fewer pixels than a thumbnail keeps its own.
    expect(width).toBeGreaterThan(100)
    expect(width).toBeLessThanOrEqual(256)
    expect(after.matches).toHaveLength(1)
    expect(new Set([after.matches[0].face_a_id, after.matches[0].face_b_id])).toEqual(new Set([annas, berts]))
    const pairs = after.lookalikes.map(({ face_id, celebrity_id }) => `${face_id} ${celebrity_id}`)
    expect(new Set(pairs)).toEqual(
      new Set([annas, berts].flatMap((face) => [first, second].map((celebrity) => `${face} ${celebrity}`))),
    )
    const scoreOf = (celebrity: string) =>
      after.lookalikes.find(({ face_id, celebrity_id }) => face_id === berts && celebrity_id === celebrity)!
        .similarity_score
    // The first celebrity is another photo of Bert.
    expect(scoreOf(first)).toBeGreaterThan(scoreOf(second))

    await host.database.asService(async (tx) => {
      for (const table of ['match_jobs', 'celebrity_jobs'] as const) {
        await tx.updateTable(table).set({ status: 'pending', attempts: 0 }).execute()
      }
    })
    await drainAndStop()
    const again = await everything()
    const withoutTimes = <T extends object>(rows: T[]) =>
      rows.map((row) => ({ ...row, analyzed_at: null, updated_at: null }))
    expect(again.matches).toEqual(after.matches)
    expect(withoutTimes(again.lookalikes)).toEqual(withoutTimes(after.lookalikes))
    expect(withoutTimes(again.faces)).toEqual(withoutTimes(after.faces))
    expect(withoutTimes(again.celebrities)).toEqual(withoutTimes(after.celebrities))
    expect(worker.status()).toMatchObject({ state: 'stopped', running: 0, completed: 8, failed: 0 })
  })

  test('what can never be analysed fails at once, and says why', async () => {
    const cases = [
      { code: 'no_face', photo: await readFile(join(photosDirectory, 'no_face.png')) },
      { code: 'broken_image', photo: (await lfw('Alanna_Ubach')).subarray(0, 4000) },
      { code: 'not_an_image', photo: new TextEncoder().encode('This is a text.') },
    ]
    const ids: string[] = []
    for (const { photo } of cases) ids.push(await add.addFace(anna, photo))
    await drainAndStop()
    const rows = await host.database.asService((tx) =>
      tx.selectFrom('match_jobs').selectAll().where('face_id', 'in', ids).execute(),
    )
    for (const [i, { code }] of cases.entries()) {
      const row = rows.find(({ face_id }) => face_id === ids[i])!
      expect(row).toMatchObject({ status: 'failed', error_code: code, attempts: 1, lease_until: null })
      expect(row.error_message).toMatch(/^[A-Z].*\.$/)
    }
    const face = await host.database.asService((tx) =>
      tx.selectFrom('faces').selectAll().where('id', '=', ids[0]).executeTakeFirstOrThrow(),
    )
    expect(face).toMatchObject({ faces_found: 0, embedding: null, analyzed_at: null })
    expect(face.image_width).toBeGreaterThan(0)
    expect(worker.status()).toMatchObject({ completed: 0, failed: 3 })
  })

  test('of several faces the largest is used, and how many there are is known', async () => {
    const id = await add.addFace(bert, await readFile(join(photosDirectory, 'groups/couple.jpg')))
    await drainAndStop()
    const face = await host.database.asService((tx) =>
      tx.selectFrom('faces').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    )
    expect(face.faces_found).toBe(2)
    expect(face.embedding).not.toBeNull()
  })

  test("a curator's word on a celebrity's gender stands", async () => {
    const id = await add.addCelebrity('Third', await lfw('Adam_Sandler'))
    await host.database.asService((tx) =>
      tx.updateTable('celebrities').set({ gender: 'female' }).where('id', '=', id).execute(),
    )
    await drainAndStop()
    const row = await host.database.asService((tx) =>
      tx
        .selectFrom('celebrities')
        .select(['gender', 'embedding_model'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow(),
    )
    expect(row).toEqual({ gender: 'female', embedding_model: pack!.embeddingModel })
  })
})
