import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createSupabase } from '../../core/supabase/client'
import { postgresAvailable } from '../factories/database'
import { startProxy, type Proxy } from '../factories/proxy'
import { connect, signInAsAdmin } from './harness/client'
import { semblance } from './harness/command'
import { freshHome, type Home } from './harness/directories'
import { type RunningHost, startHost } from './harness/host'
import { type RunningProject, startProject } from './harness/project'

const photo = 'drawn-face.heic'

/** Real: everything, in processes of their own; the project is a host with embedded services, as in shared.test.ts. */
describe.skipIf(!(await postgresAvailable()))('a laptop without a network', () => {
  let project: RunningProject
  let proxy: Proxy
  let home: Home
  let host: RunningHost | null = null
  const folder = mkdtempSync(join(tmpdir(), 'semblance-photos-'))

  beforeAll(async () => {
    project = await startProject()
    proxy = await startProxy(project.databaseUrl)
    await signInAsAdmin(project.host().url)
  })
  afterEach(async () => {
    await host?.stop()
    host = null
  })
  afterAll(async () => {
    home?.remove()
    rmSync(folder, { recursive: true, force: true })
    await proxy?.close()
    await project?.close()
  })

  const environment = (): NodeJS.ProcessEnv => ({
    ...project.environment(),
    SEMBLANCE_DATABASE_URL: proxy.urlThrough(project.databaseUrl),
  })

  it('starts where it was in order before, and lets a curator go on with imports alone', async () => {
    home = await freshHome()
    const settings = environment()
    await proxy.refuse()
    const never = await semblance(home, settings, 'start')
    expect(never.code).toBe(3)
    await proxy.heal()

    host = await startHost(home, settings)
    const supabase = createSupabase({ url: project.host().url, key: settings.SEMBLANCE_SUPABASE_KEY ?? '' })
    const { data } = await supabase.auth.signInWithPassword({
      email: 'ada@school.edu',
      password: 'correct horse battery',
    })
    const headers = { authorization: `Bearer ${data.session?.access_token}` }
    expect(await connect(host.url, headers).imports.list()).toEqual([])
    await host.stop()

    await proxy.refuse()
    await project.kill()
    host = await startHost(home, settings)
    const client = connect(host.url, headers)
    expect(await client.overview.hello()).toMatchObject({ mode: 'shared', needs_first_admin: false })
    expect(await client.accounts.me()).toMatchObject({ email: 'ada@school.edu', role: 'admin' })
    const photos = join(folder, 'Ann Onym')
    mkdirSync(photos, { recursive: true })
    copyFileSync(join(import.meta.dirname, '../fixtures/photos', photo), join(photos, photo))
    const { id } = await client.imports.create({ path: folder })
    await expect
      .poll(async () => (await client.imports.get({ id })).is_planned, { timeout: 120_000 })
      .toBe(true)
    await expect(client.celebrities.list({})).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await expect(client.imports.publish({ id })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await expect(connect(host.url).imports.list()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })

    await proxy.heal()
    await expect.poll(async () => (await client.celebrities.list({})).total, { timeout: 120_000 }).toBe(0)
  })
})
