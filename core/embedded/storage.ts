import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Hono, type Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { sql } from 'kysely'
import type { Database } from '../database/connect'
import { isDiskFull } from '../model/disk-full'
import { corsFor, createAccessTokenVerifier, identify, type Clock } from './gateway'
import type { Keys } from './keys'
import { bucketRoutes } from './storage/buckets'
import type { StorageContext } from './storage/context'
import { downloadRoutes } from './storage/download'
import { accessDenied, invalidRequest, StorageError, storageFull } from './storage/errors'
import { createFileStore } from './storage/files'
import { manageRoutes } from './storage/manage'
import { knownVersions } from './storage/objects'
import { createSigner } from './storage/signing'
import { uploadRoutes } from './storage/upload'

export interface StorageOptions {
  database: Database
  keys: Keys
  /** Where the bytes lie; one process only may use it. */
  directory: string
  /** The project's base URL, e.g. `http://127.0.0.1:4310`. */
  url: string
  /** Web origins that may read answers. Default: none beyond the host's own. */
  origins?: readonly string[]
  /** The most bytes of an object where its bucket sets no lower bound. Default 50 MiB, as Supabase. */
  maximumBytes?: number
  /** Default: the machine's time. */
  clock?: Clock
  /** Told of what went wrong within. Default: nobody. */
  onError?: (error: unknown) => void
}

/**
 * The subset of Supabase Storage that Semblance uses, to be mounted at `/storage/v1`: buckets, uploads, downloads
 * (as the caller, public, signed), signed URLs, list, info, move, copy, remove. Every object is read and written in a
 * transaction as the caller, so that policies on `storage.objects` decide; bytes are on the disk before the row that
 * tells of them.
 */
export function createStorage(options: StorageOptions): Hono {
  const { database, keys, url, origins = [], clock = () => new Date(), onError } = options
  const verify = createAccessTokenVerifier({ keys, url, clock })
  const context: StorageContext = {
    database,
    files: createFileStore(options.directory),
    signer: createSigner(keys.storageSecret, clock),
    maximumBytes: options.maximumBytes ?? 50 * 1024 * 1024,
    async identify(c) {
      const headers = { authorization: c.req.header('authorization'), apikey: c.req.header('apikey') }
      const identity = await identify(headers, keys, verify).catch((error: unknown) => {
        throw accessDenied(error instanceof Error ? error.message : 'Unauthorized', { cause: error })
      })
      if (!identity) throw invalidRequest("headers must have required property 'authorization'")
      return identity
    },
  }

  context.files.clearTemporary()
  const storage = new Hono()
  storage.use(corsFor(origins))
  storage.onError((error, c) => errorAnswer(c, error, onError))
  storage.notFound((c) =>
    errorAnswer(c, new StorageError(404, 'NoSuchRoute', 'not_found', 'Route not found')),
  )
  storage.get('/status', (c) => c.body(null, 200))
  // In this order: what is left of `/object/…` is the name of a bucket.
  bucketRoutes(storage, context)
  manageRoutes(storage, context)
  downloadRoutes(storage, context)
  uploadRoutes(storage, context)
  return storage
}

/**
 * Removes bytes that no row refers to: a crash between the two leaves them, and so do rows deleted in SQL. To be run
 * once after each start, beside the work. What was written in the last ten minutes may be somebody's upload and stays.
 * Everything stays where the directory has served another database too, for that one's photos look the same.
 *
 * @returns how many files were removed
 */
export async function sweepStorage({
  database,
  directory,
  clock = () => new Date(),
}: Pick<StorageOptions, 'database' | 'directory' | 'clock'>): Promise<number> {
  if (!(await isOnlyDatabaseOf(directory, database))) return 0
  const files = createFileStore(directory)
  const before = new Date(clock().getTime() - 10 * 60 * 1000)
  let removed = 0
  for await (const versions of files.versions(before)) {
    const known = await database.asService((trx) => knownVersions(trx, versions))
    const orphans = versions.filter((version) => !known.has(version))
    await files.remove(orphans)
    removed += orphans.length
  }
  return removed
}

/**
 * Notes in the directory which database uses it, and whether it is the only one that ever did. A database is told from
 * another by the moment of its first migration, which a restored backup brings along.
 */
async function isOnlyDatabaseOf(directory: string, database: Database): Promise<boolean> {
  const { rows } = await database.asOwner((trx) =>
    sql<{
      id: string
    }>`select md5((min(applied_at) at time zone 'UTC')::text) as id from semblance.migrations`.execute(trx),
  )
  const databases = join(directory, 'databases')
  await mkdir(join(databases, rows[0].id), { recursive: true })
  return (await readdir(databases)).length === 1
}

/** Nearly every refusal is HTTP 400 with the true status in the body; clients of Supabase count on it. */
function errorAnswer(c: Context, error: unknown, onError?: (error: unknown) => void): Response {
  const known =
    error instanceof StorageError
      ? error
      : error instanceof HTTPException
        ? invalidRequest(error.message)
        : isDiskFull(error)
          ? storageFull(error)
          : new StorageError(500, 'InternalError', 'InternalError', 'Internal server error', { cause: error })
  if (known.status >= 500) onError?.(known)
  const body = {
    statusCode: String(known.status),
    error: known.title,
    message: known.message,
    code: known.code,
  }
  c.header('Cache-Control', 'no-store')
  return c.json(body, known.status >= 500 ? 500 : known.status === 416 ? 416 : 400)
}
