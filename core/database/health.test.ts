import { sql } from 'kysely'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createTestDatabase, createMigratedDatabase, postgresAvailable } from '../../tests/factories/database'
import { startProxy, type Proxy } from '../../tests/factories/proxy'
import { SemblanceError } from '../model/errors'
import { createChanges, type Changes } from './changes'
import { connectDatabase, type Database } from './connect'
import type { Outage } from './engine'
import { createHealth } from './health'
import { isOutage } from './outage'

// Real: the server, and a proxy in front of it that cuts, stalls and refuses.
describe.skipIf(!(await postgresAvailable()))('a server that goes and comes', () => {
  let server: Awaited<ReturnType<typeof createMigratedDatabase>>
  let proxy: Proxy
  let database: Database
  let changes: Changes

  const ask = (database: Database) =>
    database.asAnonymous((tx) =>
      sql<{ ok: number }>`select 1 as ok`.execute(tx).then(({ rows }) => rows[0].ok),
    )

  /** How a call ends, and after how long. */
  async function timed(call: () => Promise<unknown>) {
    const started = performance.now()
    const result = await call().catch((error: unknown) => error)
    return { result, seconds: (performance.now() - started) / 1000 }
  }

  beforeAll(async () => {
    server = await createMigratedDatabase()
  })
  afterAll(() => server.drop())
  beforeEach(async () => {
    proxy = await startProxy(server.url)
    database = await connectDatabase({ url: proxy.urlThrough(server.url) })
    changes = createChanges(database)
    await changes.ready
    expect(changes.source).toBe('listen')
    await Promise.all(Array.from({ length: 4 }, () => ask(database)))
  })
  afterEach(async () => {
    await proxy.heal()
    await changes.close()
    await database.close()
    await proxy.close()
  })

  test('connections that are cut are replaced, and nobody notices but those who listen', async () => {
    const heard: string[] = []
    changes.subscribe(['celebrities'], (tables) => heard.push(...tables))
    proxy.cut()
    expect(await ask(database)).toBe(1)
    expect(database.outage()).toBeNull()
    await vi.waitFor(() => expect(heard).toEqual(['celebrities']), { timeout: 5_000 })
  })

  test('a call in flight that is cut fails as an outage; the next one works', async () => {
    const cut = await timed(() =>
      database.asService(async (tx) => {
        setTimeout(() => proxy.cut(), 100)
        await sql`select pg_sleep(20)`.execute(tx)
      }),
    )
    expect(isOutage(cut.result)).toBe(true)
    expect(cut.seconds).toBeLessThan(2)
    expect(await ask(database)).toBe(1)
  })

  test('a server that refuses is away, in words and with the next try; it is back with the first call', async () => {
    const states: (Outage | null)[] = []
    database.onOutage((outage) => states.push(outage))
    const heard: string[] = []
    changes.subscribe(['celebrities', 'database'], (tables) => heard.push(...tables))
    await proxy.refuse()
    for (let calls = 0; calls < 3; calls += 1) {
      const { result, seconds } = await timed(() => ask(database))
      expect(result).toMatchObject({ code: 'UNAVAILABLE' })
      expect((result as Error).message).toContain('nothing answers at that address')
      expect(seconds).toBeLessThan(2)
    }
    const outage = database.outage()
    expect(outage?.reason).toContain('nothing answers')
    expect(outage?.nextTryAt.getTime()).toBeGreaterThan(outage!.since.getTime())
    expect(heard).toContain('database')
    await proxy.heal()
    heard.length = 0
    expect(await ask(database)).toBe(1)
    expect(database.outage()).toBeNull()
    expect(states.at(-1)).toBeNull()
    expect(heard).toContain('celebrities')
    await database.asOwner((tx) =>
      tx.insertInto('celebrities').values({ name: 'Back', image_path: 'b.png' }).execute(),
    )
    await vi.waitFor(
      () => expect(heard.filter((name) => name === 'celebrities').length).toBeGreaterThan(2),
      5_000,
    )
  })

  test('it comes back by itself, with nobody calling', async () => {
    await proxy.refuse()
    await ask(database).catch(() => undefined)
    expect(database.outage()).not.toBeNull()
    await proxy.heal()
    await vi.waitFor(() => expect(database.outage()).toBeNull(), { timeout: 5_000 })
  })

  test('a way that stalls lets nobody hang; many callers make few tries', async () => {
    const hanging = timed(() => database.asService((tx) => sql`select pg_sleep(60)`.execute(tx)))
    await sleep(200)
    proxy.stall()
    const first = await timed(() => Promise.allSettled(Array.from({ length: 20 }, () => ask(database))))
    expect(first.seconds).toBeLessThan(22)
    const { result, seconds } = await hanging
    expect(isOutage(result)).toBe(true)
    expect(seconds).toBeLessThan(22)
    expect(database.outage()?.reason).toContain('no answer in time')
    const [before, known] = [proxy.count(), await timed(() => ask(database))]
    expect(known.result).toMatchObject({ code: 'UNAVAILABLE' })
    expect(known.seconds).toBeLessThan(3)
    await Promise.allSettled(Array.from({ length: 50 }, () => ask(database)))
    expect(proxy.count() - before).toBeLessThan(6)
    await proxy.heal()
    // The probe that is under way still waits for the dead way; the call after it finds the new one.
    await vi.waitFor(async () => expect(await ask(database)).toBe(1), { timeout: 10_000 })
  }, 90_000)
})

describe('the book of outages', () => {
  const problem = () => new SemblanceError('UNAVAILABLE', 'Away.')

  test('pauses grow, are never the same for all hosts, and have an end', async () => {
    vi.useFakeTimers()
    for (const [random, spread] of [
      [0, 0.5],
      [0.999, 1],
    ]) {
      const { health, close } = createHealth({ probe: () => Promise.reject(problem()), random: () => random })
      const pauses: number[] = []
      health.onOutage((outage) => outage && pauses.push(outage.nextTryAt.getTime() - Date.now()))
      await health.check().catch(() => undefined)
      await vi.advanceTimersByTimeAsync(200_000)
      expect(pauses[0]).toBeCloseTo(500 * spread, -2)
      expect(pauses[1]).toBeCloseTo(1000 * spread, -2)
      expect(Math.max(...pauses)).toBeLessThanOrEqual(30_000)
      expect(pauses.at(-1)).toBeCloseTo(30_000 * spread, -3)
      close()
    }
    vi.useRealTimers()
  })

  test('one probe serves all who ask, and the outage keeps its beginning', async () => {
    let probes = 0
    let away = true
    const { health, close } = createHealth({
      async probe() {
        probes += 1
        await sleep(30)
        if (away) throw problem()
      },
    })
    await Promise.allSettled([health.check(), health.check(), health.check()])
    expect(probes).toBe(1)
    const since = health.outage()?.since
    const refused = await Promise.allSettled(Array.from({ length: 100 }, () => health.admit()))
    expect(refused.every(({ status }) => status === 'rejected')).toBe(true)
    expect(probes).toBeLessThan(4)
    expect(health.outage()?.since).toBe(since)
    away = false
    await health.admit()
    expect(health.outage()).toBeNull()
    close()
  })
})

test('the embedded database has no outage', async () => {
  const { database, close } = await createTestDatabase('pglite')
  expect(database.outage()).toBeNull()
  await close()
})
