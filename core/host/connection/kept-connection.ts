import { randomBytes, scrypt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Logger } from 'pino'
import { z } from 'zod'
import { type ConfirmedStaff, openConfirmedStaff } from '../../access/confirmed-staff'
import { writeFileAtomic } from '../../embedded/data-directory'
import type { KeptKeys } from '../../supabase/sessions'
import type { Config } from '../config'

/**
 * What a host of a shared project keeps in its data directory of the last time that it could ask, so that a laptop
 * without a network starts all the same. No secrets: public keys, digests, the name of a model.
 */

const keysSchema = z.object({ project: z.string(), keys: z.array(z.record(z.string(), z.unknown())) })

/** The public keys of a project. */
export function keptKeys(home: string, project: string): KeptKeys {
  const file = join(home, 'project-keys.json')
  return {
    async read() {
      const kept = await readJson(file, keysSchema)
      return kept?.project === project ? { keys: kept.keys } : null
    },
    write: ({ keys }) => writeFileAtomic(file, JSON.stringify({ project, keys })),
  }
}

const databaseSchema = z.object({
  salt: z.string(),
  /** What scrypt makes of its URL with the salt: the URL holds a password. */
  url: z.string(),
  /** A digest of the migrations that it had. */
  schema: z.string(),
})

/** Which database was found to have the schema of which version. */
export function keptDatabase(home: string) {
  const file = join(home, 'known-database.json')
  return {
    /** Whether the database at this URL was found to have this schema. */
    async isKnown(url: string, schema: string): Promise<boolean> {
      const known = await readJson(file, databaseSchema)
      return known?.schema === schema && known.url === (await digest(url, known.salt))
    },
    async note(url: string, schema: string): Promise<void> {
      const salt = randomBytes(16).toString('hex')
      await writeFileAtomic(file, JSON.stringify({ salt, url: await digest(url, salt), schema }))
    },
  }
}

async function digest(text: string, salt: string): Promise<string> {
  const key = (await promisify(scrypt)(text, salt, 32)) as Buffer
  return key.toString('hex')
}

const modelSchema = z.object({ embedding_model: z.string() })

/** The model that the gallery was last known to be of. */
export function keptModel(home: string) {
  const file = join(home, 'known-model.json')
  let written: string | null = null
  return {
    read: async () => (await readJson(file, modelSchema))?.embedding_model ?? null,
    async write(embedding_model: string): Promise<void> {
      if (written === embedding_model) return
      await writeFileAtomic(file, JSON.stringify({ embedding_model }))
      written = embedding_model
    },
  }
}
export type KeptModel = ReturnType<typeof keptModel>

/** Whom a shared database confirmed as staff. A database of this machine alone is never away, and needs no such memory. */
export async function confirmedHere(config: Config, log: Logger): Promise<ConfirmedStaff | undefined> {
  if (!config.supabase) return undefined
  return openConfirmedStaff({
    file: join(config.home, 'confirmed-staff.json'),
    project: config.supabase.url,
    write: writeFileAtomic,
    onProblem: (error) => log.warn({ err: error }, 'who is staff could not be noted'),
  })
}

/** Null where there is none that can be read. */
async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T | null> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return null
  }
}
