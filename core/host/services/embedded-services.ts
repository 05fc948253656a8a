import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Database } from '../../database/connect'
import { createAuth } from '../../embedded/auth'
import { loadKeys } from '../../embedded/keys'
import { createRealtime } from '../../embedded/realtime'
import { createStorage, sweepStorage } from '../../embedded/storage'
import { createSupabase } from '../../supabase/client'
import { createImages } from '../../supabase/images'
import { createTokenVerifier } from '../../supabase/sessions'
import { createUsers } from '../../supabase/users'
import type { Config } from '../config'
import { desktopOrigin } from '../http/pages'
import type { Services } from './services'

export interface ServiceParts {
  config: Config
  database: Database
  /** Where this host answers. */
  url: string
  log: Logger
}

/** Auth, Storage and Realtime of this host's own, with keys and photos in the data directory. */
export async function embeddedServices({ config, database, url, log }: ServiceParts): Promise<Services> {
  const keys = await loadKeys(config.home, (line) => log.warn(line))
  const shared = {
    ...{ database, keys, url },
    origins: [desktopOrigin, url],
    onError: (error: unknown) => log.error({ err: error }, 'an embedded service failed'),
  }
  const realtime = createRealtime(shared)
  const service = createSupabase({ url, key: keys.secretKey })
  return {
    mode: 'embedded',
    supabase: { url, publishableKey: keys.publishableKey },
    verify: createTokenVerifier({ url, jwks: keys.jwks }),
    images: createImages(service, { signedUrlSeconds: config.signedUrlTtl }),
    users: createUsers(service),
    routes: {
      '/auth/v1': createAuth(shared),
      '/storage/v1': createStorage({ ...shared, directory: storageDirectory(config) }),
    },
    upgrade: (request, socket, head) => realtime.handleUpgrade(request, socket, head),
    worklessBecause: null,
    probe: null,
    // Its Realtime hears the very notifications that would be missing.
    hints: null,
    close: () => realtime.close(),
  }
}

/** Removes, beside the work, what a kill left behind: files that no row tells of. */
export function sweepEmbeddedStorage({ config, database, log }: Omit<ServiceParts, 'url'>): void {
  void sweepStorage({ database, directory: storageDirectory(config) }).catch((error: unknown) =>
    log.warn({ err: error }, 'sweeping the storage'),
  )
}

function storageDirectory(config: Config): string {
  return join(config.home, 'storage')
}
