import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { createWorker } from '../../core/jobs/worker'
import type { PackStatus } from '../../core/model/status'
import { buildProgram } from '../factories/child'
import { clusterPrograms, startCluster } from '../factories/cluster'
import { createFaceQueue } from '../factories/face-queue'
import { mountSmallDisk } from '../factories/full-disk'
import { inventedPool } from '../factories/invented-pool'
import { openJobRun } from '../factories/job-runs'
import { insertPerson } from '../factories/people'
import { openQueueHost, silentLog } from '../factories/queue-host'

// Real: a file system without room, Storage and PostgreSQL on it, the worker. Invented: what photos show.

const disk = mountSmallDisk(4)
const programs = disk ? await clusterPrograms() : null
const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 120_000, interval: 100 })
const person = '00000000-0000-4000-8000-00000000000a'

describe.skipIf(!disk)('a worker, where a disk is full', { timeout: 300_000 }, () => {
  afterEach(() => disk?.makeRoom())
  afterAll(() => disk?.remove())

  test('Storage’s: it says so, the jobs wait without an attempt, and go on by themselves', async () => {
    const host = await openQueueHost('pglite', { storage: join(disk!.directory, 'storage') })
    const pack: PackStatus = {
      ...{ name: 'test', state: 'ready', progress: 1, message: '', provider: 'CPU', threads: 1 },
      embedding_model: 'test/model',
    }
    const worker = createWorker({
      ...{ ...host, log: silentLog, workerId: 'worker', concurrency: 2, random: () => 0 },
      faces: () => Promise.resolve(inventedPool()),
      packStatus: () => pack,
    })
    const { addFaces, jobs, makeDue } = createFaceQueue(() => host, person)
    try {
      await insertPerson(host.database, person)
      await addFaces(3)
      disk!.fill()
      worker.start()
      await eventually(async () =>
        expect(await jobs()).toContainEqual(
          expect.objectContaining({
            ...{ status: 'pending', attempts: 0, error_code: 'disk_full', lease_until: null },
            error_message: expect.stringMatching(/^The disk that Storage keeps photos on is full/) as string,
          }),
        ),
      )
      await eventually(() =>
        expect(worker.status()).toMatchObject({
          ...{ state: 'waiting', failed: 0 },
          message: expect.stringMatching(/is full. Make room there; .*tried again by itself/) as string,
        }),
      )
      disk!.makeRoom()
      await makeDue()
      await eventually(() => expect(worker.status().completed).toBe(3))
      for (const job of await jobs()) expect(job).toMatchObject({ status: 'completed', attempts: 1 })
    } finally {
      await worker.stop({ graceMs: 0 })
      await host.close()
    }
  })

  test.skipIf(!programs)('the database’s: as long as it lasts, nobody counts as lost', async () => {
    const cluster = await startCluster(programs!)
    const program = await buildProgram('worker-program.ts')
    const run = await openJobRun(cluster.url, program)
    try {
      const place = join(disk!.directory, 'tables')
      mkdirSync(place)
      cluster.own(place)
      await run.query(`create tablespace small location '${place}'`)
      await run.query('alter table public.job_attempts set tablespace small')
      await run.addPhotos(12)
      disk!.fill()
      // What is begun lasts longer than its lease, and its end can't be written.
      run.start('w1', { leaseSeconds: 2, concurrency: 3 })
      const told = async () =>
        (await run.query<{ told: string }>('select state_reason as told from workers'))[0]?.told
      await eventually(async () => expect(await told()).toMatch(/^The disk of the database is full/))
      const since = performance.now()
      await eventually(() => expect(performance.now() - since).toBeGreaterThan(3000))
      expect((await run.statuses()).completed).toBeUndefined()
      disk!.makeRoom()
      await eventually(async () => expect(await run.statuses()).toEqual({ completed: 12 }))
      expect(await run.faults()).toEqual([])
      expect(await run.query('select from match_jobs where attempts <> 1 or lost_workers <> 0')).toEqual([])
      expect(await run.query(`select from job_attempts where outcome = 'worker_lost'`)).toEqual([])
    } finally {
      await run.close()
      await cluster.remove()
      program.remove()
    }
  })
})
