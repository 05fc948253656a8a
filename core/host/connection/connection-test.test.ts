import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { check, listening, look } from '../../../tests/factories/connection-checks'
import {
  findServerPrograms,
  startStrictServer,
  type StrictServer,
} from '../../../tests/factories/strict-server'
import { judgeRights, judgeVector } from './connection-test/database-content'
import { judgeClock } from './connection-test/database-login'
import { takeSteps } from './connection-test/steps'
import { judgeBuckets, projectOf } from './connection-test/together'

/** Real: sockets, name service, a PostgreSQL with TLS and passwords. Only what few servers answer is made up. */

describe('an address', () => {
  it('that is none is refused before anybody is asked', async () => {
    for (const databaseUrl of ['https://abc.supabase.co', 'postgres', 'postgres://']) {
      const [first, ...rest] = await check({ databaseUrl })
      expect(first, databaseUrl).toMatchObject({ state: 'failed', field: 'databaseUrl' })
      expect(rest.every(({ state }) => state === 'skipped')).toBe(true)
    }
  })

  it('still holds the placeholder of the dashboard, or a pooler’s user without a project', async () => {
    const placeholder = 'postgresql://postgres:[YOUR-PASSWORD]@db.abc.supabase.co:5432/postgres'
    expect((await look({ databaseUrl: placeholder }, 'database-url')).text).toContain('placeholder')
    const user = 'postgresql://postgres:x@aws-0-eu-central-1.pooler.supabase.com:5432/postgres'
    expect((await look({ databaseUrl: user }, 'database-url')).text).toContain('postgres.<project>')
  })

  it('with a name that nobody knows', async () => {
    const name = await look(
      { databaseUrl: 'postgresql://u:p@no-such-host.invalid/d?sslmode=disable' },
      'database-name',
    )
    expect(name.state).toBe('failed')
    expect(name.text).toMatch(/no-such-host\.invalid|name service/)
  })

  it('where nothing listens', async () => {
    const { port, close } = await listening(createServer())
    close()
    const found = await look({ databaseUrl: `postgresql://u:p@127.0.0.1:${port}/d` }, 'database-port')
    expect(found).toMatchObject({ state: 'failed', field: 'databaseUrl' })
    expect(found.text).toContain(`Nothing listens at 127.0.0.1, port ${port}.`)
  })

  it('where something else than PostgreSQL answers', async () => {
    const web = await listening(createHttpServer((_request, response) => response.end('hello')))
    const url = `postgresql://u:p@127.0.0.1:${web.port}/d`
    expect(await look({ databaseUrl: url }, 'database-language')).toMatchObject({
      state: 'failed',
      text: expect.stringContaining('web server') as string,
    })
    web.close()
    const mute = await listening(
      createServer((socket) => socket.on('data', () => socket.end('SSH-2.0-x\r\n'))),
    )
    const other = `postgresql://u:p@127.0.0.1:${mute.port}/d`
    expect((await look({ databaseUrl: other }, 'database-language')).text).toContain('no PostgreSQL')
    mute.close()
  })

  it('where a server says nothing is given up in time', async () => {
    const silent = await listening(createServer(() => undefined))
    const began = performance.now()
    const found = await look(
      { databaseUrl: `postgresql://u:p@127.0.0.1:${silent.port}/d` },
      'database-language',
      300,
    )
    silent.close()
    expect(found.text).toContain('No answer within')
    expect(performance.now() - began).toBeLessThan(3000)
  })
})

describe('a test that is cancelled', () => {
  it('ends at once and begins no other check', async () => {
    const controller = new AbortController()
    const begun: string[] = []
    const wait = () => new Promise<never>(() => undefined)
    const step = (id: string) =>
      ({ id, name: id, part: 'database', field: 'databaseUrl', look: wait }) as const
    setTimeout(() => controller.abort(), 50)
    for await (const one of takeSteps([step('a'), step('b')], controller.signal))
      begun.push(`${one.id} ${one.state}`)
    expect(begun).toEqual(['a running'])
  })
})

const programs = await findServerPrograms()

describe.skipIf(programs === null)('a server that wants passwords and speaks TLS', () => {
  let server: StrictServer
  beforeAll(async () => {
    server = await startStrictServer(programs ?? '')
  })
  afterAll(() => server?.close())

  it('refuses a wrong password, and the page says how passwords are written', async () => {
    const found = await look(
      { databaseUrl: server.urlOf('postgres', { password: 'wrong' }) },
      'database-login',
    )
    expect(found).toMatchObject({ state: 'failed', field: 'databaseUrl' })
    expect(found.text).toMatch(/refused the user “postgres” or the password.*percent-encoded/)
    expect((await look({ databaseUrl: server.urlOf('postgres') }, 'database-login')).state).toBe('ok')
  })

  it('knows no such database', async () => {
    const found = await look({ databaseUrl: server.urlOf('nowhere') }, 'database-login')
    expect(found.text).toContain('There is no database “nowhere”.')
  })

  it('has a certificate that is judged as sslmode asks', async () => {
    const encryption = async (query: string, host?: string) =>
      look(
        { databaseUrl: server.urlOf('postgres', { query, ...(host ? { host } : {}) }) },
        'database-encryption',
      )
    expect((await encryption('?sslmode=require')).state).toBe('ok')
    const own = await encryption('?sslmode=verify-full')
    expect(own).toMatchObject({
      state: 'failed',
      text: expect.stringContaining('signed by itself') as string,
    })
    const root = `&sslrootcert=${encodeURIComponent(server.certificate)}`
    expect(await encryption(`?sslmode=verify-full${root}`)).toMatchObject({ state: 'ok' })
    const name = await encryption(`?sslmode=verify-full${root}`, '127.0.0.1')
    expect(name).toMatchObject({ state: 'failed', text: expect.stringContaining('another name') as string })
    expect((await encryption(`?sslmode=verify-ca${root}`, '127.0.0.1')).state).toBe('ok')
    expect((await encryption('?sslmode=verify-full&sslrootcert=/no/such/file')).text).toContain(
      'can’t be read',
    )
  })
})

describe('what few servers answer', () => {
  it('is judged', () => {
    const vector = { installed: '0.8.0', schema: 'extensions', available: '0.8.0', may_create: true }
    expect(judgeVector({ ...vector, installed: '0.7.4' }).message).toContain('too old')
    expect(judgeVector({ ...vector, installed: null, available: null }).state).toBe('failed')
    expect(judgeVector({ ...vector, installed: null, may_create: false }).state).toBe('failed')
    expect(judgeClock(-400).state).toBe('ok')
    expect(judgeClock(10_000).message).toContain('behind')
    expect(judgeClock(-90_000)).toMatchObject({ state: 'failed' })
    const rights = {
      ...{ user: 'u', is_superuser: false, may_create_roles: true, missing_roles: [], not_granted: [] },
      ...{ has_tables: true, may_create_schemas: true },
    }
    expect(judgeRights(rights).state).toBe('ok')
    expect(judgeRights({ ...rights, not_granted: ['service_role'] }).remedy).toContain(
      'grant service_role to "u"',
    )
    expect(judgeRights({ ...rights, may_create_roles: false }).state).toBe('warning')
    expect(judgeBuckets([], true).state).toBe('failed')
    expect(judgeBuckets([], false).state).toBe('warning')
  })

  it('a project shows in Supabase’s own addresses', () => {
    expect(projectOf(new URL('postgres://postgres:x@db.abcdef.supabase.co:5432/postgres'))).toBe('abcdef')
    expect(projectOf(new URL('postgres://postgres.abcdef:x@a.pooler.supabase.com:6543/postgres'))).toBe(
      'abcdef',
    )
    expect(projectOf(new URL('postgres://postgres@localhost/postgres'))).toBeNull()
  })
})
