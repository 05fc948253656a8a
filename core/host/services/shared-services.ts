import { sql } from 'kysely'
import type { Database } from '../../database/connect'
import { isOutage } from '../../database/outage'
import { SemblanceError } from '../../model/errors'
import { createSupabase } from '../../supabase/client'
import { createImages, type Images } from '../../supabase/images'
import { createCallersImages, keylessImages, keylessUsers, secretKeyMissing } from '../../supabase/keyless'
import { type ProjectFinding, probeProject } from '../../supabase/project'
import { createRealtimeChanges } from '../../supabase/realtime-changes'
import { createTokenVerifier } from '../../supabase/sessions'
import { createUsers, type Users } from '../../supabase/users'
import type { Config } from '../config'
import type { SupabaseConfig } from '../connection/connection-config'
import { keptKeys } from '../connection/kept-connection'
import type { Services } from './services'

/** Auth and Storage of a Supabase project. Nobody is asked yet. */
export function sharedServices(project: SupabaseConfig, { home, signedUrlTtl }: Config): Services {
  const { url, publishableKey, secretKey, jwtSecret } = project
  return {
    mode: 'shared',
    supabase: { url, publishableKey },
    verify: createTokenVerifier({
      url,
      ...(jwtSecret === null ? {} : { secret: jwtSecret }),
      keptKeys: keptKeys(home, url),
    }),
    ...hostsOwnRight(project, signedUrlTtl),
    routes: {},
    upgrade: null,
    worklessBecause:
      secretKey === null ? `${secretKeyMissing}, which analysing other people's photos needs.` : null,
    probe: (signal) => probeProject(project, signal),
    // Without the secret key it would be told of the rows of nobody.
    hints: secretKey === null ? null : createRealtimeChanges(createSupabase({ url, key: secretKey })),
    close: () => Promise.resolve(),
  }
}

/** With the secret key the host may do everything with photos and accounts; without, what the caller may. */
function hostsOwnRight(
  { url, publishableKey, secretKey }: SupabaseConfig,
  signedUrlSeconds: number,
): { images: Images; users: Users } & Pick<Services, 'imagesAs'> {
  if (secretKey === null) {
    return {
      images: keylessImages({ url, publishableKey }),
      imagesAs: createCallersImages({ url, publishableKey, signedUrlSeconds }),
      users: keylessUsers,
    }
  }
  const service = createSupabase({ url, key: secretKey })
  return { images: createImages(service, { signedUrlSeconds }), users: createUsers(service) }
}

/**
 * Looks, at the start, whether the project knows the keys and is the one whose database this is. One that can't be
 * reached just now is no reason not to start: it is tried again by itself.
 * @returns What is wrong for now, or null.
 * @throws SemblanceError UNAVAILABLE where only another configuration helps
 */
export async function checkProject(
  finding: ProjectFinding,
  { url }: SupabaseConfig,
  database: Database,
): Promise<string | null> {
  if (finding.kind === 'away') return finding.message
  if (finding.kind !== 'ok') {
    throw new SemblanceError('UNAVAILABLE', finding.message, { reason: finding.kind })
  }
  if (typeof finding.userId === 'string' && !(await knowsUser(database, finding.userId))) {
    throw new SemblanceError(
      'UNAVAILABLE',
      `The database ${database.location} is not that of the project at ${url}: it knows none of its accounts. ` +
        'Give SEMBLANCE_DATABASE_URL and SEMBLANCE_SUPABASE_URL of the same project.',
      { reason: 'other_project' },
    )
  }
  return null
}

/** True too where the login may not look, or nobody can for now. */
async function knowsUser(database: Database, id: string): Promise<boolean> {
  try {
    return await database.asOwner(async (tx) => {
      const { rows } = await sql<{ there: boolean }>`
        select exists (select from auth.users where id = ${id}) as there`.execute(tx)
      return rows[0]?.there ?? true
    })
  } catch (error) {
    if ((error as { code?: unknown }).code === '42501' || isOutage(error)) return true
    throw error
  }
}
