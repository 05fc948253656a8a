import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { inventedAnalysis } from '../../../tests/factories/analysis'
import { testEngines } from '../../../tests/factories/database'
import { createFaceQueue, eventually } from '../../../tests/factories/face-queue'
import { insertPerson } from '../../../tests/factories/people'
import { openQueueHost, silentLog, type QueueHost } from '../../../tests/factories/queue-host'
import { seeded } from '../../../tests/factories/random'
import type { Database } from '../../database/connect'
import type { FacePool } from '../../faces/pool/pool'
import { SemblanceError } from '../../model/errors'
import type { PackStatus } from '../../model/status'
import type { Images } from '../../supabase/images'
import { createWorker, type Worker, type WorkerParts } from '../worker'

// Real: database, triggers, Storage over HTTP. Not real: the face pool, and that something is away.

const person = '00000000-0000-4000-8000-00000000000a'
const random = seeded(7)
const outage = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
const pack: PackStatus = {
  ...{ name: 'test', state: 'ready', progress: 1, message: '', provider: 'CPU', threads: 1 },
  embedding_model: 'test/model',
}

const analysis = () => inventedAnalysis(random)

describe.each(await testEngines())('worker on %s, when something is away', (engine) => {
  let host: QueueHost
  let analyze: FacePool['analyze']
  let worker: Worker | null = null

  beforeAll(async () => {
    host = await openQueueHost(engine)
    await insertPerson(host.database, person)
  })
  afterAll(() => host.close())
  beforeEach(async () => {
    await host.database.asService((tx) => tx.deleteFrom('faces').execute())
    analyze = () => Promise.resolve(analysis())
  })
  afterEach(() => worker?.stop({ graceMs: 0 }))

  function startWorker(options: Partial<WorkerParts> = {}): Worker {
    const pool = { analyze: (...call: Parameters<FacePool['analyze']>) => analyze(...call) } as FacePool
    const parts = { faces: () => Promise.resolve(pool), packStatus: () => pack, log: silentLog }
    worker = createWorker({
      ...{ ...host, ...parts, workerId: 'worker', concurrency: 2, random: () => 0 },
      ...options,
    })
    worker.start()
    return worker
  }

  const { addFaces, jobs, makeDue, untilJob } = createFaceQueue(() => host, person)

  test('it outlasts a database that is away for a while', async () => {
    let isAway = true
    const database: Database = {
      ...host.database,
      asService: (work) => (isAway ? Promise.reject(outage) : host.database.asService(work)),
    }
    await addFaces(1)
    const worker = startWorker({ database })
    await eventually(() => expect(worker.status()).toMatchObject({ state: 'waiting' }))
    expect(worker.status().message).toMatch(/database/)
    isAway = false
    await untilJob({ status: 'completed', attempts: 1 })
  })

  test('a Storage that answers with errors costs no attempt, is asked ever less, and draining gives up on it', async () => {
    let isAway = true
    let asked = 0
    const images: Images = {
      ...host.images,
      download(...what) {
        asked += 1
        if (!isAway) return host.images.download(...what)
        return Promise.reject(new SemblanceError('UNAVAILABLE', 'Storage does not answer: 502.'))
      },
    }
    await addFaces(4)
    const worker = startWorker({ images, random: () => 0 })
    await expect(worker.drain({ patienceMs: 3000 })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/^Storage does not answer: 502\..*stays in the queue/) as string,
    })
    // Two at first, then one at a time after .5, 1 and 2 s.
    expect(asked).toBeGreaterThanOrEqual(3)
    expect(asked).toBeLessThanOrEqual(5)
    expect(worker.status()).toMatchObject({ state: 'waiting', failed: 0 })
    expect(worker.status().message).toContain('Storage does not answer')
    // The one that tries has an attempt while it tries.
    await eventually(async () => {
      for (const job of await jobs()) expect(job).toMatchObject({ attempts: 0, status: 'pending' })
    })

    isAway = false
    host.changes.announce('servers')
    await makeDue()
    await worker.drain()
    expect(worker.status()).toMatchObject({ completed: 4, failed: 0, message: null })
    for (const job of await jobs()) expect(job).toMatchObject({ attempts: 1, status: 'completed' })
  })

  test('a database that goes away while a job ends costs the job no attempt', async () => {
    await addFaces(1)
    let isAway = false
    const database: Database = {
      ...host.database,
      asService(work) {
        if (!isAway) return host.database.asService(work)
        // Back a little after it was missed, however long the job takes until then.
        setTimeout(() => (isAway = false), 400)
        return Promise.reject(outage)
      },
    }
    analyze = () => {
      isAway = true
      return Promise.resolve(analysis())
    }
    startWorker({ database })
    await eventually(() => expect(isAway).toBe(true))
    await untilJob({ status: 'pending', attempts: 0 })
    analyze = () => Promise.resolve(analysis())
    await makeDue()
    await untilJob({ status: 'completed', attempts: 1 })
  })
})
