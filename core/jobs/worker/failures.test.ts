import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testEngines } from '../../../tests/factories/database'
import { inventedAnalysis } from '../../../tests/factories/analysis'
import { createFaceQueue, eventually } from '../../../tests/factories/face-queue'
import { insertPerson } from '../../../tests/factories/people'
import { openQueueHost, silentLog, type QueueHost } from '../../../tests/factories/queue-host'
import { seeded } from '../../../tests/factories/random'
import type { FacePool } from '../../faces/pool/pool'
import { imageRejected, SemblanceError } from '../../model/errors'
import type { PackStatus } from '../../model/status'
import { createWorker, type Worker, type WorkerParts } from '../worker'

// Real: database, triggers, Storage over HTTP. Not real: the face pool, so that it fails when it is told to.

const person = '00000000-0000-4000-8000-00000000000a'
const random = seeded(7)

const analysis = () => inventedAnalysis(random)

describe.each(await testEngines())('worker on %s, when things fail', (engine) => {
  let host: QueueHost
  let analyze: FacePool['analyze']
  let pack: PackStatus
  const workers: Worker[] = []

  beforeAll(async () => {
    host = await openQueueHost(engine)
    await insertPerson(host.database, person)
  })
  afterAll(() => host.close())
  beforeEach(async () => {
    await host.database.asService((tx) => tx.deleteFrom('faces').execute())
    analyze = () => Promise.resolve(analysis())
    pack = {
      ...{
        name: 'test',
        state: 'ready',
        progress: 1,
        message: '',
        embedding_model: 'test/model',
        provider: 'CPU',
      },
      threads: 1,
    }
  })
  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.stop({ graceMs: 0 })
  })

  function startWorker(options: Partial<WorkerParts> = {}): Worker {
    const pool = { analyze: (...call: Parameters<FacePool['analyze']>) => analyze(...call) } as FacePool
    const worker = createWorker({
      ...host,
      faces: () => Promise.resolve(pool),
      packStatus: () => pack,
      log: silentLog,
      workerId: `worker-${workers.length}`,
      concurrency: 2,
      random: () => 0,
      ...options,
    })
    workers.push(worker)
    worker.start()
    return worker
  }

  const { addFaces, jobs, makeDue, untilJob } = createFaceQueue(() => host, person)

  test('what breaks off is tried again later, then left as failed; the worker goes on', async () => {
    let calls = 0
    analyze = () => {
      calls += 1
      return Promise.reject(new Error('ONNX said no'))
    }
    await addFaces(1)
    const worker = startWorker()
    const attempts = () =>
      host.database.asService((tx) => tx.selectFrom('job_attempts').selectAll().orderBy('attempt').execute())
    await eventually(async () => expect((await attempts()).length).toBeGreaterThan(0))
    // Half of the first pause, which is 2 s, or of a later one that is longer.
    const [{ next_attempt_at }, { ended_at }] = [(await jobs())[0], (await attempts())[0]]
    expect(next_attempt_at.getTime() - ended_at.getTime()).toBeGreaterThan(900)
    await eventually(async () => {
      await makeDue()
      expect(await jobs()).toMatchObject([
        { status: 'failed', attempts: 3, error_message: 'The analysis broke off: ONNX said no' },
      ])
    })
    expect((await attempts()).map(({ outcome }) => outcome)).toEqual(['retrying', 'retrying', 'failed'])
    expect(calls).toBe(3)
    expect(worker.status()).toMatchObject({ failed: 1, completed: 0 })

    analyze = () => Promise.resolve(analysis())
    await addFaces(1)
    await eventually(() => expect(worker.status().completed).toBe(1))
  })

  test('a rejected image fails at once with its reason', async () => {
    analyze = () => Promise.reject(imageRejected('too_many_pixels', 'Too large.'))
    await addFaces(1)
    startWorker()
    await untilJob({
      status: 'failed',
      attempts: 1,
      error_code: 'too_many_pixels',
      error_message: 'Too large.',
    })
  })

  test('a photo that is not in Storage is a failure that may pass', async () => {
    await addFaces(1)
    const { image_path } = await host.database.asService((tx) =>
      tx.selectFrom('faces').select('image_path').executeTakeFirstOrThrow(),
    )
    await host.images.remove('faces', [image_path])
    startWorker()
    await untilJob({ status: 'pending', attempts: 1, error_code: 'image_missing' })
  })

  test('where the models are away for a moment, no attempt is lost', async () => {
    analyze = () => Promise.reject(new SemblanceError('UNAVAILABLE', 'Too many wait.'))
    await addFaces(1)
    startWorker()
    await eventually(async () => {
      const [job] = await jobs()
      expect(job).toMatchObject({ status: 'pending', attempts: 0 })
      expect(job.next_attempt_at.getTime()).toBeGreaterThan(Date.now() + 5_000)
    })
  })

  test('it waits for the models, and says so', async () => {
    pack = { ...pack, state: 'installing', message: 'Fetching the models' }
    await addFaces(1)
    const worker = startWorker()
    await eventually(() =>
      expect(worker.status()).toMatchObject({ state: 'waiting', message: 'Fetching the models' }),
    )
    expect((await jobs())[0]).toMatchObject({ status: 'pending', attempts: 0 })
    pack = { ...pack, state: 'ready' }
    await untilJob({ status: 'completed' })
  })

  test('draining gives up where the models can never come', async () => {
    pack = { ...pack, state: 'failed', message: 'No network.' }
    await addFaces(1)
    await expect(startWorker().drain()).rejects.toMatchObject({ code: 'UNAVAILABLE', message: 'No network.' })
  })

  test('a new job wakes an idle worker', async () => {
    const worker = startWorker()
    await eventually(() => expect(worker.status().state).toBe('idle'))
    // It looks after .1, .3, .7, 1.5, 3.1 and 6.3 s: by itself not again for 2.8 s.
    await new Promise((resolve) => setTimeout(resolve, 3500))
    const started = Date.now()
    const face = { profile_id: person, image_path: `${person}/missing.jpg` }
    await host.database.asService((tx) => tx.insertInto('faces').values(face).execute())
    await untilJob({ attempts: 1 })
    expect(Date.now() - started).toBeLessThan(2500)
  })

  test('a face deleted during its analysis ends quietly, and leaves no thumbnail', async () => {
    await addFaces(1)
    const { image_path } = await host.database.asService((tx) =>
      tx.selectFrom('faces').select('image_path').executeTakeFirstOrThrow(),
    )
    analyze = async () => {
      await host.database.asService((tx) => tx.deleteFrom('faces').execute())
      return analysis()
    }
    const worker = startWorker()
    await eventually(async () => expect(await jobs()).toEqual([]))
    await eventually(() => expect(worker.status()).toMatchObject({ state: 'idle', running: 0 }))
    expect(worker.status()).toMatchObject({ completed: 0, failed: 0 })
    await expect(host.images.download('faces', host.images.thumbnailPath(image_path))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  test('nor does a further photo of a celebrity who is deleted meanwhile', async () => {
    const image_path = host.images.celebrityPath('jpg')
    await host.images.upload('celebrity-images', image_path, new Uint8Array([1]), 'image/jpeg')
    await host.database.asService(async (tx) => {
      const { id } = await tx
        .insertInto('celebrities')
        .values({ name: 'Star', image_path: 'star.jpg' })
        .returning('id')
        .executeTakeFirstOrThrow()
      await tx.deleteFrom('celebrity_jobs').execute()
      await tx
        .insertInto('celebrity_photos')
        .values({ celebrity_id: id, image_path, analysis: '{}' })
        .execute()
    })
    let hasBegun = false
    analyze = async () => {
      hasBegun = true
      await host.database.asService((tx) => tx.deleteFrom('celebrities').execute())
      return analysis()
    }
    const worker = startWorker()
    await eventually(() => expect(hasBegun).toBe(true))
    await worker.stop()
    expect(worker.status()).toMatchObject({ completed: 0, failed: 0 })
    await expect(
      host.images.download('celebrity-images', host.images.thumbnailPath(image_path)),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('stopping gives unfinished jobs back as if they had not been tried', async () => {
    analyze = (_, options) =>
      new Promise((_resolve, reject) => {
        options?.signal?.addEventListener('abort', () => reject(options.signal!.reason as Error))
      })
    await addFaces(2)
    const worker = startWorker()
    await eventually(() => expect(worker.status()).toMatchObject({ state: 'busy', running: 2 }))
    await worker.stop({ graceMs: 50 })
    expect(worker.status()).toMatchObject({ state: 'stopped', running: 0 })
    for (const job of await jobs())
      expect(job).toMatchObject({ status: 'pending', attempts: 0, worker_id: null })
  })

  test('stopping lets what runs finish', async () => {
    let finish: (() => void) | undefined
    analyze = () => new Promise((resolve) => (finish = () => resolve(analysis())))
    await addFaces(1)
    const worker = startWorker()
    await eventually(() => expect(finish).toBeDefined())
    const stopped = worker.stop()
    finish!()
    await stopped
    expect((await jobs())[0]).toMatchObject({ status: 'completed' })
  })

  test('a worker that lost its lease writes nothing, and gives its analysis up', async () => {
    let hasBegun = false
    let isAborted = false
    analyze = (_, options) =>
      new Promise((_resolve, reject) => {
        hasBegun = true
        options?.signal?.addEventListener('abort', () => {
          isAborted = true
          reject(options.signal!.reason as Error)
        })
      })
    await addFaces(1)
    const slow = startWorker({ leaseSeconds: 0.6 })
    await eventually(() => expect(hasBegun).toBe(true))
    // As another worker's takeover does.
    await host.database.asService((tx) =>
      tx
        .updateTable('match_jobs')
        .set({ worker_id: 'other', attempts: 2, lease_until: sql<Date>`now() + interval '1 hour'` })
        .execute(),
    )
    await eventually(() => expect(isAborted).toBe(true))
    await eventually(() => expect(slow.status().running).toBe(0))
    expect((await jobs())[0]).toMatchObject({ status: 'processing', worker_id: 'other', attempts: 2 })
  })

  test('several workers do each job once', async () => {
    let calls = 0
    analyze = () => {
      calls += 1
      return Promise.resolve(analysis())
    }
    await addFaces(12)
    const team = [startWorker(), startWorker(), startWorker()]
    await team[0].drain()
    for (const worker of team) await worker.stop()
    expect(calls).toBe(12)
    expect(team.reduce((sum, worker) => sum + worker.status().completed, 0)).toBe(12)
    expect((await jobs()).every(({ status, attempts }) => status === 'completed' && attempts === 1)).toBe(
      true,
    )
  })
})
