import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openProject, type EmbeddedProject } from '../../../tests/contract/project'
import { testEngines } from '../../../tests/factories/database'
import { createFaceQueue, eventually } from '../../../tests/factories/face-queue'
import { inventedPool } from '../../../tests/factories/invented-pool'
import { insertPerson } from '../../../tests/factories/people'
import { openQueueHost, silentLog, type QueueHost } from '../../../tests/factories/queue-host'
import type { PackStatus } from '../../model/status'
import { createSupabase } from '../../supabase/client'
import { createImages } from '../../supabase/images'
import { createWorker, type Worker, type WorkerParts } from '../worker'

// Real: one database, two machines' Storage over HTTP, each with a directory of its own. Not real: the face pool.

const person = '00000000-0000-4000-8000-00000000000a'
const pack: PackStatus = {
  ...{ name: 'test', state: 'ready', progress: 1, message: '', provider: 'CPU', threads: 1 },
  embedding_model: 'test/model',
}
/** An embedded database has one machine. */
const servers = (await testEngines()).filter((engine) => engine !== 'pglite')

describe.each(servers)('photos that lie on another machine, on %s', (engine) => {
  let host: QueueHost
  let other: EmbeddedProject
  const workers: Worker[] = []
  beforeAll(async () => {
    host = await openQueueHost(engine)
    other = await openProject(engine, { database: host.database })
    await insertPerson(host.database, person)
  })
  afterAll(async () => {
    for (const worker of workers) await worker.stop({ graceMs: 0 })
    await other.close()
    await host.close()
  })

  const imagesOf = ({ url, secretKey }: EmbeddedProject) =>
    createImages(createSupabase({ url, key: secretKey }))

  function start(workerId: string, images: WorkerParts['images']): Worker {
    const worker = createWorker({
      ...{
        ...host,
        images,
        log: silentLog,
        workerId,
        concurrency: 2,
        packStatus: () => pack,
        random: () => 0,
      },
      faces: () => Promise.resolve(inventedPool()),
    })
    workers.push(worker)
    worker.start()
    return worker
  }
  const { addFaces, jobs, makeDue } = createFaceQueue(() => host, person)

  test('are left to that one, and say so; one that is nowhere is missing', async () => {
    await addFaces(2)
    await host.database.asService((tx) =>
      tx.insertInto('workers').values({ id: 'theirs', host_name: 'theirs', version: '1' }).execute(),
    )
    const away = start('mine', imagesOf(other))
    await eventually(async () =>
      expect(await jobs()).toContainEqual(
        expect.objectContaining({ status: 'pending', attempts: 0, error_code: 'unavailable' }),
      ),
    )
    expect(away.status()).toMatchObject({ state: 'waiting', failed: 0 })
    expect(away.status().message).toMatch(/lies in the data directory of another machine/)
    const home = start('theirs', host.images)
    await makeDue()
    await eventually(async () => {
      await makeDue()
      expect(await jobs()).toMatchObject([{ status: 'completed' }, { status: 'completed' }])
    })
    expect(home.status()).toMatchObject({ completed: 2, failed: 0 })

    const image_path = `${person}/nowhere.jpg`
    await host.database.asService((tx) =>
      tx.insertInto('faces').values({ profile_id: person, image_path }).execute(),
    )
    await eventually(async () => expect((await jobs())[2]).toMatchObject({ error_code: 'image_missing' }))
  })

  test('are lost once every worker has refused them, and not before', async () => {
    for (const worker of workers.splice(0)) await worker.stop({ graceMs: 0 })
    const lost = await openProject(engine, { database: host.database })
    const image_path = `${person}/lost.jpg`
    await imagesOf(lost).upload('faces', image_path, new Uint8Array([1, 2, 3]), 'image/jpeg')
    await host.database.asService(async (tx) => {
      await tx.deleteFrom('faces').execute()
      await tx.insertInto('faces').values({ profile_id: person, image_path }).execute()
    })
    const refusedBy = async () =>
      (
        await host.database.asService((tx) =>
          sql<{ worker_id: string }>`
            select distinct worker_id from public.job_attempts where outcome = 'postponed' and error_message ~ 'another machine'
            order by 1`.execute(tx),
        )
      ).rows.map(({ worker_id }) => worker_id)
    start('mine', imagesOf(other))
    await eventually(async () => {
      await makeDue()
      expect(await refusedBy()).toEqual(['mine'])
    })
    expect(await jobs()).toMatchObject([{ error_code: 'unavailable', completed_at: null }])
    start('theirs', host.images)
    await eventually(async () => {
      await makeDue()
      expect(await jobs()).toMatchObject([{ status: 'failed', error_code: 'image_missing' }])
    })
    await lost.close()
  })
})
