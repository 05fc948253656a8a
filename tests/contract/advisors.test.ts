import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMigratedDatabase, postgresAvailable } from '../factories/database'
import { testSkip } from '../factories/requirements'

const require = createRequire(import.meta.url)
const command = require.resolve('supabase/dist/supabase.js')

interface Finding {
  name: string
  level: 'INFO' | 'WARN' | 'ERROR'
  categories: string[]
  detail: string
}

/** The program that the package hands over to, for this platform. */
function programAvailable(): boolean {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const program = join('@supabase', `cli-${platform}-${process.arch}`, 'bin', `supabase${suffix}`)
  const isThere = existsSync(join(import.meta.dirname, '../../node_modules', program))
  return isThere || !testSkip('Supabase’s program for this platform', `${program} is not there`)
}

/** Supabase's own advisors look at a migrated database. Nothing is sent anywhere: the home is a fresh one. */
describe.runIf((await postgresAvailable()) && programAvailable())(
  "Supabase's advisors",
  () => {
    let home: string
    let server: Awaited<ReturnType<typeof createMigratedDatabase>>
    beforeAll(async () => {
      home = await mkdtemp(join(tmpdir(), 'semblance-advisors-'))
      server = await createMigratedDatabase()
      await run('telemetry', 'disable')
    })
    afterAll(async () => {
      await server.drop()
      await rm(home, { recursive: true, force: true })
    })

    async function run(...words: string[]): Promise<string> {
      const environment = {
        HOME: home,
        USERPROFILE: home,
        DO_NOT_TRACK: '1',
        SUPABASE_TELEMETRY_DISABLED: '1',
      }
      const { stdout } = await promisify(execFile)(process.execPath, [command, ...words], {
        env: { ...process.env, ...environment },
        timeout: 60_000,
      })
      return stdout
    }
    async function advise(): Promise<Finding[]> {
      const words = ['--type', 'all', '--level', 'info', '--fail-on', 'none', '--output-format', 'json']
      const url = new URL(server.url)
      // By itself it speaks TLS only, which a server for tests need not.
      if (!url.searchParams.has('sslmode')) url.searchParams.set('sslmode', 'disable')
      const answer = await run('db', 'advisors', '--db-url', url.href, ...words)
      const read = JSON.parse(answer) as { results: Finding[] } | Finding[]
      return Array.isArray(read) ? read : read.results
    }
    const said = (findings: Finding[]) =>
      findings
        .filter(({ level }) => level !== 'INFO')
        .map(({ level, name, detail }) => ({ level, name, detail }))

    test('find nothing at level warn or above, for security and for performance', async () => {
      const findings = await advise()
      // They did look: an index that nobody has used yet is worth a note to them.
      expect(findings.map(({ name }) => name)).toContain('unused_index')
      expect(said(findings)).toEqual([])
    })

    test('and would find what is wrong', async () => {
      const client = new pg.Client({ connectionString: server.url })
      await client.connect()
      await client.query(`
      create table public.careless (id integer primary key);
      grant select on public.careless to anon;
      create policy twice on public.profiles for select to authenticated using (id = auth.uid());
      create function public.careless_function() returns void language sql security definer as 'select'`)
      await client.end()
      expect(said(await advise()).map(({ name }) => name)).toEqual(
        expect.arrayContaining([
          'rls_disabled_in_public',
          'auth_rls_initplan',
          'multiple_permissive_policies',
          'function_search_path_mutable',
        ]),
      )
    })
  },
  120_000,
)
