import type { Changes } from '../../database/changes'
import type { Database } from '../../database/connect'
import { databaseStatus } from '../../database/status'
import { SemblanceError } from '../../model/errors'
import type { ServerHealth } from '../../model/status'
import type { CurrentServers, SavedView } from '../../servers/contract'
import type { ConnectionGiven, Restart, Connector } from '../../servers/connector'
import { type Config, connectionOf } from '../config'
import {
  checkConnection,
  type ConnectionField,
  type ConnectionSettings,
  connectionVariables,
} from './connection-config'
import { describeProblem, testConnection } from './connection-test'
import { connectionSource } from '../load-config'
import { appPaths } from '../paths'
import {
  connectionFile,
  readFormer,
  readSaved,
  replaceSaved,
  restoreFormer,
  type SavedConnection,
  seal,
  unseal,
} from './saved-connection'
import { noVault, type Vault } from './vault'

/** What whoever runs a host lends it, so that its connection can be changed while it runs. */
export interface HostControl {
  vault: Vault
  /** Closes this host and starts another with what is saved then; null where a person has to. */
  restart: (() => void) | null
  /** Why this host runs on another connection than the one that was saved last; or why there is none. */
  failure: string | null
  /** Default: the process's own. */
  environment?: NodeJS.ProcessEnv
}

/** For a host that nobody starts again. */
export const noControl: HostControl = { vault: noVault, restart: null, failure: null }

/** What a running host knows of its connection. */
export interface RunningParts {
  database: Database
  supabaseUrl: string
  mode: 'embedded' | 'shared'
  servers: () => ServerHealth[]
  /** How changes arrive. */
  changes: Pick<Changes, 'source'>
}

interface Parts extends HostControl {
  config: Config
  /** Null where the host could not start. */
  running: RunningParts | null
}

/** The restart comes once the answer has left. */
const restartDelayMs = 250

/** What the Connections page asks of a host, whether it runs or could not start. */
export function createConnector(parts: Parts): Connector {
  const { config, vault, environment = process.env, running } = parts
  const { home } = config
  const startedAt = new Date()

  function restart(): Restart {
    if (!parts.restart) return { host: 'manually' }
    setTimeout(parts.restart, restartDelayMs)
    return { host: 'restarting' }
  }

  async function replace(next: SavedConnection | null): Promise<Restart> {
    refuseWhereVariablesWin(environment)
    await replaceSaved(home, next)
    return restart()
  }

  return {
    isRescue: running === null,
    current: async () => ({ startedAt, ...(await describe(parts, environment)) }),

    async *test(given, signal) {
      const settings = complete(given, await known(parts, environment))
      yield* testConnection(settings, { migrations: appPaths().migrations, ...(signal ? { signal } : {}) })
    },

    async save(given, { unprotected }) {
      refuseWhereVariablesWin(environment)
      const settings = complete(given, await known(parts, environment))
      refuseProblems(settings)
      const { protection, description } = await vault.describe()
      if (protection === 'none' && !unprotected && hasSecrets(settings)) {
        throw new SemblanceError(
          'FORBIDDEN',
          `Passwords can’t be encrypted here. ${description} Say that they may be stored unprotected, or set the variables of the environment.`,
          { needs: 'unprotected' },
        )
      }
      return replace(
        await seal(settings, { vault: protection === 'keychain' ? vault : null, at: new Date() }),
      )
    },

    forget: () => replace(null),

    async restore() {
      refuseWhereVariablesWin(environment)
      await restoreFormer(home)
      return restart()
    },
  }
}

function hasSecrets({ databaseUrl, callersDatabaseUrl, secretKey, jwtSecret }: ConnectionSettings): boolean {
  return Boolean(databaseUrl || callersDatabaseUrl || secretKey || jwtSecret)
}

function refuseWhereVariablesWin(environment: NodeJS.ProcessEnv): void {
  const names = variablesOf(environment).map(({ variable }) => variable)
  if (names.length === 0) return
  throw new SemblanceError(
    'CONFLICT',
    `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} set and would win over what is saved. Take ${names.length === 1 ? 'it' : 'them'} out of the environment, and start Semblance again.`,
    { variables: names },
  )
}

function refuseProblems(settings: ConnectionSettings): void {
  const { problems } = checkConnection(settings)
  const [first] = problems ?? []
  if (first) throw new SemblanceError('BAD_REQUEST', describeProblem(first), { problems })
}

/** What is in use, or would be: what a field that is left out stays. */
async function known(
  { config, vault, running }: Parts,
  environment: NodeJS.ProcessEnv,
): Promise<ConnectionSettings> {
  if (running) return settingsOf(config)
  const named = connectionOf(environment)
  if (named) return named
  const saved = await readSaved(config.home).catch(() => null)
  // One that can't be opened here has to be entered again.
  return saved ? unseal(saved, vault).catch(() => ({})) : {}
}

/** A configuration's connection as a person gives it. */
export function settingsOf({ databaseUrl, callersDatabaseUrl, supabase }: Config): ConnectionSettings {
  return {
    databaseUrl: databaseUrl ?? undefined,
    callersDatabaseUrl: callersDatabaseUrl ?? undefined,
    supabaseUrl: supabase?.url,
    publishableKey: supabase?.publishableKey,
    secretKey: supabase?.secretKey ?? undefined,
    jwtSecret: supabase?.jwtSecret ?? undefined,
  }
}

/**
 * Fills in what was left out. A project's keys stay with its URL: tried at another address they would be handed to
 * whoever answers there.
 */
export function complete(given: ConnectionGiven, known: ConnectionSettings): ConnectionSettings {
  const isSameProject = given.supabaseUrl.replace(/\/+$/, '') === (known.supabaseUrl ?? '')
  const isProject = given.supabaseUrl !== ''
  const kept = isProject && isSameProject ? known : {}
  const pick = (value: string | undefined, otherwise: string | undefined) => (value ?? otherwise) || undefined
  return {
    supabaseUrl: given.supabaseUrl || undefined,
    publishableKey: pick(given.publishableKey, kept.publishableKey),
    databaseUrl: pick(given.databaseUrl, known.databaseUrl),
    callersDatabaseUrl: pick(given.callersDatabaseUrl, known.callersDatabaseUrl),
    secretKey: pick(given.secretKey, kept.secretKey),
    jwtSecret: pick(given.jwtSecret, kept.jwtSecret),
  }
}

function variablesOf(environment: NodeJS.ProcessEnv): CurrentServers['environment'] {
  const named = Object.keys(connectionOf(environment) ?? {}) as ConnectionField[]
  return named.map((field) => ({ field, variable: connectionVariables[field] }))
}

async function describe(
  parts: Parts,
  environment: NodeJS.ProcessEnv,
): Promise<Omit<CurrentServers, 'startedAt'>> {
  const { config, vault, running, failure } = parts
  const settings = await known(parts, environment)
  const [source, saved, former] = await Promise.all([
    connectionSource(config.home, environment),
    readSaved(config.home).catch(() => null),
    readFormer(config.home).catch(() => null),
  ])
  return {
    mode: running?.mode ?? (settings.supabaseUrl ? 'shared' : 'embedded'),
    source,
    environment: variablesOf(environment),
    database: running ? await describeDatabase(running) : null,
    supabaseUrl: running?.supabaseUrl ?? settings.supabaseUrl ?? null,
    file: connectionFile(config.home),
    keys: {
      publishable: settings.publishableKey?.slice(-4) ?? null,
      secretKey: Boolean(settings.secretKey),
      jwtSecret: Boolean(settings.jwtSecret),
      databaseUrl: Boolean(settings.databaseUrl),
      callersDatabaseUrl: Boolean(settings.callersDatabaseUrl),
    },
    changes: running?.changes.source ?? null,
    servers: running?.servers() ?? [],
    vault: await vault.describe(),
    saved: saved && (await viewSaved(saved, vault)),
    former: former && nameOf(former.connection),
    failure,
  }
}

/** Null while the database is away: the page has to say that, not fail with it. */
async function describeDatabase({ database }: RunningParts): Promise<CurrentServers['database']> {
  try {
    const { engine, location, version, vector_version, migration } = await databaseStatus(database)
    return { engine, location, version, vectorVersion: vector_version, migration }
  } catch {
    return null
  }
}

async function viewSaved(saved: SavedConnection, vault: Vault): Promise<SavedView> {
  const readable = await unseal(saved, vault).then(
    () => true,
    () => false,
  )
  return {
    savedAt: new Date(saved.savedAt),
    supabaseUrl: saved.supabaseUrl,
    databaseLocation: saved.databaseLocation,
    secrets: saved.secretNames,
    protection: saved.secrets.protection,
    readable,
  }
}

function nameOf(connection: SavedConnection | null): string {
  if (!connection) return 'this machine alone'
  return connection.supabaseUrl
    ? new URL(connection.supabaseUrl).host
    : (connection.databaseLocation ?? 'this machine alone')
}
