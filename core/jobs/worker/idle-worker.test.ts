import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testEngines } from '../../../tests/factories/database'
import { openQueueHost, silentLog, type QueueHost } from '../../../tests/factories/queue-host'
import type { Database } from '../../database/connect'
import type { PackStatus } from '../../model/status'
import { createWorker } from '../worker'

// Real: database with its triggers, change messages. No job is analysed here, so no models are needed.

const pack: PackStatus = {
  ...{ name: 'starter', state: 'ready', progress: 1, message: '', embedding_model: null, provider: 'CPU' },
  threads: 1,
}

describe.each(await testEngines())('a worker without work on %s', (engine) => {
  let host: QueueHost
  beforeAll(async () => {
    host = await openQueueHost(engine)
  })
  afterAll(() => host.close())

  /** A worker with the moments at which it has asked the database. */
  function watched(packStatus: PackStatus) {
    const asked: number[] = []
    const database: Database = {
      ...host.database,
      asService(work) {
        asked.push(performance.now())
        return host.database.asService(work)
      },
    }
    const worker = createWorker({
      ...host,
      database,
      faces: () => Promise.reject(new Error('There is nothing to analyse.')),
      packStatus: () => packStatus,
      log: silentLog,
      workerId: 'idle-worker',
      concurrency: 2,
    })
    return { worker, asked }
  }

  test('asks less and less often, and tells nobody of a change', async () => {
    const { worker, asked } = watched(pack)
    const heard: string[] = []
    const stopHearing = host.changes.subscribe(null, (tables) => heard.push(...tables))
    worker.start()
    await sleep(3500)
    await worker.stop()
    stopHearing()
    // After 0, 100, 300, 700, 1500 and 3100 ms, and to say that it is there: as it starts (with tidying up), when it has
    // nothing to do, and as it stops. One that its own look wakes asks every 50 ms.
    expect(asked.length).toBeGreaterThan(2)
    expect(asked.length).toBeLessThanOrEqual(12)
    expect(new Set(heard)).toEqual(new Set(['workers']))
    const rows = await host.database.asService((tx) => tx.selectFrom('workers').selectAll().execute())
    expect(rows).toMatchObject([{ id: 'idle-worker', state: 'stopped', concurrency: 2, pack: 'starter' }])
    expect(Math.abs(rows[0].clock_offset_ms ?? Infinity)).toBeLessThan(1000)
  })

  test('stops waiting for jobs when it is stopped', async () => {
    await host.database.asService((tx) =>
      tx.insertInto('celebrities').values({ name: 'Waits', image_path: 'waits.jpg' }).execute(),
    )
    const { worker } = watched({ ...pack, state: 'installing' })
    worker.start()
    const drained = worker.drain()
    expect(await Promise.race([drained, sleep(300, 'waiting')])).toBe('waiting')
    await worker.stop()
    await drained
  })
})
