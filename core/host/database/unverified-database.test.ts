import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Database } from '../../database/connect'
import type { Outage } from '../../database/engine'
import { SemblanceError } from '../../model/errors'
import { untilVerified } from './unverified-database'

// Real: what stands between a database and its callers. Not real: the database, and the clock.

let outage: Outage | null
let isBack: boolean
let tellRaw: (outage: Outage | null) => void
let schema: 'right' | 'behind'
let said: string[]
let called: string[]
let heard: (string | null)[]
let database: Database

const gone: Outage = { since: new Date(), reason: 'It is away.', nextTryAt: new Date() }

beforeEach(() => {
  vi.useFakeTimers()
  outage = gone
  isBack = false
  schema = 'right'
  said = []
  called = []
  heard = []
  /** As the real one: a call in an outage tries the database, and ends the outage where it answers. */
  const door = (name: string) => async () => {
    if (outage && !isBack) throw new SemblanceError('UNAVAILABLE', 'It is away.')
    if (outage) {
      outage = null
      tellRaw(null)
    }
    called.push(name)
  }
  const raw = {
    outage: () => outage,
    onOutage(listener: typeof tellRaw) {
      tellRaw = listener
      return () => undefined
    },
    ...{ asUser: door('user'), asAnonymous: door('anonymous'), asService: door('service') },
    ...{ asOwner: door('owner'), close: () => Promise.resolve() },
  } as unknown as Database
  database = untilVerified(raw, {
    verify: () =>
      schema === 'right'
        ? Promise.resolve()
        : Promise.reject(
            new SemblanceError('UNAVAILABLE', 'It is 1 migration behind: run semblance migrate.'),
          ),
    say: (line) => said.push(line),
  })
  database.onOutage((found) => heard.push(found?.reason ?? null))
})
afterEach(async () => {
  await database.close()
  vi.useRealTimers()
})

const ask = () => database.asService((tx) => sql`select 1`.execute(tx))

test('while it is away calls fail as ever, and once it is back and in order they go on', async () => {
  await expect(ask()).rejects.toMatchObject({ message: 'It is away.' })
  expect(database.outage()).toBe(gone)
  isBack = true
  await ask()
  expect(called).toContain('service')
  expect(database.outage()).toBeNull()
  expect(heard.at(-1)).toBeNull()
  expect(said).toEqual([])
})

test('one that is found behind says so once, is not touched, and is taken up once it was migrated', async () => {
  schema = 'behind'
  isBack = true
  for (const call of [ask, ask]) {
    await expect(call()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: 'It is 1 migration behind: run semblance migrate.',
    })
  }
  expect(called).not.toContain('service')
  expect(said).toEqual([
    'It is 1 migration behind: run semblance migrate. Until then nothing is published from here; only imports on this machine go on.',
  ])
  expect(database.outage()?.reason).toContain('run semblance migrate')
  expect(heard.at(-1)).toContain('run semblance migrate')
  await vi.advanceTimersByTimeAsync(31_000)
  expect(said).toHaveLength(1)
  schema = 'right'
  await vi.advanceTimersByTimeAsync(31_000)
  expect(database.outage()).toBeNull()
  expect(heard.at(-1)).toBeNull()
  await ask()
  expect(called).toContain('service')
})

test('that it answers again is heard without a call', async () => {
  isBack = true
  outage = null
  tellRaw(null)
  await vi.advanceTimersByTimeAsync(0)
  expect(heard).toEqual([null])
  outage = gone
  tellRaw(gone)
  expect(heard).toEqual([null, 'It is away.'])
})
