import { createHash, createHmac, pbkdf2Sync, randomUUID } from 'node:crypto'
import { CompiledQuery, sql, type Transaction } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createEmptyDatabase,
  createMigratedDatabase,
  migrationsDirectory,
  postgresAvailable,
  testServer,
} from '../../tests/factories/database'
import type { Caller } from '../model/caller'
import { connectDatabase, type Database } from './connect'
import { migrate } from './migrate'
import { scramVerifier } from './scram'
import type { Tables } from './tables'

const [ada, grace] = [randomUUID(), randomUUID()]
const callerOf = (id: string): Caller => ({
  ...{ id, email: null, role: 'authenticated' },
  claims: { sub: id, role: 'authenticated' },
})

async function run(tx: Transaction<Tables>, text: string): Promise<Record<string, unknown>[]> {
  const { rows } = await tx.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text))
  return rows
}

test('a verifier is what PostgreSQL computes from the password', () => {
  const salt = Buffer.from('0123456789abcdef')
  const [, iterations, encoded, stored, server] =
    /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):(.+)$/.exec(scramVerifier('pencil', salt)) ?? []
  expect(Buffer.from(encoded, 'base64')).toEqual(salt)
  const salted = pbkdf2Sync('pencil', salt, Number(iterations), 32, 'sha256')
  const clientKey = createHmac('sha256', salted).update('Client Key').digest()
  expect(stored).toBe(createHash('sha256').update(clientKey).digest('base64'))
  expect(server).toBe(createHmac('sha256', salted).update('Server Key').digest('base64'))
})

describe.skipIf(!(await postgresAvailable()))('the login of callers', () => {
  let server: Awaited<ReturnType<typeof createEmptyDatabase>>
  let database: Database

  /** SQL as the server's superuser, in this database. */
  async function admin(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    const client = new pg.Client(server.url)
    await client.connect()
    try {
      return (await client.query<Record<string, unknown>>(text, values)).rows
    } finally {
      await client.end()
    }
  }

  const role = async () =>
    (await admin(`select 'semblance_caller_' || left(md5(current_database()), 8) as name`))[0][
      'name'
    ] as string

  beforeAll(async () => {
    server = await createMigratedDatabase()
    database = await connectDatabase({ url: server.url })
    for (const id of [ada, grace])
      await admin('insert into auth.users (id, email) values ($1, $2)', [id, `${id}@example.edu`])
  })
  afterAll(async () => {
    await database.close()
    await server.drop()
  })

  test('inherits nothing, may nothing, and has two roles to become', async () => {
    const name = await role()
    const [options] = await admin('select * from pg_catalog.pg_roles where rolname = $1', [name])
    expect(options).toMatchObject({
      ...{ rolcanlogin: true, rolinherit: false, rolsuper: false, rolcreaterole: false },
      ...{ rolcreatedb: false, rolreplication: false, rolbypassrls: false },
    })
    const grants = await admin(
      'select roleid::regrole::text as role from pg_auth_members where member = $1::regrole order by 1',
      [name],
    )
    expect(grants).toEqual([{ role: 'anon' }, { role: 'authenticated' }])
    const [{ stored }] = await admin('select rolpassword as stored from pg_authid where rolname = $1', [name])
    expect(stored).toMatch(/^SCRAM-SHA-256\$/)
  })

  test.each(['set role service_role', 'set role postgres', 'set session authorization postgres'])(
    'inside of a caller’s transaction "%s" is refused',
    async (statement) => {
      await expect(database.asUser(callerOf(ada), (tx) => run(tx, statement))).rejects.toMatchObject({
        code: '42501',
      })
      await expect(database.asAnonymous((tx) => run(tx, statement))).rejects.toMatchObject({ code: '42501' })
    },
  )

  test.each([
    'reset role',
    'set role none',
    'reset session authorization',
    'set session authorization default',
  ])('"%s" leads to somebody who may read nothing', async (statement) => {
    const select = async (table: string) =>
      database.asUser(callerOf(ada), async (tx) => {
        await run(tx, statement)
        return run(tx, `select * from ${table}`)
      })
    for (const table of ['public.profiles', 'auth.users', 'semblance.caller_logins', 'public.celebrities'])
      await expect(select(table)).rejects.toMatchObject({ code: '42501' })
  })

  test('no statement of a caller keeps the server busy for more than half a minute', async () => {
    const limit = (tx: Transaction<Tables>) => run(tx, 'show statement_timeout')
    expect(await database.asUser(callerOf(ada), limit)).toEqual([{ statement_timeout: '30s' }])
  })

  test('claims that are set anew inside reach another person, as documented, and no other role', async () => {
    const rows = await database.asUser(callerOf(ada), async (tx) => {
      await run(
        tx,
        `select set_config('request.jwt.claims', '{"sub":"${grace}","role":"service_role"}', true)`,
      )
      return run(tx, 'select id, current_user as role from public.profiles')
    })
    expect(rows).toEqual([{ id: grace, role: 'authenticated' }])
  })

  test('what is done to the session does not reach the next caller', async () => {
    const alone = await connectDatabase({ url: server.url }, { connections: 2 })
    await alone.asUser(callerOf(ada), async (tx) => {
      await run(tx, 'create temporary table profiles (id text)')
      await run(tx, `insert into pg_temp.profiles values ('not theirs')`)
      await run(tx, 'grant select on pg_temp.profiles to public')
      await run(tx, `set session role anon`)
      await run(tx, `set search_path = pg_temp`)
    })
    const rows = await alone.asUser(callerOf(grace), (tx) => run(tx, 'select id from profiles'))
    expect(rows).toEqual([{ id: grace }])
    await alone.close()
  })

  test('the host’s own doors keep the login of the URL', async () => {
    const login = (tx: Transaction<Tables>) => run(tx, 'select session_user as login')
    const own = decodeURIComponent(new URL(testServer).username) || 'postgres'
    expect(await database.asService(login)).toEqual([{ login: own }])
    expect(await database.asOwner(login)).toEqual([{ login: own }])
    expect(await database.asUser(callerOf(ada), login)).toEqual([{ login: await role() }])
    expect(await database.asAnonymous(login)).toEqual([{ login: await role() }])
  })

  test('several hosts at once make one login; deleting its row makes another password', async () => {
    const name = await role()
    const secret = async () =>
      (await admin('select password from semblance.caller_logins where role_name = $1', [name]))[0][
        'password'
      ]
    const stored = async () =>
      (await admin('select rolpassword from pg_authid where rolname = $1', [name]))[0]['rolpassword']
    const [before, verifier] = [await secret(), await stored()]
    await admin('delete from semblance.caller_logins')
    const hosts = await Promise.all(Array.from({ length: 5 }, () => connectDatabase({ url: server.url })))
    expect(await secret()).not.toBe(before)
    expect(await stored()).not.toBe(verifier)
    const changed = await stored()
    const other = await connectDatabase({ url: server.url })
    expect(await stored()).toBe(changed)
    await Promise.all([...hosts, other].map((host) => host.close()))
  })

  test('only its owner reads the password', async () => {
    const read = (tx: Transaction<Tables>) => run(tx, 'select * from semblance.caller_logins')
    for (const refused of [() => database.asService(read), () => database.asAnonymous(read)])
      await expect(refused()).rejects.toMatchObject({
        code: '42501',
      })
    await admin('grant usage on schema semblance to service_role')
    await admin('grant select on semblance.caller_logins to authenticated')
    await admin('grant usage on schema semblance to authenticated')
    expect(
      await database.asUser(callerOf(ada), (tx) => run(tx, 'select * from semblance.caller_logins')),
    ).toEqual([])
  })

  describe('a login that somebody else makes', () => {
    const made: string[] = []
    async function login(options: string, grants: string): Promise<string> {
      const name = `semblance_test_login_${randomUUID().slice(0, 8)}`
      made.push(name)
      await admin(`create role ${name} login noinherit ${options} password 'x'`)
      if (grants) await admin(`grant ${grants} to ${name}`)
      const url = new URL(server.url)
      url.username = name
      url.password = 'x'
      return url.href
    }
    const asGiven = (callersUrl: string) => connectDatabase({ url: server.url }, { callersUrl })
    afterAll(async () => {
      for (const name of made) {
        await admin(`drop owned by ${name}`)
        await admin(`drop role ${name}`)
      }
    })

    test('is used as it is', async () => {
      const given = await asGiven(await login('', 'anon, authenticated'))
      const [{ name }] = await given.asAnonymous((tx) => run(tx, 'select session_user as name'))
      expect(name).toBe(made.at(-1))
      await given.close()
    })

    test.each([
      ['superuser', ''],
      ['bypassrls', 'anon, authenticated'],
      ['createrole', 'anon, authenticated'],
      ['', 'anon, authenticated, service_role'],
      ['', 'anon, authenticated, postgres'],
      ['', 'anon, authenticated, pg_read_all_data'],
    ])('is refused where it could do too much: %s %s', async (options, grants) => {
      await expect(asGiven(await login(options, grants))).rejects.toMatchObject({
        code: 'BAD_REQUEST',
        message: expect.stringContaining('could become') as string,
      })
    })

    test('is refused where it can do too little, or is of another database', async () => {
      await expect(asGiven(await login('', 'anon'))).rejects.toThrow("can't become authenticated")
      const elsewhere = new URL(await login('', 'anon, authenticated'))
      elsewhere.pathname = '/template1'
      await expect(asGiven(elsewhere.href)).rejects.toThrow('another database')
    })

    test('is asked for, with the SQL, where the host may not make one', async () => {
      await admin('delete from semblance.caller_logins')
      const url = await login('', 'anon, authenticated')
      await admin(`grant usage on schema semblance to ${made.at(-1)!}`)
      await admin(`alter table semblance.caller_logins owner to ${made.at(-1)!}`)
      const failure: unknown = await connectDatabase({ url }).catch((error: unknown) => error)
      await admin(`alter table semblance.caller_logins owner to current_user`)
      expect(failure).toMatchObject({ code: 'UNAVAILABLE' })
      const { message } = failure as Error
      expect(message).toContain(`create role ${await role()} login noinherit`)
      expect(message).toContain('SEMBLANCE_CALLERS_DATABASE_URL')
    })
  })
})

test.skipIf(!(await postgresAvailable()))('before its migration a database has callers wait', async () => {
  const empty = await createEmptyDatabase()
  const database = await connectDatabase({ url: empty.url })
  const ask = () => database.asAnonymous((tx) => sql<{ ok: number }>`select 1 as ok`.execute(tx))
  await expect(ask()).rejects.toThrow('has not been migrated')
  await migrate({ url: empty.url }, { directory: migrationsDirectory })
  expect((await ask()).rows).toEqual([{ ok: 1 }])
  await database.close()
  await empty.drop()
})
