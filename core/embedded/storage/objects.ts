import { randomUUID } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import { fromDatabase, noSuchBucket } from './errors'

type Timestamp = Date | string

/** What Storage notes about an object's bytes, in `storage.objects.metadata`. */
export interface ObjectMetadata {
  /** Quoted, as in the header. */
  eTag: string
  size: number
  mimetype: string
  cacheControl: string
  lastModified: string
  contentLength: number
  httpStatusCode: 200
}

export interface ObjectRow {
  id: string
  bucket_id: string
  name: string
  owner: string | null
  owner_id: string | null
  version: string
  created_at: Timestamp
  updated_at: Timestamp
  last_accessed_at: Timestamp | null
  metadata: ObjectMetadata
  user_metadata: Record<string, unknown> | null
}

export interface BucketRow {
  id: string
  name: string
  owner: string | null
  public: boolean
  file_size_limit: number | string | null
  allowed_mime_types: string[] | null
  created_at: Timestamp
  updated_at: Timestamp
}

/** An object's name and bytes as they shall be. */
export interface NewObject {
  bucket: string
  name: string
  version: string
  ownerId: string | null
  metadata: ObjectMetadata | null
  userMetadata: Record<string, unknown> | null
}

export const objectColumns = sql.raw(
  'id, bucket_id, name, owner, owner_id, version, created_at, updated_at, last_accessed_at, metadata, user_metadata',
)
export const bucketColumns = sql.raw(
  'id, name, owner, public, file_size_limit, allowed_mime_types, created_at, updated_at',
)

/** Throws NoSuchBucket where there is none, or none that this transaction may see. */
export async function findBucket(trx: Transaction<Tables>, id: string): Promise<BucketRow> {
  const { rows } = await sql<BucketRow>`
    select ${bucketColumns} from storage.buckets where id = ${id}`.execute(trx)
  if (!rows[0]) throw noSuchBucket()
  return rows[0]
}

export async function findObject(
  trx: Transaction<Tables>,
  bucket: string,
  name: string,
): Promise<ObjectRow | null> {
  const { rows } = await sql<ObjectRow>`
    select ${objectColumns} from storage.objects where bucket_id = ${bucket} and name = ${name}`.execute(trx)
  return rows[0] ?? null
}

/**
 * Writes an object's row as whoever the transaction is.
 *
 * @returns its id, and the version that it replaces, whose file may go once this is committed; null where another
 *   writer came between, so that the caller tries again
 * @throws StorageError KeyAlreadyExists without `upsert`, AccessDenied where row-level security refuses
 */
export async function putObject(
  trx: Transaction<Tables>,
  object: NewObject,
  upsert: boolean,
): Promise<{ id: string; replaced: string | null } | null> {
  const previous = upsert
    ? (
        await sql<{ id: string; version: string | null }>`
          select id, version from storage.objects where bucket_id = ${object.bucket} and name = ${object.name} for update
        `.execute(trx)
      ).rows[0]
    : undefined
  const id = previous?.id ?? randomUUID()
  const onConflict = upsert
    ? sql`on conflict (bucket_id, name) do update set
        version = excluded.version, metadata = excluded.metadata, user_metadata = excluded.user_metadata,
        owner = excluded.owner, owner_id = excluded.owner_id, updated_at = now()
      where storage.objects.version is not distinct from ${previous?.version ?? null}::text`
    : sql``
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value))
  try {
    const result = await sql`
      insert into storage.objects (id, bucket_id, name, owner, owner_id, version, metadata, user_metadata)
      values (${id}::uuid, ${object.bucket}, ${object.name}, ${object.ownerId}::uuid, ${object.ownerId}::text,
        ${object.version}, ${json(object.metadata)}::jsonb, ${json(object.userMetadata)}::jsonb)
      ${onConflict}`.execute(trx)
    return result.numAffectedRows === 0n ? null : { id, replaced: previous?.version ?? null }
  } catch (error) {
    throw fromDatabase(error)
  }
}

/** Gives an object another name. Throws KeyAlreadyExists, AccessDenied; false where there is none to be moved. */
export async function renameObject(
  trx: Transaction<Tables>,
  from: { bucket: string; name: string },
  to: { bucket: string; name: string },
): Promise<boolean> {
  try {
    const result = await sql`
      update storage.objects set bucket_id = ${to.bucket}, name = ${to.name}, updated_at = now()
      where bucket_id = ${from.bucket} and name = ${from.name}`.execute(trx)
    return (result.numAffectedRows ?? 0n) > 0n
  } catch (error) {
    throw fromDatabase(error)
  }
}

/** Deletes what the transaction may delete, and says which. */
export async function deleteObjects(
  trx: Transaction<Tables>,
  bucket: string,
  names: readonly string[],
): Promise<ObjectRow[]> {
  // Supabase's tables refuse deletions that don't come from Storage.
  await sql`select set_config('storage.allow_delete_query', 'true', true)`.execute(trx)
  const { rows } = await sql<ObjectRow>`
    delete from storage.objects where bucket_id = ${bucket} and name in (${sql.join(names)})
    returning ${objectColumns}`.execute(trx)
  return rows
}

/** Those of `versions` that a row refers to. */
export async function knownVersions(
  trx: Transaction<Tables>,
  versions: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ version: string }>`
    select version from storage.objects where version in (${sql.join(versions)})`.execute(trx)
  return new Set(rows.map((row) => row.version))
}
