import { sql } from 'kysely'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  createTestDatabase,
  openTestEngine,
  testEngines,
  type TestDatabase,
} from '../../tests/factories/database'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createChanges, type Changes } from './changes'
import { connectDatabase, type Database } from './connect'

const announceTable = (database: Database, name: string) =>
  database.asService((tx) => sql`select pg_notify('semblance_changes', ${name})`.execute(tx))

describe.each(await testEngines())('changes on %s', (engine) => {
  let own: TestDatabase
  let changes: Changes
  beforeAll(async () => {
    own = await createTestDatabase(engine)
    changes = createChanges(own.database)
    await changes.ready
  })
  afterAll(async () => {
    await changes.close()
    await own.close()
  })

  test('a write is told to those who asked for its table, after its commit', async () => {
    const heard: string[] = []
    const others: string[] = []
    const stops = [
      changes.subscribe(['celebrities'], (tables) => heard.push(...tables)),
      changes.subscribe(['messages'], (tables) => others.push(...tables)),
    ]
    await own.database.asService(async (tx) => {
      await tx.insertInto('celebrities').values({ name: 'Somebody', image_path: 'a.png' }).execute()
      await sleep(50)
      expect(heard).toEqual([])
    })
    await vi.waitFor(() => expect(heard).toEqual(['celebrities']))
    expect(others).toEqual([])
    stops.forEach((stop) => stop())
    await announceTable(own.database, 'celebrities')
    await sleep(50)
    expect(heard).toEqual(['celebrities'])
  })

  test('a stream gives the first at once and a burst together, four times a second at most', async () => {
    const ending = new AbortController()
    const stream = changes.stream(['a', 'b', 'c'], ending.signal)
    await announceTable(own.database, 'a')
    expect((await stream.next()).value).toEqual(['a'])
    const given: { tables: string[]; at: number }[] = []
    const reading = (async () => {
      for await (const tables of stream) given.push({ tables, at: performance.now() })
    })()
    await sleep(300)
    const started = performance.now()
    for (let told = 0; told < 50; told += 1) {
      changes.announce(told % 2 === 0 ? 'b' : 'c')
      changes.announce('not asked for')
      await sleep(20)
    }
    await sleep(300)
    ending.abort()
    await reading
    expect(given[0].tables).toEqual(['b'])
    expect(given[0].at - started).toBeLessThan(100)
    expect(given.length).toBeGreaterThan(2)
    // Timers may come a moment early.
    for (const [index, { at }] of given.slice(1).entries()) expect(at - given[index].at).toBeGreaterThan(245)
    expect(given[1].tables.sort()).toEqual(['b', 'c'])
  })

  test('what comes between the call and the first reading is not lost; what is announced is heard', async () => {
    const ending = new AbortController()
    const stream = changes.stream(null, ending.signal)
    changes.announce('worker')
    expect((await stream.next()).value).toEqual(['worker'])
    ending.abort()
    expect((await stream.next()).done).toBe(true)
    const late = changes.stream(null, AbortSignal.abort())
    expect((await late.next()).done).toBe(true)
  })

  test('a reader that waits is let go by the signal, and one that leaves is forgotten', async () => {
    const ending = new AbortController()
    const waiting = changes.stream(['nothing'], ending.signal).next()
    ending.abort()
    expect((await waiting).done).toBe(true)
    const stream = changes.stream(['x'])
    changes.announce('x')
    for await (const tables of stream) {
      expect(tables).toEqual(['x'])
      break
    }
    expect((await stream.next()).done).toBe(true)
  })

  test('closing ends every stream', async () => {
    const others = createChanges(own.database)
    const waiting = others.stream(null).next()
    await others.ready
    await others.close()
    expect((await waiting).done).toBe(true)
  })

  // The embedded engine has no connection to lose.
  if (engine === 'postgres') {
    test('a lost connection is made again, and all tables count as changed', async () => {
      const heard: string[][] = []
      const stop = changes.subscribe(null, (tables) => heard.push([...tables]))
      await own.database.asOwner((tx) =>
        sql`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()`.execute(tx),
      )
      await vi.waitFor(() => expect(heard).toHaveLength(1), { timeout: 5_000 })
      expect(heard[0]).toContain('celebrities')
      expect(heard[0]).toContain('match_jobs')
      await announceTable(own.database, 'faces')
      await vi.waitFor(() => expect(heard.at(-1)).toEqual(['faces']))
      stop()
    })
  }
})

test('after the embedded engine died, all tables count as changed', async () => {
  const home = mkdtempSync(join(tmpdir(), 'semblance-changes-'))
  const engine = await openTestEngine({ directory: join(home, 'database') })
  await engine.pool.query('create role service_role')
  const database = await connectDatabase({ engine })
  const changes = createChanges(database)
  await changes.ready
  const heard: string[][] = []
  changes.subscribe(['faces', 'messages'], (tables) => heard.push([...tables]))
  await engine.crash()
  await vi.waitFor(() => expect(heard).toEqual([['faces', 'messages']]), { timeout: 90_000 })
  await announceTable(database, 'faces')
  expect(heard.at(-1)).toEqual(['faces'])
  await changes.close()
  await database.close()
  rmSync(home, { recursive: true })
}, 120_000)
