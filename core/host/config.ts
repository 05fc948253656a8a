import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import envPaths from 'env-paths'
import { z } from 'zod'
import { type ProviderChoice, providerChoices } from '../faces/inference/provider-choice'
import { SemblanceError } from '../model/errors'
import {
  type Connection,
  type ConnectionField,
  type ConnectionSettings,
  checkConnection,
  connectionVariables,
} from './connection/connection-config'

/** What the host was told, once, in one typed object. Nothing else reads the environment. */
export interface Config extends Connection {
  /** The data directory: database, photos, keys, model packs. */
  home: string
  /** Where model packs lie; shared between data directories where it is set apart. */
  packs: string
  /** The loopback port. 0 takes any free one. */
  port: number
  /** Threads that analyse faces, one image each. */
  faceThreads: number
  /** What they run on: `auto` takes the fastest that works and gives the processor's answers. */
  provider: ProviderChoice
  /** Seconds that a signed photo URL is good for. */
  signedUrlTtl: number
  logLevel: string
  /** Where Prometheus finds figures of the queue, on loopback; null for nowhere. 0 takes any free port. */
  metricsPort: number | null
}

export const defaultPort = 47100

const number = (text: string) => z.coerce.number({ error: text })

const environmentSchema = z.object({
  SEMBLANCE_HOME: z.string().min(1).optional(),
  SEMBLANCE_PACKS: z.string().min(1).optional(),
  SEMBLANCE_PORT: number('must be a port, 0 to 65535').int().min(0).max(65535).optional(),
  SEMBLANCE_FACE_THREADS: number('must be a number of threads, 1 to 64').int().min(1).max(64).optional(),
  SEMBLANCE_PROVIDER: z.enum(providerChoices).optional(),
  SEMBLANCE_LOG: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).optional(),
  SEMBLANCE_METRICS_PORT: number('must be a port, 0 to 65535').int().min(0).max(65535).optional(),
  SUPABASE_SIGNED_URL_TTL: number('must be a number of seconds').int().min(60).max(31_536_000).optional(),
})

/**
 * Reads the configuration from environment variables (see the README). An empty variable counts as unset.
 * @param saved What the Connections page has kept. It counts only where no variable says anything of a connection: the
 * keys of one project must never meet the database of another.
 * @throws SemblanceError BAD_REQUEST naming every variable that makes no sense, never its value.
 */
export function readConfig(
  environment: NodeJS.ProcessEnv = process.env,
  saved: ConnectionSettings | null = null,
): Config {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = environmentSchema.safeParse(present)
  const named = connectionOf(environment)
  const checked = checkConnection(named ?? saved ?? {})
  const problems = [
    ...(parsed.error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`),
    ...(checked.problems ?? []).map(({ field, message }) =>
      named ? `${connectionVariables[field]}: ${message}` : `The saved connection, ${field}: ${message}`,
    ),
  ]
  if (!parsed.success || !checked.connection) throw new SemblanceError('BAD_REQUEST', problems.join('\n'))
  const env = parsed.data
  const home = resolve(env.SEMBLANCE_HOME ?? envPaths('Semblance', { suffix: '' }).data)
  return {
    home,
    ...checked.connection,
    packs: resolve(env.SEMBLANCE_PACKS ?? join(home, 'packs')),
    port: env.SEMBLANCE_PORT ?? defaultPort,
    faceThreads: env.SEMBLANCE_FACE_THREADS ?? Math.min(4, Math.max(1, availableParallelism() - 1)),
    provider: env.SEMBLANCE_PROVIDER ?? 'auto',
    signedUrlTtl: env.SUPABASE_SIGNED_URL_TTL ?? 86_400,
    logLevel: env.SEMBLANCE_LOG ?? 'info',
    metricsPort: env.SEMBLANCE_METRICS_PORT ?? null,
  }
}

/** What the variables say of a connection; null where they say nothing. */
export function connectionOf(environment: NodeJS.ProcessEnv): ConnectionSettings | null {
  const fields = Object.entries(connectionVariables) as [ConnectionField, string][]
  const given = fields.flatMap(([field, name]) =>
    environment[name] ? [[field, environment[name]] as const] : [],
  )
  return given.length > 0 ? Object.fromEntries(given) : null
}
