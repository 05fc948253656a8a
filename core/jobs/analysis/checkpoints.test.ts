import { sql, type SqlBool } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inventedAnalysis } from '../../../tests/factories/analysis'
import { testEngines } from '../../../tests/factories/database'
import { createFaceQueue, eventually } from '../../../tests/factories/face-queue'
import { insertPerson } from '../../../tests/factories/people'
import { openQueueHost, silentLog, type QueueHost } from '../../../tests/factories/queue-host'
import { seeded } from '../../../tests/factories/random'
import type { FacePool } from '../../faces/pool/pool'
import { retry } from '../queue/actions'
import { createWorker, type Worker } from '../worker'

// Real: database, triggers, Storage over HTTP, the worker. Not real: the face pool, and that writing a face fails.

const person = '00000000-0000-4000-8000-00000000000a'

describe.each(await testEngines())('what an attempt found out on %s', (engine) => {
  let host: QueueHost
  let worker: Worker
  let analyses = 0
  beforeAll(async () => {
    host = await openQueueHost(engine)
    await insertPerson(host.database, person)
    await host.database.asOwner(async (tx) => {
      await sql`create function public.refuse() returns trigger language plpgsql as $$
        begin raise exception 'No writing today'; end $$`.execute(tx)
      await sql`create trigger refuse before update of embedding on public.faces for each row execute function public.refuse()`.execute(
        tx,
      )
    })
    const analysis = inventedAnalysis(seeded(3))
    const pool = { analyze: () => ((analyses += 1), Promise.resolve(analysis)) } as unknown as FacePool
    worker = createWorker({
      ...host,
      ...{
        faces: () => Promise.resolve(pool),
        log: silentLog,
        workerId: 'w',
        concurrency: 1,
        random: () => 0,
      },
      packStatus: () => ({
        ...{ name: 'test', state: 'ready', progress: 1, message: '', provider: 'CPU', threads: 1 },
        embedding_model: 'test/model',
      }),
    })
    worker.start()
  })
  afterAll(async () => {
    await worker?.stop({ graceMs: 0 })
    await host?.close()
  })

  const rows = () =>
    host.database.asService(async (tx) => ({
      job: await tx.selectFrom('match_jobs').selectAll().executeTakeFirstOrThrow(),
      attempts: await tx.selectFrom('job_attempts').selectAll().orderBy('id').execute(),
      checkpoints: await tx.selectFrom('job_checkpoints').selectAll().execute(),
    }))

  test('is kept where writing it fails, used by the next attempt, and removed at the end', async () => {
    const { addFaces, makeDue } = createFaceQueue(() => host, person)
    await addFaces(1)
    await eventually(async () => expect((await rows()).job).toMatchObject({ status: 'pending', attempts: 1 }))
    const failed = await rows()
    expect(failed.job).toMatchObject({ error_code: 'internal', failed_stage: 'write' })
    expect(failed.attempts).toMatchObject([{ outcome: 'retrying', failed_stage: 'write', pack: 'test' }])
    expect(failed.attempts[0].stages).toHaveProperty('fetch')
    expect(failed.checkpoints).toHaveLength(1)
    await host.database.asOwner((tx) => sql`drop trigger refuse on public.faces`.execute(tx))
    await makeDue()
    await eventually(async () => expect((await rows()).job.status).toBe('completed'))
    const done = await rows()
    expect(analyses).toBe(1)
    expect(done.checkpoints).toEqual([])
    expect(done.attempts.map(({ outcome }) => outcome)).toEqual(['retrying', 'completed'])
    expect(Object.keys(done.attempts[1].stages)).not.toContain('fetch')
  })

  test.each([
    ['search', 1],
    ['detect', 2],
  ] as const)('a completed job that starts anew at %s has analysed %d times', async (fromStage, expected) => {
    const again = await host.database.asService((tx) =>
      retry(tx, 'face', sql<SqlBool>`true`, { fromStage, completed: true }),
    )
    expect(again).toHaveLength(1)
    await eventually(async () =>
      expect((await rows()).job).toMatchObject({ status: 'completed', start_stage: null }),
    )
    expect(analyses).toBe(expected)
    const stages = Object.keys((await rows()).attempts.at(-1)?.stages ?? {})
    expect(stages).toContain('search')
    expect(stages.includes('fetch')).toBe(fromStage === 'detect')
  })
})
