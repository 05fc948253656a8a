import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../core/api/contract'
import { createSupabase } from '../../core/supabase/client'
import { postgresAvailable } from '../factories/database'
import { poolerAvailable, startPooler } from '../factories/pgbouncer'
import { startProxy } from '../factories/proxy'
import { connect, signInAsAdmin } from './harness/client'
import { semblance } from './harness/command'
import { freshHome, type Home } from './harness/directories'
import { type RunningHost, startHost } from './harness/host'
import { preparePhotos } from './harness/photos'
import { type RunningProject, startProject } from './harness/project'

/**
 * Real: everything, in processes of their own. The project is a host with embedded services on a PostgreSQL; the host
 * under test works with it as with any Supabase project, and has no services of its own.
 */
const soon = { timeout: 60_000, interval: 200 }

describe.skipIf(!(await postgresAvailable()))('a host on a Supabase project', () => {
  let project: RunningProject
  let photo: Buffer
  let home: Home
  let host: RunningHost | null = null

  beforeAll(async () => {
    project = await startProject()
    await signInAsAdmin(project.host().url)
    const directory = mkdtempSync(join(tmpdir(), 'semblance-photos-'))
    photo = readFileSync((await preparePhotos(directory)).face.file)
    rmSync(directory, { recursive: true })
    home = await freshHome()
  })
  afterEach(async () => {
    await host?.stop()
    host = null
    await project.restart()
  })
  afterAll(async () => {
    home.remove()
    await project.close()
  })

  /** Signs up at the project, as the site does, and sends a photo there. */
  async function signUpWithPhoto(): Promise<{ id: string; image_path: string; token: string }> {
    const supabase = createSupabase({
      url: project.host().url,
      key: project.environment().SEMBLANCE_SUPABASE_KEY ?? '',
    })
    const email = `${randomUUID()}@school.edu`
    const { data, error } = await supabase.auth.signUp({ email, password: 'correct horse battery' })
    if (error || !data.session || !data.user) throw error ?? new Error('no session')
    const image_path = `${data.user.id}/${randomUUID()}.png`
    const sent = await supabase.storage.from('faces').upload(image_path, photo, { contentType: 'image/png' })
    if (sent.error) throw sent.error
    return { id: data.user.id, image_path, token: data.session.access_token }
  }

  const faceOf = async (client: Client, id: string) => (await client.accounts.get({ id })).face_list[0]

  async function expectPhoto(url: string | null | undefined): Promise<void> {
    expect(url).toMatch(new RegExp(`^${project.host().url}/storage/v1/`))
    const answer = await fetch(url ?? '')
    expect(answer.status).toBe(200)
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(100)
  }

  it('signs in, stores, analyses and hears changes through the project, with nothing of its own', async () => {
    host = await startHost(home, project.environment())
    expect(await connect(host.url).overview.hello()).toMatchObject({
      mode: 'shared',
      supabase_url: project.host().url,
      publishable_key: project.environment().SEMBLANCE_SUPABASE_KEY,
      needs_first_admin: false,
    })
    const admin = await signInAsAdmin(host.url)
    const heard = await hear(admin)
    const person = await signUpWithPhoto()
    const client = connect(host.url, { authorization: `Bearer ${person.token}` })
    expect(await client.accounts.me()).toMatchObject({ id: person.id, role: 'user' })
    await client.accounts.addFace({ profile_id: person.id, image_path: person.image_path })
    await expect.poll(async () => (await faceOf(client, person.id))?.job?.status, soon).toBe('completed')
    const face = await faceOf(admin, person.id)
    expect(face?.analyzed_at).toBeInstanceOf(Date)
    await expectPhoto(face?.image_url)
    await expectPhoto(face?.thumbnail_url)
    expect([...heard.tables]).toEqual(expect.arrayContaining(['profiles', 'faces', 'match_jobs']))
    heard.stop()

    expect(existsSync(join(home.path, 'keys.json'))).toBe(false)
    expect(existsSync(join(home.path, 'storage'))).toBe(false)
    expect((await fetch(`${host.url}/auth/v1/settings`)).status).toBe(404)
    const policy = (await fetch(host.console)).headers.get('content-security-policy')
    expect(policy).toContain(`connect-src 'self' ${project.host().url} ws://`)
  })

  it('without a secret key shows photos as the caller may see them, does no jobs, and says why', async () => {
    const keyless = project.environment({ secretKey: false })
    host = await startHost(home, keyless)
    const admin = await signInAsAdmin(host.url)
    const person = await signUpWithPhoto()
    await admin.accounts.addFace({ profile_id: person.id, image_path: person.image_path })
    // The project's own worker does it.
    await expect.poll(async () => (await faceOf(admin, person.id))?.job?.status, soon).toBe('completed')
    const first = await faceOf(admin, person.id)
    await expectPhoto(first?.image_url)
    expect((await faceOf(admin, person.id))?.image_url).toBe(first?.image_url)
    const themselves = connect(host.url, { authorization: `Bearer ${person.token}` })
    await expectPhoto((await faceOf(themselves, person.id))?.image_url)

    const { worker } = await admin.overview.get()
    expect(worker).toMatchObject({ state: 'stopped', completed: 0 })
    expect(worker.message).toContain('SEMBLANCE_SUPABASE_SECRET_KEY')
    await expect(admin.accounts.removeSecondFactors({ id: person.id })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('SEMBLANCE_SUPABASE_SECRET_KEY') as string,
    })
    await host.stop()
    host = null
    const { code, output } = await semblance(home, keyless, 'worker', '--drain')
    expect(output).toContain('SEMBLANCE_SUPABASE_SECRET_KEY')
    expect(code).toBe(3)
  })

  it('says that the project is gone, burns no attempt meanwhile, and heals when it is back', async () => {
    host = await startHost(home, project.environment())
    const { url } = host
    const admin = await signInAsAdmin(url)
    const person = await signUpWithPhoto()
    const health = async () => (await connect(url).overview.health()).find(({ id }) => id === 'project')
    await expect.poll(health, soon).toMatchObject({ state: 'ok', message: null })
    await project.kill()
    await onDatabase(
      `insert into public.faces (profile_id, image_path) values ('${person.id}', '${person.image_path}')`,
    )
    await expect.poll(health, soon).toMatchObject({
      state: 'away',
      message: expect.stringContaining("can't be reached: nothing answers there") as string,
      nextTry: expect.any(Date) as Date,
    })
    await expect
      .poll(async () => (await admin.overview.get()).worker, soon)
      .toMatchObject({
        state: 'waiting',
        message: expect.stringMatching(/^Storage does not answer/) as string,
      })
    await expect(admin.accounts.removeSecondFactors({ id: person.id })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
    // What needs the database alone goes on; photos are missing, not the page.
    expect(await faceOf(admin, person.id)).toMatchObject({
      image_url: null,
      job: { status: 'pending', attempts: 0 },
    })

    await project.restart()
    await expect.poll(health, soon).toMatchObject({ state: 'ok', message: null })
    await expect
      .poll(async () => (await faceOf(admin, person.id))?.job, { ...soon, timeout: 120_000 })
      .toMatchObject({ status: 'completed', attempts: 1 })
    await expect.poll(async () => (await admin.overview.get()).worker.state, soon).toBe('idle')
    await expectPhoto((await faceOf(admin, person.id))?.image_url)
  })

  it('says that the database is gone, refuses in words, and heals when it is back', async () => {
    const proxy = await startProxy(project.databaseUrl)
    try {
      host = await startHost(home, {
        ...project.environment(),
        SEMBLANCE_DATABASE_URL: proxy.urlThrough(project.databaseUrl),
      })
      const { url } = host
      const admin = await signInAsAdmin(url)
      const heard = await hear(admin)
      const health = async () => (await connect(url).overview.health()).find(({ id }) => id === 'database')
      await expect.poll(health, soon).toMatchObject({ state: 'ok' })
      await proxy.refuse()
      await expect(admin.accounts.list({})).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        message: expect.stringContaining('database') as string,
      })
      await expect.poll(health, soon).toMatchObject({
        state: 'away',
        message: expect.stringContaining("can't be reached") as string,
      })
      await expect.poll(() => heard.tables.has('servers') || heard.tables.has('database'), soon).toBe(true)
      heard.tables.clear()
      await proxy.heal()
      await expect.poll(health, soon).toMatchObject({ state: 'ok', message: null })
      await admin.accounts.list({})
      const person = await signUpWithPhoto()
      await admin.accounts.addFace({ profile_id: person.id, image_path: person.image_path })
      await expect.poll(() => heard.tables.has('match_jobs'), soon).toBe(true)
      heard.stop()
    } finally {
      await host?.stop()
      host = null
      await proxy.close()
    }
  })

  it.skipIf(!poolerAvailable())('hears of changes behind a pooler in transaction mode, too', async () => {
    const pooler = await startPooler()
    try {
      host = await startHost(home, {
        ...project.environment(),
        SEMBLANCE_DATABASE_URL: pooler.urlThrough(project.databaseUrl),
      })
      const admin = await signInAsAdmin(host.url)
      await expect.poll(async () => (await admin.servers.current()).changes, soon).toBe('realtime')
      const heard = await hear(admin)
      const person = await signUpWithPhoto()
      await admin.accounts.addFace({ profile_id: person.id, image_path: person.image_path })
      await expect.poll(async () => (await faceOf(admin, person.id))?.job?.status, soon).toBe('completed')
      await expect.poll(() => heard.tables.has('match_jobs'), soon).toBe(true)
      heard.stop()
    } finally {
      await host?.stop()
      host = null
      await pooler.close()
    }
  })

  async function onDatabase(statement: string): Promise<void> {
    const client = new pg.Client({ connectionString: project.databaseUrl })
    await client.connect()
    try {
      await client.query(statement)
    } finally {
      await client.end()
    }
  }
})

/** Collects the names that the stream of changes tells. Hears once it resolves. */
async function hear(client: Client): Promise<{ tables: Set<string>; stop: () => void }> {
  const tables = new Set<string>()
  const abort = new AbortController()
  const changes = await client.overview.changes(undefined, { signal: abort.signal })
  const listen = async () => {
    for await (const names of changes) for (const name of names) tables.add(name)
  }
  void listen().catch(() => undefined)
  return { tables, stop: () => abort.abort() }
}
