import { z } from 'zod'
import { isPublishedSecret } from '../../embedded/published-secrets'
import { checkProjectUrl, checkPublishableKey, checkSecretKey, isLoopbackUrl } from './supabase-keys'

/** What leads to a database and a Supabase project, as a person gives it: by variables, or on the Connections page. */
export interface ConnectionSettings {
  /** The login of the schema's owner, or of a service. */
  databaseUrl?: string | undefined
  /** The login that callers' transactions use, where the host may not make one itself. */
  callersDatabaseUrl?: string | undefined
  supabaseUrl?: string | undefined
  publishableKey?: string | undefined
  secretKey?: string | undefined
  jwtSecret?: string | undefined
}

/** A Supabase project. The publishable key goes to every page; the other two never leave the host. */
export interface SupabaseConfig {
  /** Without a slash at its end; tokens name `${url}/auth/v1` as their issuer. */
  url: string
  publishableKey: string
  /** Past row-level security. Without one the host signs photos' addresses as the caller and works on no jobs. */
  secretKey: string | null
  /** For projects that still sign tokens with a shared secret (HS256). */
  jwtSecret: string | null
}

export interface Connection {
  /** A PostgreSQL in place of the embedded one. */
  databaseUrl: string | null
  callersDatabaseUrl: string | null
  /** Null for embedded services, on whichever database. */
  supabase: SupabaseConfig | null
}

export type ConnectionField = keyof ConnectionSettings

/** What is wrong with one field, as a person can mend it; never the value of one. */
export interface ConnectionProblem {
  field: ConnectionField
  message: string
}

/** The variable that gives each field. */
export const connectionVariables: Record<ConnectionField, string> = {
  databaseUrl: 'SEMBLANCE_DATABASE_URL',
  callersDatabaseUrl: 'SEMBLANCE_CALLERS_DATABASE_URL',
  supabaseUrl: 'SEMBLANCE_SUPABASE_URL',
  publishableKey: 'SEMBLANCE_SUPABASE_KEY',
  secretKey: 'SEMBLANCE_SUPABASE_SECRET_KEY',
  jwtSecret: 'SEMBLANCE_SUPABASE_JWT_SECRET',
}

const databaseUrl = z.url({ protocol: /^postgres(ql)?$/ })

/**
 * Checks what leads to a database and a project, without asking either. An empty field counts as not given.
 * @returns The connection, or every problem found.
 */
export function checkConnection(
  given: ConnectionSettings,
): { connection: Connection; problems?: never } | { problems: ConnectionProblem[]; connection?: never } {
  const settings = withoutEmpty(given)
  const { supabaseUrl, publishableKey, secretKey, jwtSecret } = settings
  const problems: ConnectionProblem[] = []
  const refuse = (field: ConnectionField, message: string | null) => {
    if (message !== null) problems.push({ field, message })
  }
  for (const field of ['databaseUrl', 'callersDatabaseUrl'] as const)
    refuse(field, databaseProblem(settings[field]))
  const project = supabaseUrl === undefined ? null : checkProjectUrl(supabaseUrl)
  if (project?.problem !== undefined) refuse('supabaseUrl', project.problem)
  const url = project?.url ?? null
  if (publishableKey !== undefined) refuse('publishableKey', checkPublishableKey(publishableKey, url))
  if (secretKey !== undefined) {
    refuse('secretKey', checkSecretKey(secretKey, url) ?? publishedProblem(secretKey, url))
  }
  if (jwtSecret !== undefined) refuse('jwtSecret', secretProblem(jwtSecret, url))
  problems.push(...missingFields(settings))
  if (problems.length > 0) return { problems }
  return {
    connection: {
      databaseUrl: settings.databaseUrl ?? null,
      callersDatabaseUrl: settings.callersDatabaseUrl ?? null,
      supabase:
        url !== null && publishableKey !== undefined
          ? { url, publishableKey, secretKey: secretKey ?? null, jwtSecret: jwtSecret ?? null }
          : null,
    },
  }
}

/** URL and key only together, and only with the project's database; the rest only with those. */
function missingFields(settings: ConnectionSettings): ConnectionProblem[] {
  const needs: [field: ConnectionField, needed: ConnectionField, message: string][] = [
    [
      'supabaseUrl',
      'publishableKey',
      "is needed beside the project's URL: its publishable key (sb_publishable_…)",
    ],
    ['publishableKey', 'supabaseUrl', 'is needed beside the key: the URL of its project'],
    ['supabaseUrl', 'databaseUrl', "is needed beside a Supabase project: the URL of that project's database"],
    ['secretKey', 'supabaseUrl', 'is needed beside a secret key: the URL of its project'],
    ['jwtSecret', 'supabaseUrl', 'is needed beside a JWT secret: the URL of its project'],
    [
      'callersDatabaseUrl',
      'databaseUrl',
      'is needed beside the login of callers: the login of the host itself',
    ],
  ]
  const missing = new Map<ConnectionField, string>()
  for (const [field, needed, message] of needs) {
    if (settings[field] !== undefined && settings[needed] === undefined && !missing.has(needed)) {
      missing.set(needed, message)
    }
  }
  return [...missing].map(([field, message]) => ({ field, message }))
}

function databaseProblem(url: string | undefined): string | null {
  return url === undefined || databaseUrl.safeParse(url).success
    ? null
    : 'must be a URL like postgresql://user:password@host:5432/database'
}

function secretProblem(secret: string, url: string | null): string | null {
  if (secret.length < 32) return 'is too short for a JWT secret, which has 32 characters or more'
  return publishedProblem(secret, url)
}

/** What stands in public documents is no secret, unless nobody but this machine can use it. */
function publishedProblem(secret: string, url: string | null): string | null {
  if (!isPublishedSecret(secret) || url === null || isLoopbackUrl(url)) return null
  return 'is the one that every fresh installation starts with, so anybody may know it: change it in the project'
}

function withoutEmpty(settings: ConnectionSettings): ConnectionSettings {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined && value !== ''),
  )
}
