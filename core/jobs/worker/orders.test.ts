import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { testEngines } from '../../../tests/factories/database'
import { createFaceQueue, eventually } from '../../../tests/factories/face-queue'
import { inventedPool } from '../../../tests/factories/invented-pool'
import { insertPerson } from '../../../tests/factories/people'
import { openQueueHost, silentLog, type QueueHost } from '../../../tests/factories/queue-host'
import type { PackStatus } from '../../model/status'
import { instructWorker, listWorkers } from '../monitor/workers'
import { createWorker, type Worker, type WorkerParts } from '../worker'
import type { WorkerInstruction } from '../contract-monitor'

// Real: database, triggers, Storage over HTTP, the worker. Not real: the face pool.

const person = '00000000-0000-4000-8000-00000000000a'
const pack: PackStatus = {
  ...{ name: 'test', state: 'ready', progress: 1, message: '', provider: 'CPU', threads: 1 },
  embedding_model: 'test/model',
}

describe.each(await testEngines())('what operators ask of a worker, on %s', (engine) => {
  let host: QueueHost
  let worker: Worker
  beforeAll(async () => {
    host = await openQueueHost(engine)
    await insertPerson(host.database, person)
  })
  afterAll(() => host.close())
  afterEach(() => worker.stop({ graceMs: 0 }))

  function start(options: Partial<WorkerParts> = {}): void {
    worker = createWorker({
      ...{ ...host, log: silentLog, workerId: 'worker', concurrency: 2, packStatus: () => pack },
      faces: () => Promise.resolve(inventedPool()),
      ...options,
    })
    worker.start()
  }
  const seen = async () => (await host.database.asService((tx) => listWorkers(tx, 'worker')))[0]
  const ask = (instruction: WorkerInstruction) =>
    host.database.asService((tx) => instructWorker(tx, { worker_id: 'worker', instruction, by: null }))
  const { addFaces } = createFaceQueue(() => host, person)

  test.each(['drain', 'stop'] as const)(
    'one that was told to %s starts again while its host lives',
    async (order) => {
      start()
      await eventually(async () => expect(await seen()).toMatchObject({ state: 'idle' }))
      await ask(order)
      await eventually(async () =>
        expect(await seen()).toMatchObject({ state: 'stopped', health: 'healthy', instruction: null }),
      )
      expect((await seen()).state_reason).toMatch(/by an operator. It can be started again/)
      expect((await seen()).can_be_forgotten).toBe(false)
      await worker.dismissed()
      await expect(ask('pause')).rejects.toMatchObject({ code: 'CONFLICT' })
      const before = worker.status().completed
      await addFaces(1)
      await ask('resume')
      await eventually(() => expect(worker.status().completed).toBe(before + 1))
      await worker.stop()
      expect(await seen()).toMatchObject({ state: 'stopped', health: 'ended', state_reason: null })
      await expect(ask('resume')).rejects.toMatchObject({ code: 'CONFLICT' })
    },
  )

  test('a pause outlasts a restart, until somebody resumes', async () => {
    let isPaused = false
    const pause = { isPaused: () => isPaused, keep: (next: boolean) => void (isPaused = next) }
    start({ pause })
    await eventually(async () => expect(await seen()).toMatchObject({ state: 'idle' }))
    await ask('pause')
    await eventually(async () => expect(await seen()).toMatchObject({ state: 'paused' }))
    expect(isPaused).toBe(true)
    await worker.stop()
    start({ pause })
    await addFaces(1)
    await eventually(async () => expect(await seen()).toMatchObject({ state: 'paused', health: 'healthy' }))
    expect(worker.status().message).toMatch(/^Paused by an operator .* also after a restart/)
    expect(worker.status().completed).toBe(0)
    await ask('resume')
    await eventually(() => expect(worker.status().completed).toBe(1))
    expect(isPaused).toBe(false)
  })
})
