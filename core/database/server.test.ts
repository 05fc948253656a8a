import { randomUUID } from 'node:crypto'
import { createServer, type AddressInfo } from 'node:net'
import { sql } from 'kysely'
import pg from 'pg'
import { describe, expect, test, vi } from 'vitest'
import {
  createEmptyDatabase,
  createTestDatabase,
  postgresAvailable,
  testEngines,
  testServer,
} from '../../tests/factories/database'
import { connectDatabase } from './connect'
import { connectionProblem } from './connection-problem'
import { isOutage } from './outage'
import { openServer } from './server'
import { readUrl, urlFor } from './server-url'
import { databaseStatus } from './status'

describe('the URL of a server', () => {
  test.each([
    ['postgres://u:secret@db.example.org/semblance', 'db.example.org/semblance', 'require'],
    ['postgres://u:secret@db.example.org:6000/semblance', 'db.example.org:6000/semblance', 'require'],
    ['postgres://u@db.example.org/semblance?sslmode=disable', 'db.example.org/semblance', 'disable'],
    ['postgres://u@db.example.org/semblance?sslmode=verify-full', 'db.example.org/semblance', 'verify-full'],
    ['postgresql://u@localhost/semblance', 'localhost/semblance', null],
    ['postgresql://u@127.0.0.1:54329/semblance', '127.0.0.1:54329/semblance', null],
    ['postgresql://u@[::1]/semblance', '[::1]/semblance', null],
    ['postgresql:///semblance?host=/run/postgresql', '/run/postgresql/semblance', null],
  ])('%s is %s with TLS %s', (text, location, sslmode) => {
    const read = readUrl(text)
    expect(read.location).toBe(location)
    expect(new URL(read.connectionString).searchParams.get('sslmode')).toBe(sslmode)
  })

  test.each([
    ['not a url', 'is not one'],
    ['mysql://u@host/name', 'begins with postgres://'],
  ])('%s is refused', (text, reason) => {
    expect(() => readUrl(text)).toThrow(reason)
  })
})

test.each([
  ['postgres://postgres.ref:x@aws-0-eu-central-1.pooler.supabase.com:6543/postgres', true],
  ['postgres://postgres.ref:x@aws-0-eu-central-1.pooler.supabase.com:5432/postgres', false],
  ['postgres://u@db.example.org:6543/postgres', false],
])('%s is known for a transaction-mode pooler: %s', (text, known) => {
  expect(readUrl(text).isTransactionPooler).toBe(known)
})

test.each([
  ['postgres://postgres.ref:x@pooler.supabase.com/postgres', 'postgres', 'semblance_caller_1.ref'],
  ['postgres://jane.doe:x@db.example.org/app', 'jane.doe', 'semblance_caller_1'],
  ['postgresql:///app?host=/run/postgresql', 'postgres', 'semblance_caller_1'],
  ['postgresql://u@h/app?user=postgres.ref', 'postgres', 'semblance_caller_1.ref'],
])('the login of callers in %s, owned by %s, is %s', (text, owner, user) => {
  const { connectionString } = readUrl(text)
  const other = new URL(urlFor(connectionString, { user: 'semblance_caller_1', password: 'p&%' }, owner))
  const { user: used, password } = new pg.Client(other.href)
  expect({ used, password }).toEqual({ used: user, password: 'p&%' })
})

describe('a server out of reach is explained', () => {
  test.each([
    [
      'a name that nobody has',
      'postgres://u@no-such-host.invalid/x?sslmode=disable',
      'its name is not known',
    ],
    ['a port where nothing listens', 'postgres://u@127.0.0.1:9/x', 'nothing answers at that address'],
  ])('%s', async (_what, url, sentence) => {
    const failure = await connectDatabase({ url }).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining(sentence) as string,
    })
    expect(isOutage(failure)).toBe(true)
  })

  test('one without TLS', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.end('N')))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await expect(openServer(`postgres://u@127.0.0.1:${port}/x?sslmode=require`)).rejects.toThrow(
      'does not speak TLS',
    )
    server.close()
  })

  test.each([
    [{ code: '28P01' }, 'refused the user or the password'],
    [{ code: 'SELF_SIGNED_CERT_IN_CHAIN' }, 'certificate is not trusted'],
    [{ code: '53300' }, 'no connection left'],
    [{ code: '57P03' }, 'starting up'],
    [{ code: 'ENETUNREACH' }, 'needs IPv6'],
    [{ message: 'timeout expired' }, 'no answer in time'],
    [{ message: 'something else' }, 'something else'],
  ])('%j: %s', (fields, sentence) => {
    const problem = connectionProblem(Object.assign(new Error(), fields), 'host/name')
    expect(problem.message).toContain(`The database host/name can't be reached: `)
    expect(problem.message).toContain(sentence)
  })
})

describe.skipIf(!(await postgresAvailable()))('a real server', () => {
  test('a database that is missing is named', async () => {
    const url = new URL(testServer)
    url.pathname = '/semblance_missing'
    await expect(connectDatabase({ url: url.href })).rejects.toThrow('there is no such database')
  })

  test('two who listen to one channel at the same moment both hear', async () => {
    const server = await openServer(testServer, { connections: 2 })
    const channel = `semblance_test_${randomUUID()}`
    const heard: string[] = []
    await Promise.all(['a', 'b'].map((name) => server.listen(channel, () => heard.push(name))))
    await server.pool.query('select pg_notify($1, $2)', [channel, ''])
    await vi.waitFor(() => expect(heard.toSorted()).toEqual(['a', 'b']))
    await server.close()
  })

  test('connections that end, idle and in use, end no process', async () => {
    const empty = await createEmptyDatabase()
    const problems: Error[] = []
    const database = await connectDatabase(
      { url: empty.url },
      { onProblem: (problem) => problems.push(problem) },
    )
    const other = await openServer(empty.url, { connections: 1 })
    const endOthers = () =>
      other.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`)
    await endOthers()
    await vi.waitFor(() => expect(problems).toHaveLength(1))
    const cut = await database
      .asOwner(async (tx) => {
        await endOthers()
        await sql`select 1`.execute(tx)
      })
      .catch((error: unknown) => error)
    expect(isOutage(cut)).toBe(true)
    const { rows } = await database.asOwner((tx) => sql`select 1 as ok`.execute(tx))
    expect(rows).toEqual([{ ok: 1 }])
    await database.close()
    await other.close()
    await empty.drop()
  })
})

describe.each(await testEngines())('status on %s', (engine) => {
  test('says what runs where', async () => {
    const { database, close } = await createTestDatabase(engine)
    const status = await databaseStatus(database)
    expect(status).toMatchObject({ engine, location: database.location })
    expect(status.version).toMatch(/^\d+\.\d+/)
    expect(status.vector_version).toMatch(/^0\.8\.\d+$/)
    expect(status.migration).toMatch(/^\d{4}_\w+$/)
    expect(status.size_bytes).toBeGreaterThan(1_000_000)
    expect(status.latency_ms).toBeGreaterThanOrEqual(0)
    await close()
  })
})
