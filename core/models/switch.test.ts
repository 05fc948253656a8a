import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testEngines } from '../../tests/factories/database'
import {
  advance,
  begin,
  inventedPool,
  photo,
  planTo,
  snapshot,
  spaces,
  startWorker,
  until,
} from '../../tests/factories/model-switch'
import { openQueueHost, silentLog, type QueueHost } from '../../tests/factories/queue-host'
import { withPeople } from '../../tests/factories/with-people'
import type { Worker } from '../jobs/worker'
import { searchUsers } from '../matching/search/search'
import { createSwitchKeeper } from './keeper'
import { readProgress } from './progress'
import { acceptFailed, cancelSwitch, pauseSwitch, resumeSwitch, retryFailed, startSwitch } from './switches'

// Real: database, triggers, Storage over HTTP, workers, the keeper. Invented: what the models say of a photo.

const anna = '00000000-0000-4000-8000-00000000000a'
const bert = '00000000-0000-4000-8000-00000000000b'

describe.each(await testEngines())('a switch of models on %s', { timeout: 60_000 }, (engine) => {
  let host: QueueHost
  let workers: Worker[] = []
  let add: Awaited<ReturnType<typeof withPeople>>

  beforeAll(async () => {
    host = await openQueueHost(engine)
    add = await withPeople(host, [anna, bert])
  })
  afterAll(() => host.close())
  beforeEach(async () => {
    await add.addFace(anna, photo(1))
    await add.addFace(bert, photo(2))
    await add.addFace(bert, photo(3))
    await add.addCelebrity('Star', photo(4))
    await drain(work('first', spaces.old))
  })
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.stop({ graceMs: 0 })))
    workers = []
    await host.database.asService(async (tx) => {
      for (const table of ['model_switches', 'faces', 'celebrities', 'active_model'] as const)
        await tx.deleteFrom(table).execute()
    })
  })

  function work(workerId: string, active: string, staged?: string, options = { delayMs: 0 }): Worker {
    const worker = startWorker(host, active, staged, { workerId, ...options })
    workers.push(worker)
    return worker
  }

  async function drain(worker: Worker): Promise<void> {
    await worker.drain()
    await worker.stop()
  }

  const models = async () => {
    const { faces, celebrities } = await snapshot(host)
    return [...faces, ...celebrities].map((row) => row.embedding_model)
  }
  const progress = () => host.database.asService((tx) => readProgress(tx, () => true))

  test('the plan counts what is to do and what is gone, and is executed as it was seen', async () => {
    const lost = (await snapshot(host)).faces[0]
    await host.images.remove('faces', [lost.image_path])
    const plan = await planTo(host)
    expect(plan).toMatchObject({
      from: { pack: 'old', embedding_model: spaces.old },
      to: { pack: 'new', embedding_model: spaces.new },
      to_do: { faces: 3, celebrities: 1 },
      missing: { faces: 1, celebrities: 0 },
      done_already: { faces: 0, celebrities: 0 },
      estimate: {
        photo_ms: { least: 60, most: 78 },
        seconds: { least: 0.12, most: 0.156 },
        ...{ workers: 1, threads: 2, measured_on: 'new_pack' },
      },
      obstacle: null,
    })
    expect(plan.thresholds.map(({ key }) => key)).toContain('match_threshold')
    await host.database.asService((tx) => tx.deleteFrom('faces').where('id', '=', lost.id).execute())
    const planNow = await planTo(host)
    expect(planNow).toMatchObject({ to_do: { faces: 2, celebrities: 1 }, missing: { faces: 0 } })
    await expect(
      host.database.asService((tx) => startSwitch(tx, planNow, { basis: plan.basis, startedBy: null })),
    ).rejects.toMatchObject({ code: 'CONFLICT', data: { basis: planNow.basis } })
    expect((await snapshot(host)).jobs).toEqual([])
  })

  test('photos are staged, the old space serves, and everything moves at once', async () => {
    const before = await snapshot(host)
    expect(before.matches).not.toEqual([])
    const worker = work('both', spaces.old, spaces.new)
    await begin(host)
    await worker.drain()
    const staged = await snapshot(host)
    expect(staged.staged).toHaveLength(4)
    // Nothing that is searched or shown has changed.
    expect(staged).toMatchObject({
      faces: before.faces,
      celebrities: before.celebrities,
      matches: before.matches,
    })
    expect(await progress()).toMatchObject({ state: 'running', total: 4, staged: 4, waiting: 0, failed: 0 })

    expect(await advance(host)).toBe('completed')
    const after = await snapshot(host)
    expect(await models()).toEqual(Array(4).fill(spaces.new))
    expect(after.active).toMatchObject([{ pack: 'new', embedding_model: spaces.new }])
    expect([after.staged, after.jobs]).toEqual([[], []])
    expect(after.matches.map(({ id }) => id)).toEqual(before.matches.map(({ id }) => id))
    expect(after.matches[0].similarity_score).not.toBe(before.matches[0].similarity_score)
    // One of the two may be a second photo, which nobody finds.
    const [{ face_a_id: a, face_b_id: b, similarity_score: score }] = after.matches
    const find = (id: string) => host.database.asService((tx) => searchUsers(tx, id))
    const pair = [...(await find(a)), ...(await find(b))].find(({ face_id }) => [a, b].includes(face_id))
    expect(pair?.similarity_score).toBeCloseTo(score, 9)
    expect(after.faces[0].geometry_ratios).not.toEqual(before.faces[0].geometry_ratios)
    expect(await progress()).toMatchObject({
      state: 'completed',
      outcome: { faces: 3, celebrities: 1, left_out: 0 },
    })
    expect((await planTo(host)).obstacle).toContain('in this space already')
  })

  test('the keeper makes it by itself; what is uploaded meanwhile is analysed in both spaces', async () => {
    const keeper = createSwitchKeeper({ ...host, log: silentLog })
    await begin(host)
    const uploaded = await add.addFace(anna, photo(7))
    // Only the old pack: it is analysed and matched, and waits to be staged.
    await drain(work('old', spaces.old))
    const { faces, jobs, staged } = await snapshot(host)
    expect(faces.find(({ id }) => id === uploaded)?.embedding_model).toBe(spaces.old)
    expect(jobs.filter(({ status }) => status === 'pending')).toHaveLength(5)
    expect(staged).toEqual([])
    work('new', spaces.old, spaces.new)
    await until(async () => (await progress())?.state === 'completed')
    expect(await models()).toEqual(Array(5).fill(spaces.new))
    await keeper.close()
  })

  test('a worker without the pack takes nothing, and what a wrong pack says is not written', async () => {
    await begin(host)
    await drain(work('old', spaces.old))
    await drain(work('third', spaces.old, 'third/cccccccccccc/a1'))
    expect((await snapshot(host)).jobs.every(({ attempts }) => attempts === 0)).toBe(true)
    const late = await add.addFace(anna, photo(8))
    const worker = work('wrong', spaces.new)
    await until(async () => /the database's is old\//.test(worker.status().message ?? ''))
    const { faces } = await snapshot(host)
    expect(faces.find(({ id }) => id === late)?.embedding).toBeNull()
    const jobs = await host.database.asService((tx) =>
      tx.selectFrom('match_jobs').select(['status', 'attempts']).where('face_id', '=', late).execute(),
    )
    expect(jobs).toMatchObject([{ attempts: 0 }])
  })

  test('failed photos wait for a decision; without them the switch is made, and they keep their row', async () => {
    const { faces } = await snapshot(host)
    const [lost] = faces
    await host.images.remove('faces', [lost.image_path])
    await begin(host)
    const worker = work('both', spaces.old, spaces.new)
    await worker.drain()
    expect(await advance(host)).toBe('stuck')
    expect(await progress()).toMatchObject({ staged: 3, failed: 1, accepted: 0 })
    expect(await host.database.asService(retryFailed)).toBe(1)
    expect(await progress()).toMatchObject({ failed: 0 })
    await worker.drain()
    expect(await advance(host)).toBe('stuck')
    expect(await host.database.asService(acceptFailed)).toBe(1)
    expect(await advance(host)).toBe('completed')
    const after = await snapshot(host)
    expect(after.faces.find(({ id }) => id === lost.id)).toMatchObject({
      embedding_model: spaces.old,
      embedding: lost.embedding,
    })
    expect((await models()).filter((model) => model === spaces.new)).toHaveLength(3)
    // Its old vector is compared with nobody's of the new space.
    for (const { id } of after.faces) {
      const found = await host.database.asService((tx) => searchUsers(tx, id))
      expect(found.filter(({ face_id }) => id === lost.id || face_id === lost.id)).toEqual([])
    }
    const told = await host.database.asService((tx) =>
      tx
        .selectFrom('match_jobs')
        .select(['status', 'error_code'])
        .where('face_id', '=', lost.id)
        .where('status', '=', 'failed')
        .execute(),
    )
    expect(told).toEqual([{ status: 'failed', error_code: 'image_missing' }])
    expect(await progress()).toMatchObject({ outcome: { faces: 2, celebrities: 1, left_out: 1 } })
  })

  test('cancelled in the middle, it leaves nothing behind; then it is made, and back again', async () => {
    const before = await snapshot(host)
    await begin(host)
    const worker = work('both', spaces.old, spaces.new, { delayMs: 100 })
    await until(async () => (await snapshot(host)).staged.length > 0)
    await host.database.asService((tx) => cancelSwitch(tx, null))
    await worker.drain()
    expect(await snapshot(host)).toEqual(before)
    expect(await advance(host)).toBe('none')
    expect(await progress()).toMatchObject({ state: 'cancelled', staged: 0, total: 0 })

    await begin(host)
    await worker.drain()
    expect(await advance(host)).toBe('completed')
    await worker.stop()
    const back = work('back', spaces.new, spaces.old)
    await begin(host, spaces.old)
    await back.drain()
    expect(await advance(host)).toBe('completed')
    const again = await snapshot(host)
    expect(again.faces.map((face) => face.embedding)).toEqual(before.faces.map((face) => face.embedding))
    expect(again.matches.map((match) => match.similarity_score)).toEqual(
      before.matches.map((match) => match.similarity_score),
    )
  })

  test('pausing begins no more photos; nothing is made while it lasts', async () => {
    await begin(host)
    await host.database.asService(pauseSwitch)
    await expect(host.database.asService(pauseSwitch)).rejects.toMatchObject({ code: 'CONFLICT' })
    await drain(work('both', spaces.old, spaces.new))
    expect(await progress()).toMatchObject({ state: 'paused', staged: 0, waiting: 4 })
    expect(await advance(host)).toBe('paused')
    await host.database.asService(resumeSwitch)
    await drain(work('both', spaces.old, spaces.new))
    expect(await advance(host)).toBe('completed')
  })

  test('a photo that is deleted goes with what was staged; another in its place is staged anew', async () => {
    await begin(host)
    const worker = work('both', spaces.old, spaces.new)
    await worker.drain()
    const { faces } = await snapshot(host)
    await host.database.asService((tx) => tx.deleteFrom('faces').where('id', '=', faces[0].id).execute())
    expect((await snapshot(host)).staged).toHaveLength(3)
    const image_path = host.images.facePath(faces[1].profile_id, 'jpg')
    await host.images.upload('faces', image_path, photo(9), 'image/jpeg')
    await worker.stop()
    await host.database.asService((tx) =>
      tx.updateTable('faces').set({ image_path }).where('id', '=', faces[1].id).execute(),
    )
    expect(await advance(host)).toBe('running')
    await drain(work('again', spaces.old, spaces.new))
    expect(await advance(host)).toBe('completed')
    const expected = await inventedPool(spaces.new).analyze(photo(9))
    const replaced = (await snapshot(host)).faces.find(({ id }) => id === faces[1].id)
    expect(replaced?.age).toBe(expected.faces[0].age)
    expect(replaced?.geometry_ratios).toEqual(expected.faces[0].geometry_ratios)
  })

  test('machines share the work, and one that is lost is worked for', async () => {
    for (let n = 10; n < 30; n += 1) await add.addFace(anna, photo(n))
    await drain(work('first', spaces.old))
    await begin(host)
    // Somebody took two photos and was never heard of again.
    await host.database.asService((tx) =>
      sql`update public.embedding_jobs set status = 'processing', attempts = 1, worker_id = 'gone',
        started_at = now() - interval '1 hour', lease_until = now() - interval '1 minute'
        where id in (select id from public.embedding_jobs limit 2)`.execute(tx),
    )
    const pair = ['a', 'b'].map((name) => work(name, spaces.old, spaces.new, { delayMs: 20 }))
    await Promise.all(pair.map((worker) => worker.drain()))
    expect(await advance(host)).toBe('completed')
    expect(pair.every((worker) => worker.status().completed > 2)).toBe(true)
    const lost = await host.database.asService((tx) =>
      tx.selectFrom('job_attempts').select('outcome').where('worker_id', '=', 'gone').execute(),
    )
    expect(lost).toEqual([])
  })
})
