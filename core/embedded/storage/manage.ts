import type { Context, Hono } from 'hono'
import { sql, type Transaction } from 'kysely'
import { z } from 'zod'
import type { Tables } from '../../database/tables'
import { actAs, objectPath, validName, type StorageContext } from './context'
import { visible } from './download'
import { keyAlreadyExists, noSuchKey } from './errors'
import { deleteObjects, findBucket, findObject, renameObject, type ObjectRow } from './objects'
import { readJson } from './requests'
import { store } from './upload'

/** As many names as one request may hold; Supabase has the same bound. */
const maximumNames = 1000

const listRequest = z.object({
  prefix: z.string().max(1024).default(''),
  limit: z.number().int().min(1).max(10_000).default(100),
  offset: z.number().int().min(0).default(0),
  search: z.string().max(1024).nullish(),
  sortBy: z
    .object({
      column: z.enum(['name', 'updated_at', 'created_at', 'last_accessed_at']).default('name'),
      order: z.enum(['asc', 'desc']).default('asc'),
    })
    .default({ column: 'name', order: 'asc' }),
})

const removeRequest = z.object({ prefixes: z.array(z.string()).min(1).max(maximumNames) })

const moveRequest = z.object({
  bucketId: z.string(),
  sourceKey: z.string(),
  destinationKey: z.string(),
  destinationBucket: z.string().nullish(),
})

const signRequest = z.object({
  expiresIn: z
    .number()
    .int()
    .min(1)
    .max(2 ** 31),
})
const signManyRequest = signRequest.extend({ paths: z.array(z.string()).min(1).max(maximumNames) })

/** List, info, sign, remove, move, copy; all of it as the caller. */
export function manageRoutes(app: Hono, context: StorageContext): void {
  const { database, files, signer } = context

  app.post('/object/list/:bucket', async (c) => {
    const identity = await context.identify(c)
    const request = await readJson(c, listRequest)
    return c.json(await actAs(database, identity, (trx) => listObjects(trx, c.req.param('bucket'), request)))
  })

  for (const prefix of ['/object/info/public/', '/object/info/authenticated/', '/object/info/']) {
    app.get(`${prefix}:bucket/*`, async (c) => c.json(infoView(await readAsCaller(c, context, prefix))))
  }

  app.post('/object/sign/:bucket', async (c) => {
    const identity = await context.identify(c)
    const { expiresIn, paths } = await readJson(c, signManyRequest)
    const bucket = c.req.param('bucket')
    const known = await visible(actAs(database, identity, (trx) => existingNames(trx, bucket, paths)))
    const signed = paths.map(async (path) => {
      const signedURL = known.has(path) ? await signedUrl(context, bucket, path, expiresIn) : null
      const error = signedURL ? null : 'Either the object does not exist or you do not have access to it'
      return { error, path, signedURL }
    })
    return c.json(await Promise.all(signed))
  })

  app.post('/object/sign/:bucket/*', async (c) => {
    const object = await readAsCaller(c, context, '/object/sign/')
    const { expiresIn } = await readJson(c, signRequest)
    return c.json({ signedURL: await signedUrl({ signer }, object.bucket_id, object.name, expiresIn) })
  })

  app.post('/object/move', (c) => move(c, context))
  app.post('/object/copy', (c) => copy(c, context))

  const remove = async (c: Context, bucket: string, names: string[]) => {
    const identity = await context.identify(c)
    const removed = await actAs(database, identity, (trx) => deleteObjects(trx, bucket, names))
    await files.remove(removed.map((object) => object.version))
    return removed
  }
  app.delete('/object/:bucket', async (c) => {
    const { prefixes } = await readJson(c, removeRequest)
    return c.json(await remove(c, c.req.param('bucket'), prefixes))
  })
  app.delete('/object/:bucket/*', async (c) => {
    const { bucket, name } = objectPath(c, '/object/')
    if ((await remove(c, bucket, [name])).length === 0) throw noSuchKey()
    return c.json({ message: 'Successfully deleted' })
  })
}

async function move(c: Context, context: StorageContext): Promise<Response> {
  const { database } = context
  const identity = await context.identify(c)
  const { from, to } = await readMove(c)
  await database.asService((trx) => findBucket(trx, to.bucket))
  const object = await visible(actAs(database, identity, (trx) => findObject(trx, from.bucket, from.name)))
  if (!object) throw noSuchKey()
  const moved = await actAs(database, identity, (trx) => renameObject(trx, from, to))
  if (!moved) throw noSuchKey()
  return c.json({ message: 'Successfully moved', Id: object.id, Key: `${to.bucket}/${to.name}` })
}

async function copy(c: Context, context: StorageContext): Promise<Response> {
  const { database, files } = context
  const identity = await context.identify(c)
  const { from, to } = await readMove(c)
  await database.asService((trx) => findBucket(trx, to.bucket))
  const object = await visible(actAs(database, identity, (trx) => findObject(trx, from.bucket, from.name)))
  if (!object) throw noSuchKey()
  const upsert = c.req.header('x-upsert') === 'true'
  const there = await visible(actAs(database, identity, (trx) => findObject(trx, to.bucket, to.name)))
  if (there && !upsert) throw keyAlreadyExists()
  const { version } = await files.keep(files.read(object.version), Number.MAX_SAFE_INTEGER)
  const owner = identity.role === 'authenticated' ? identity.caller.id : null
  const metadata = { ...object.metadata, lastModified: new Date().toISOString() }
  const copied = { ...to, version, ownerId: owner, metadata, userMetadata: object.user_metadata }
  const id = await store(context, identity, copied, upsert)
  return c.json({ Id: id, Key: `${to.bucket}/${to.name}`, name: to.name, bucket_id: to.bucket })
}

async function readMove(c: Context) {
  const request = await readJson(c, moveRequest)
  return {
    from: { bucket: request.bucketId, name: validName(request.sourceKey) },
    to: { bucket: request.destinationBucket ?? request.bucketId, name: validName(request.destinationKey) },
  }
}

async function readAsCaller(c: Context, context: StorageContext, prefix: string): Promise<ObjectRow> {
  const identity = await context.identify(c)
  const { bucket, name } = objectPath(c, prefix)
  const object = await visible(actAs(context.database, identity, (trx) => findObject(trx, bucket, name)))
  if (!object) throw noSuchKey()
  return object
}

/** Relative and unencoded, as clients expect it. */
async function signedUrl(
  { signer }: Pick<StorageContext, 'signer'>,
  bucket: string,
  name: string,
  expiresIn: number,
): Promise<string> {
  return `/object/sign/${bucket}/${name}?token=${await signer.sign(`${bucket}/${name}`, expiresIn)}`
}

async function existingNames(
  trx: Transaction<Tables>,
  bucket: string,
  names: string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ name: string }>`
    select name from storage.objects where bucket_id = ${bucket} and name in (${sql.join(names)})`.execute(
    trx,
  )
  return new Set(rows.map((row) => row.name))
}

/** What lies directly under the prefix: folders first, without an id, then objects. */
async function listObjects(trx: Transaction<Tables>, bucket: string, request: z.infer<typeof listRequest>) {
  const folder = request.prefix.replace(/^\/+|\/+$/g, '')
  const prefix = folder === '' ? '' : `${folder}/`
  const search = (request.search ?? '').toLowerCase()
  const direction = request.sortBy.order === 'asc' ? sql`asc` : sql`desc`
  const { rows } = await sql<
    Pick<ObjectRow, 'name' | 'created_at' | 'updated_at' | 'last_accessed_at' | 'metadata'>
  >`
    with entries as (
      select substr(name, ${prefix.length + 1}::int) as rest, id, updated_at, created_at, last_accessed_at, metadata
      from storage.objects
      where bucket_id = ${bucket} and starts_with(name, ${prefix}::text)
    ), listed as (
      select split_part(rest, '/', 1) as name, null::uuid as id, null::timestamptz as updated_at,
        null::timestamptz as created_at, null::timestamptz as last_accessed_at, null::jsonb as metadata
      from entries where strpos(rest, '/') > 0 group by 1
      union all
      select rest, id, updated_at, created_at, last_accessed_at, metadata from entries where strpos(rest, '/') = 0
    )
    select name, id, updated_at, created_at, last_accessed_at, metadata from listed
    where starts_with(lower(name), ${search}::text)
    order by (id is not null), ${sql.ref(request.sortBy.column)} ${direction}, name
    limit ${request.limit}::int offset ${request.offset}::int`.execute(trx)
  return rows
}

function infoView(object: ObjectRow) {
  return {
    id: object.id,
    name: object.name,
    version: object.version,
    bucket_id: object.bucket_id,
    size: object.metadata.size,
    content_type: object.metadata.mimetype,
    cache_control: object.metadata.cacheControl,
    etag: object.metadata.eTag,
    metadata: object.user_metadata,
    last_modified: object.updated_at,
    created_at: object.created_at,
  }
}
