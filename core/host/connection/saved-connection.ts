import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { readUrl } from '../../database/server-url'
import { writeFileAtomic } from '../../embedded/data-directory'
import { SemblanceError } from '../../model/errors'
import { secretFields } from '../../servers/contract'
import type { ConnectionSettings } from './connection-config'
import type { Vault } from './vault'

const secretsSchema = z.object({
  databaseUrl: z.string().optional(),
  callersDatabaseUrl: z.string().optional(),
  secretKey: z.string().optional(),
  jwtSecret: z.string().optional(),
})

/** What lies in `connection.json`. Its secrets are encrypted, or, where the person said so, as they are. */
const savedSchema = z.object({
  version: z.literal(1),
  savedAt: z.iso.datetime(),
  supabaseUrl: z.string().nullable(),
  publishableKey: z.string().nullable(),
  /** Host and database name, to be shown. */
  databaseLocation: z.string().nullable(),
  secretNames: z.array(z.enum(secretFields)),
  secrets: z.discriminatedUnion('protection', [
    z.object({ protection: z.literal('keychain'), ciphertext: z.string() }),
    z.object({ protection: z.literal('none'), values: secretsSchema }),
  ]),
})
export type SavedConnection = z.infer<typeof savedSchema>

/** The connection before this one; null where that was the embedded default. */
const formerSchema = z.object({ connection: savedSchema.nullable() })

export const connectionFile = (home: string) => join(home, 'connection.json')
const formerFile = (home: string) => join(home, 'connection.former.json')

/**
 * The saved connection; null where there is none.
 * @throws SemblanceError UNAVAILABLE where the file is broken
 */
export async function readSaved(home: string): Promise<SavedConnection | null> {
  return readJson(connectionFile(home), savedSchema)
}

/** What "back to the former connection" leads to; null where there is nothing to go back to. */
export async function readFormer(home: string): Promise<{ connection: SavedConnection | null } | null> {
  return readJson(formerFile(home), formerSchema)
}

/** Puts a connection (null: the embedded default) in place of the saved one, which becomes the former. */
export async function replaceSaved(home: string, next: SavedConnection | null): Promise<void> {
  // A broken file is worth nothing to go back to.
  const connection = await readSaved(home).catch(() => null)
  await writeFileAtomic(formerFile(home), toText({ connection }))
  if (next) await writeFileAtomic(connectionFile(home), toText(next))
  else await rm(connectionFile(home), { force: true })
}

/**
 * Changes places with the former connection.
 * @throws SemblanceError NOT_FOUND where there is none
 */
export async function restoreFormer(home: string): Promise<void> {
  const former = await readFormer(home)
  if (!former) throw new SemblanceError('NOT_FOUND', 'There is no former connection to go back to.')
  await replaceSaved(home, former.connection)
}

/** Makes what is saved of a connection; its secrets are encrypted unless there is no vault, which the caller decides. */
export async function seal(
  settings: ConnectionSettings,
  { vault, at }: { vault: Vault | null; at: Date },
): Promise<SavedConnection> {
  const entries = secretFields.flatMap((name) => (settings[name] ? [[name, settings[name]] as const] : []))
  const values = Object.fromEntries(entries)
  return {
    version: 1,
    savedAt: at.toISOString(),
    supabaseUrl: settings.supabaseUrl || null,
    publishableKey: settings.publishableKey || null,
    databaseLocation: settings.databaseUrl ? readUrl(settings.databaseUrl).location : null,
    secretNames: entries.map(([name]) => name),
    secrets: vault
      ? { protection: 'keychain', ciphertext: await vault.encrypt(JSON.stringify(values)) }
      : { protection: 'none', values },
  }
}

/**
 * The settings of a saved connection, secrets and all.
 * @throws SemblanceError UNAVAILABLE where the keychain does not give them
 */
export async function unseal(saved: SavedConnection, vault: Vault): Promise<ConnectionSettings> {
  return {
    supabaseUrl: saved.supabaseUrl ?? undefined,
    publishableKey: saved.publishableKey ?? undefined,
    ...(await readSecrets(saved, vault)),
  }
}

async function readSecrets({ secrets }: SavedConnection, vault: Vault): Promise<ConnectionSettings> {
  if (secrets.protection === 'none') return secrets.values
  try {
    return secretsSchema.parse(JSON.parse(await vault.decrypt(secrets.ciphertext)))
  } catch (cause) {
    const { protection } = await vault.describe()
    throw new SemblanceError(
      'UNAVAILABLE',
      protection === 'none'
        ? 'The saved connection’s passwords lie in the keychain, which the desktop app alone can read. Start the desktop app, or set the SEMBLANCE_… variables that the README names.'
        : 'The keychain does not give the saved connection’s passwords back: they were saved by another user, or on another machine. Enter them again on the Connections page.',
      {},
      { cause },
    )
  }
}

const toText = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // A data directory that is none is told by whoever opens it.
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw broken(path, error)
  }
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    throw broken(path, error)
  }
}

function broken(path: string, cause: unknown): SemblanceError {
  return new SemblanceError(
    'UNAVAILABLE',
    `The saved connection in ${path} can’t be read. Delete the file, and enter the connection again.`,
    { path },
    { cause },
  )
}
