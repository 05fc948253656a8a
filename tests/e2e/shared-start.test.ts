import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createSupabase } from '../../core/supabase/client'
import { createEmptyDatabase, postgresAvailable } from '../factories/database'
import { connect, signInAsAdmin } from './harness/client'
import { semblance } from './harness/command'
import { freePort, freshHome, type Home } from './harness/directories'
import { type RunningHost, startHost } from './harness/host'
import { type RunningProject, startProject } from './harness/project'

/** Real: everything, in processes of their own; the project is a host with embedded services, as in shared.test.ts. */
describe.skipIf(!(await postgresAvailable()))('a host that is told of the wrong project', () => {
  let project: RunningProject
  let home: Home
  let host: RunningHost | null = null

  beforeAll(async () => {
    project = await startProject()
    await signInAsAdmin(project.host().url)
    home = await freshHome()
  })
  afterEach(async () => {
    await host?.stop()
    host = null
  })
  afterAll(async () => {
    home.remove()
    await project.close()
  })

  it.each([
    [
      'a publishable key of another project',
      { SEMBLANCE_SUPABASE_KEY: 'sb_publishable_of_another_project_00' },
      'does not know the publishable key',
    ],
    [
      'a secret key of another project',
      { SEMBLANCE_SUPABASE_SECRET_KEY: 'sb_secret_of_another_project_0000000000' },
      'does not take the secret key',
    ],
  ])('refuses to start with %s', async (_, change, message) => {
    const { code, output } = await semblance(home, { ...project.environment(), ...change }, 'start')
    expect(output).toContain(message)
    expect(output).not.toContain('of_another_project')
    expect(code).toBe(3)
  })

  it('refuses to start where something else answers, and starts where nothing does', async () => {
    const other = createServer((_, response) => response.writeHead(404).end('no')).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
    const refused = await semblance(home, { ...project.environment(), SEMBLANCE_SUPABASE_URL: url }, 'start')
    other.close()
    expect(refused.output).toContain(`What answers at ${url} is no Supabase project`)
    expect(refused.code).toBe(3)

    const nowhere = `http://127.0.0.1:${await freePort()}`
    host = await startHost(home, { ...project.environment(), SEMBLANCE_SUPABASE_URL: nowhere })
    const [away] = (await connect(host.url).overview.health()).filter(({ state }) => state === 'away')
    expect(away?.message).toContain(`Supabase at ${nowhere} can't be reached`)
  })

  it('refuses the database of another project, and one that it was not asked to change', async () => {
    const other = await createEmptyDatabase()
    try {
      const environment = { ...project.environment(), SEMBLANCE_DATABASE_URL: other.url }
      const empty = await semblance(home, environment, 'start')
      expect(empty.output).toContain('Run semblance migrate')
      expect(empty.code).toBe(3)
      expect((await semblance(home, environment, 'migrate')).code).toBe(0)
      const foreign = await semblance(home, environment, 'start')
      expect(foreign.output).toContain('is not that of the project at')
      expect(foreign.code).toBe(3)
    } finally {
      await other.drop()
    }
  })

  it('tells a sign-in of another project from one that has ended', async () => {
    host = await startHost(home, project.environment())
    const other = await startProject()
    try {
      await signInAsAdmin(other.host().url)
      const supabase = createSupabase({
        url: other.host().url,
        key: other.environment().SEMBLANCE_SUPABASE_KEY ?? '',
      })
      const { data } = await supabase.auth.signInWithPassword({
        email: 'ada@school.edu',
        password: 'correct horse battery',
      })
      const client = connect(host.url, { authorization: `Bearer ${data.session?.access_token}` })
      await expect(client.accounts.me()).rejects.toMatchObject({
        code: 'UNAUTHORIZED',
        data: { reason: 'other_project' },
        message: expect.stringContaining(`${other.host().url}/auth/v1`) as string,
      })
    } finally {
      await other.close()
    }
  })
})
