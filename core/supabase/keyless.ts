import type { Caller } from '../model/caller'
import { SemblanceError } from '../model/errors'
import { createSupabase } from './client'
import { createImages, type Images } from './images'
import type { Users } from './users'

/** What a host without a secret key can't do for itself, and what would mend it. */
export const secretKeyMissing =
  'This host has no secret key of the Supabase project (SEMBLANCE_SUPABASE_SECRET_KEY)'

function refuse(what: string): () => Promise<never> {
  return () => Promise.reject(new SemblanceError('UNAVAILABLE', `${secretKeyMissing}, which ${what} needs.`))
}

interface ProjectOptions {
  url: string
  publishableKey: string
}

/** Images for work that is nobody's own, of which a host without a secret key can do none. */
export function keylessImages({ url, publishableKey }: ProjectOptions): Images {
  return {
    ...createImages(createSupabase({ url, key: publishableKey })),
    download: refuse('reading photos for the worker'),
    upload: refuse('writing photos'),
    remove: refuse('removing photos'),
    signedUrls: refuse('signing addresses of photos'),
  }
}

/** Accounts are made and removed with the secret key alone. */
export const keylessUsers: Users = {
  create: refuse('making accounts'),
  remove: refuse('removing an account'),
  removeSecondFactors: refuse('removing second factors'),
}

interface CallersOptions extends ProjectOptions {
  signedUrlSeconds: number
  /** People whose signed addresses are remembered. Default 200. */
  maximumCallers?: number
}

/** Signed addresses that are remembered for one person. */
const addressesPerCaller = 5000

/**
 * Images as a person may have them: Storage's policies decide about each object. What was signed is remembered by
 * session, so that browsers can cache photos although tokens are renewed every hour.
 */
export function createCallersImages(options: CallersOptions): (caller: Caller, token: string) => Images {
  const { url, publishableKey, signedUrlSeconds, maximumCallers = 200 } = options
  const sessions = new Map<string, { token: string; images: Images }>()

  function open(token: string): { token: string; images: Images } {
    const session = { token, images: keylessImages({ url, publishableKey }) }
    const client = createSupabase({
      url,
      key: publishableKey,
      accessToken: () => Promise.resolve(session.token),
    })
    const images = createImages(client, { signedUrlSeconds, maximumCached: addressesPerCaller })
    session.images = { ...images, signedUrls: (...wanted) => signOrName(images, ...wanted) }
    return session
  }

  return (caller, token) => {
    const key = sessionOf(caller, token)
    const session = sessions.get(key) ?? open(token)
    // The newest token lives longest; a Map keeps its order of insertion, so the first is the one used longest ago.
    session.token = token
    sessions.delete(key)
    sessions.set(key, session)
    for (const oldest of sessions.keys()) {
      if (sessions.size <= maximumCallers) break
      sessions.delete(oldest)
    }
    return session.images
  }
}

/** A second factor changes what policies allow, so what was signed with one is not for a session without. */
function sessionOf({ id, claims }: Caller, token: string): string {
  return typeof claims['session_id'] === 'string'
    ? `${id} ${claims['session_id']} ${String(claims['aal'])}`
    : token
}

/** Anybody may read celebrities' photos, but only staff may sign for them: their public address serves everybody. */
async function signOrName(
  images: Images,
  ...[bucket, paths, options]: Parameters<Images['signedUrls']>
): Promise<Map<string, string>> {
  if (bucket !== 'celebrity-images') return images.signedUrls(bucket, paths, options)
  return new Map(paths.map((path) => [path, images.publicUrl(bucket, path)]))
}
