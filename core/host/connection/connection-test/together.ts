import type pg from 'pg'
import type { SupabaseConfig } from '../connection-config'
import { readTarget } from './database-address'
import { logIn } from './database-login'
import { ask, isObject } from './project'
import { failed, type Finding, ok, skipped, type Step, warning } from './steps'

/** What shows only in both together: the photos' buckets, and that the database is that project's. */
export function togetherSteps(databaseUrl: string, project: SupabaseConfig): Step[] {
  const withClient = async (signal: AbortSignal, look: (client: pg.Client) => Promise<Finding>) => {
    const client = await logIn(readTarget(databaseUrl), signal)
    try {
      return await look(client)
    } finally {
      await client.end().catch(() => undefined)
    }
  }
  return [
    {
      ...{ id: 'project-together', name: 'One project', part: 'project', field: 'databaseUrl' },
      needs: ['database-login', 'project-reach'],
      look: (signal) => withClient(signal, (client) => belongTogether(client, databaseUrl, project, signal)),
    },
    {
      ...{ id: 'project-buckets', name: 'Buckets', part: 'project', field: 'supabaseUrl' },
      needs: ['database-login', 'project-reach'],
      look: (signal) => withClient(signal, checkBuckets),
    },
  ]
}

/** The project that an address or a user names, where Supabase's own names are used. */
export function projectOf(databaseUrl: URL): string | null {
  const direct = /^db\.([a-z0-9]+)\.supabase\.co$/.exec(databaseUrl.hostname)
  const pooled = /\.pooler\.supabase\.com$/.test(databaseUrl.hostname)
    ? /\.([a-z0-9]+)$/.exec(decodeURIComponent(databaseUrl.username))
    : null
  return direct?.[1] ?? pooled?.[1] ?? null
}

async function belongTogether(
  client: pg.Client,
  databaseUrl: string,
  { url, secretKey }: SupabaseConfig,
  signal: AbortSignal,
): Promise<Finding> {
  const byUrl = /^([a-z0-9]+)\.supabase\.co$/.exec(new URL(url).hostname)?.[1] ?? null
  const byDatabase = projectOf(new URL(databaseUrl))
  if (byUrl && byDatabase) {
    return byUrl === byDatabase
      ? ok(`Both are the project ${byUrl}.`)
      : failed(
          `The database is that of ${byDatabase}, the URL that of ${byUrl}.`,
          'Take both from the same project.',
        )
  }
  if (!secretKey) return skipped('Only the secret key can tell whether they hold the same accounts.')
  return compareAccounts(client, { url, key: secretKey, signal })
}

/** Accounts are the project's and the database's at once: one that Auth knows must stand in the table. */
async function compareAccounts(
  client: pg.Client,
  options: { url: string; key: string; signal: AbortSignal },
): Promise<Finding> {
  const { status, body } = await ask(options, '/auth/v1/admin/users?page=1&per_page=5')
  if (status !== 200 || !isObject(body) || !Array.isArray(body.users)) {
    return skipped('The secret key was refused, and only it can tell.')
  }
  const ids = (body.users as { id: string }[]).map(({ id }) => id)
  const { rows: table } = await client.query<{ there: boolean }>(
    `select to_regclass('auth.users') is not null as there`,
  )
  if (!table[0]?.there) {
    return failed(
      'This database has no accounts of a Supabase project (auth.users is missing).',
      'Give the database’s URL of that very project: Connect › Session pooler.',
    )
  }
  const { rows } = await client.query<{ known: number; any: boolean }>(
    `select (select count(*)::int from auth.users where id = any($1::uuid[])) as known,
       exists (select from auth.users) as any`,
    [ids],
  )
  const { known, any } = rows[0] ?? { known: 0, any: false }
  if (known < ids.length || (ids.length === 0 && any)) {
    return failed(
      'The project and the database hold different accounts.',
      'Take the URL, the keys and the database’s URL from the same project.',
    )
  }
  if (ids.length === 0) return ok('Neither holds an account yet.')
  return ok('Both hold the same accounts.')
}

async function checkBuckets(client: pg.Client): Promise<Finding> {
  const { rows: table } = await client.query<{ there: boolean; migrated: boolean }>(
    `select to_regclass('storage.buckets') is not null as there, to_regclass('semblance.migrations') is not null as migrated`,
  )
  if (!table[0]?.there) {
    return failed(
      'This database knows no Storage.',
      'Give the database’s URL of the project itself.',
      'databaseUrl',
    )
  }
  const { rows } = await client.query<{ id: string; public: boolean }>(
    `select id, coalesce(public, false) as public from storage.buckets where id in ('faces', 'celebrity-images')`,
  )
  return judgeBuckets(rows, table[0].migrated)
}

export function judgeBuckets(buckets: { id: string; public: boolean }[], isMigrated: boolean): Finding {
  if (buckets.some(({ id, public: isPublic }) => id === 'faces' && isPublic)) {
    return failed(
      'The bucket faces is public: anybody can read people’s photos by their address.',
      'Make it private in the dashboard: Storage › faces › Edit bucket.',
    )
  }
  const missing = ['faces', 'celebrity-images'].filter((id) => !buckets.some((bucket) => bucket.id === id))
  if (missing.length === 0) return ok('faces is private, and celebrity-images is there.')
  if (!isMigrated)
    return warning(`${missing.join(' and ')} not there yet.`, 'Connecting makes what is missing.')
  return failed(
    `The bucket ${missing.join(' and ')} is missing.`,
    'Create it in the dashboard (Storage): faces private, celebrity-images public.',
  )
}
