import { createServer as createHttpServer } from 'node:http'
import { readdir } from 'node:fs/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openProject, type EmbeddedProject } from '../../../tests/contract/project'
import { check, listening, look } from '../../../tests/factories/connection-checks'
import { createEmptyDatabase, createTestDatabase, postgresAvailable } from '../../../tests/factories/database'
import { poolerAvailable, startPooler } from '../../../tests/factories/pgbouncer'
import type { ConnectionSettings } from './connection-config'
import { appPaths } from '../paths'

/** Real: PostgreSQL, PgBouncer, the embedded services over HTTP as the project. */

describe.skipIf(!(await postgresAvailable()))('a database', () => {
  let empty: Awaited<ReturnType<typeof createEmptyDatabase>>
  let project: EmbeddedProject
  const dropped: (() => Promise<void>)[] = []
  const urlOfProject = () => `postgresql://postgres@${project.database.location}`

  beforeAll(async () => {
    empty = await createEmptyDatabase()
    project = await openProject('postgres')
  })
  afterAll(async () => {
    await project?.close()
    await empty?.drop()
    for (const drop of dropped) await drop()
  })

  it('that is empty will be set up, or, where it is shared, is set up by a command', async () => {
    expect(await look({ databaseUrl: empty.url }, 'database-schema')).toMatchObject({ state: 'warning' })
    const shared = {
      databaseUrl: empty.url,
      supabaseUrl: project.url,
      publishableKey: project.publishableKey,
    }
    const found = await look(shared, 'database-schema')
    expect(found).toMatchObject({
      state: 'failed',
      text: expect.stringContaining('semblance migrate') as string,
    })
    expect((await look({ databaseUrl: empty.url }, 'database-vector')).text).toContain(
      'the migration switches it on',
    )
  })

  it('that holds somebody else’s tables wants to be adopted', async () => {
    const foreign = await createEmptyDatabase()
    dropped.push(foreign.drop)
    await query(foreign.url, 'create table public.profiles (id uuid primary key)')
    const found = await look({ databaseUrl: foreign.url }, 'database-schema')
    expect(found).toMatchObject({
      state: 'failed',
      text: expect.stringContaining('migrate --adopt') as string,
    })
  })

  it('that is behind or newer says which migrations', async () => {
    const other = await createTestDatabase('postgres')
    dropped.push(other.close)
    const url = `postgresql://postgres@${other.database.location}`
    const [latest] = (await readdir(appPaths().migrations))
      .filter((file) => file.endsWith('.sql'))
      .sort()
      .reverse()
    await query(url, `delete from semblance.migrations where name = '${latest.replace(/\.sql$/, '')}'`)
    expect((await look({ databaseUrl: url }, 'database-schema')).text).toContain('1 migration behind')
    await query(url, `insert into semblance.migrations (name, sha256) values ('9999_future', '')`)
    expect((await look({ databaseUrl: url }, 'database-schema')).text).toMatch(/newer.*9999_future.*Update/)
  })

  it('with pgvector in another schema says the statement that moves it', async () => {
    const other = await createEmptyDatabase()
    dropped.push(other.drop)
    await query(other.url, 'create extension vector')
    const found = await look({ databaseUrl: other.url }, 'database-vector')
    expect(found.text).toMatch(/in the schema “public”.*alter extension vector set schema extensions/)
  })

  it('is looked at without leaving anything behind', async () => {
    const before = await query(empty.url, `select count(*) from pg_class`)
    await check({ databaseUrl: empty.url })
    expect(await query(empty.url, `select count(*) from pg_class`)).toEqual(before)
  })

  it('behind a pooler in transaction mode works, with a warning of what that costs', async () => {
    if (!poolerAvailable()) return
    const pooler = await startPooler()
    try {
      const found = await look({ databaseUrl: pooler.urlThrough(urlOfProject()) }, 'database-changes', 10_000)
      expect(found).toMatchObject({
        state: 'warning',
        text: expect.stringMatching(/transaction mode.*5432/) as string,
      })
    } finally {
      await pooler.close()
    }
    expect((await look({ databaseUrl: urlOfProject() }, 'database-changes')).state).toBe('ok')
  })

  describe('and the project that it is of', () => {
    const settings = (other: ConnectionSettings = {}): ConnectionSettings => ({
      databaseUrl: urlOfProject(),
      supabaseUrl: project.url,
      publishableKey: project.publishableKey,
      secretKey: project.secretKey,
      ...other,
    })

    it('are found to be in order', async () => {
      const wrong = (await check(settings())).filter(({ state }) => state !== 'ok')
      expect(wrong).toEqual([])
    })

    it('are told apart from those that do not belong together', async () => {
      const { error } = await signUp(project)
      expect(error).toBeNull()
      const apart = await look(settings({ databaseUrl: empty.url }), 'project-together')
      expect(apart).toMatchObject({ state: 'failed', field: 'databaseUrl' })
      expect((await look(settings(), 'project-together')).text).toContain('Both hold the same accounts.')
    })

    it('keys of another project are refused, each at its field', async () => {
      const key = await look(settings({ publishableKey: `sb_publishable_${'x'.repeat(32)}` }), 'project-key')
      expect(key).toMatchObject({ state: 'failed', field: 'publishableKey' })
      const secret = await look(settings({ secretKey: `sb_secret_${'x'.repeat(43)}` }), 'project-secret')
      expect(secret).toMatchObject({ state: 'failed', field: 'secretKey' })
      const exchanged = await check(settings({ publishableKey: project.secretKey }))
      expect(exchanged[0]).toMatchObject({ state: 'failed', field: 'publishableKey' })
      expect(exchanged[0].message).not.toContain('SEMBLANCE_')
      const none = await look(settings({ secretKey: '' }), 'project-secret')
      expect(none).toMatchObject({ state: 'warning', text: expect.stringContaining('no jobs') as string })
    })

    it('a web server that is no project is told from one', async () => {
      const web = await listening(
        createHttpServer((_request, response) => response.end('<html>hello</html>')),
      )
      const found = await look(settings({ supabaseUrl: `http://127.0.0.1:${web.port}` }), 'project-reach')
      web.close()
      expect(found).toMatchObject({
        state: 'failed',
        text: expect.stringContaining('no Supabase project') as string,
      })
      const nobody = await look(settings({ supabaseUrl: `http://127.0.0.1:${web.port}` }), 'project-reach')
      expect(nobody.text).toContain('Nothing listens')
    })

    it('a bucket of faces that is public is found', async () => {
      await project.query(`update storage.buckets set public = true where id = 'faces'`)
      const found = await look(settings(), 'project-buckets')
      await project.query(`update storage.buckets set public = false where id = 'faces'`)
      expect(found).toMatchObject({ state: 'failed', text: expect.stringContaining('private') as string })
    })
  })
})

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(text)
    return rows
  } finally {
    await client.end()
  }
}

async function signUp({ url, publishableKey }: EmbeddedProject): Promise<{ error: string | null }> {
  const response = await fetch(`${url}/auth/v1/signup`, {
    method: 'POST',
    headers: { apikey: publishableKey, 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ada@school.edu', password: 'correct horse battery' }),
  })
  return { error: response.ok ? null : await response.text() }
}
