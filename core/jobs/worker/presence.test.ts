import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../tests/factories/database'
import { eventually } from '../../../tests/factories/face-queue'
import { silentLog } from '../../../tests/factories/queue-host'
import { createPresence, type Presence } from './presence'

// Real: the database. What the worker says of itself is invented.

let own: TestDatabase
let presence: Presence
const names = ['w', 'w']
const open = (index: number) =>
  createPresence({
    database: own.database,
    log: silentLog,
    workerId: () => names[index],
    machine: { host_name: 'machine', process_id: 1, version: '1.0.0' },
    facts: () => ({
      ...{
        pack: null,
        embedding_model: null,
        provider: null,
        concurrency: 1,
        photo_ms: null,
        memory_bytes: 0,
      },
      ...{ state: 'idle', state_reason: null },
    }),
    obey: () => undefined,
    isTaken: () => (names[index] += ' of its own'),
  })
beforeAll(async () => {
  own = await createTestDatabase('pglite')
  presence = open(0)
  presence.start()
})
afterAll(async () => {
  await presence?.stop()
  await own?.close()
})

const setMinutes = (minutes: number) =>
  own.database.asService((tx) =>
    tx
      .updateTable('system_settings')
      .set({ value: JSON.stringify(minutes) })
      .where('key', '=', 'foreign_job_stale_minutes')
      .execute(),
  )

test("hears how long another client's job may take, 0 being for ever", async () => {
  expect(presence.foreignStaleMinutes()).toBeNull()
  await setMinutes(30)
  presence.look()
  await eventually(() => expect(presence.foreignStaleMinutes()).toBe(30))
  await setMinutes(0)
  presence.look()
  await eventually(() => expect(presence.foreignStaleMinutes()).toBeNull())
})

test('where a copy of its data directory begins under its name, it takes another', async () => {
  const workers = () =>
    own.database.asService((tx) => tx.selectFrom('workers').select('id').orderBy('id').execute())
  await eventually(async () => expect(await workers()).toEqual([{ id: 'w' }]))
  const copy = open(1)
  copy.start()
  await eventually(async () => {
    presence.look()
    expect(names).toEqual(['w of its own', 'w'])
  })
  await eventually(async () => expect(await workers()).toEqual([{ id: 'w' }, { id: 'w of its own' }]))
  await copy.stop()
  expect(names).toEqual(['w of its own', 'w'])
})

test('a row that somebody took off the list is written anew, under the same name', async () => {
  await own.database.asService((tx) => tx.deleteFrom('workers').execute())
  await eventually(async () => {
    presence.look()
    const rows = await own.database.asService((tx) => tx.selectFrom('workers').select('id').execute())
    expect(rows).toEqual([{ id: 'w of its own' }])
  })
})
