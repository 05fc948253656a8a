import { randomUUID } from 'node:crypto'
import type { Context, Hono } from 'hono'
import { collect, type Identity } from '../gateway'
import { actAs, objectPath, type StorageContext } from './context'
import { accessDenied, entityTooLarge, invalidMimeType, invalidRequest } from './errors'
import { findBucket, putObject, type BucketRow, type NewObject } from './objects'

/** Multipart frames and their small fields, beside the file itself. */
const multipartOverhead = 64 * 1024
const maximumMetadataBytes = 16 * 1024
/** A writer that comes between makes us look again; more than a few times in a row is no accident. */
const attempts = 5

interface Upload {
  contentType: string
  cacheControl: string
  userMetadata: Record<string, unknown> | null
  body: AsyncIterable<Uint8Array>
}

/** POST makes an object (or replaces one, with `x-upsert`), PUT replaces. */
export function uploadRoutes(app: Hono, context: StorageContext): void {
  app.post('/object/:bucket/*', (c) => upload(c, context, c.req.header('x-upsert') === 'true'))
  app.put('/object/:bucket/*', (c) => upload(c, context, true))
}

async function upload(c: Context, context: StorageContext, upsert: boolean): Promise<Response> {
  const { database, files, maximumBytes } = context
  const identity = await context.identify(c)
  const { bucket: bucketId, name } = objectPath(c, '/object/')
  const bucket = await database.asService((trx) => findBucket(trx, bucketId))
  const limit = Math.min(maximumBytes, Number(bucket.file_size_limit ?? maximumBytes))
  const target = {
    bucket: bucketId,
    name,
    ownerId: identity.role === 'authenticated' ? identity.caller.id : null,
  }
  // The host itself may do anything: asking costs it a transaction for each file.
  if (identity.role !== 'service_role') await refuseEarly(context, identity, target, upsert)
  if (Number(c.req.header('content-length') ?? 0) > limit + multipartOverhead) throw entityTooLarge()

  const request = await readUpload(c, limit)
  checkMimeType(bucket, request.contentType)
  const { version, size, md5 } = await files.keep(request.body, limit)
  const object: NewObject = {
    ...target,
    version,
    userMetadata: request.userMetadata,
    metadata: {
      eTag: `"${md5}"`,
      size,
      mimetype: request.contentType,
      cacheControl: request.cacheControl,
      lastModified: new Date().toISOString(),
      contentLength: size,
      httpStatusCode: 200,
    },
  }
  const id = await store(context, identity, object, upsert)
  return c.json({ Key: `${bucketId}/${name}`, Id: id })
}

/**
 * The object's row, once its bytes are kept; bytes that it replaces are removed after the commit, its own where the row
 * is refused. A crash in between leaves bytes without a row, never a row without bytes.
 */
export async function store(
  { database, files }: StorageContext,
  identity: Identity,
  object: NewObject,
  upsert: boolean,
): Promise<string> {
  try {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const done = await actAs(database, identity, (trx) => putObject(trx, object, upsert))
      if (!done) continue
      if (done.replaced) await files.remove([done.replaced])
      return done.id
    }
    throw accessDenied('The object can not be replaced')
  } catch (error) {
    await files.remove([object.version])
    throw error
  }
}

/** Asks the database before any byte is read, so that nobody fills the disk with what is refused afterwards. */
async function refuseEarly(
  { database }: StorageContext,
  identity: Identity,
  target: { bucket: string; name: string; ownerId: string | null },
  upsert: boolean,
): Promise<void> {
  const allowed = new Error('A trial, to be rolled back')
  const probe = { ...target, version: randomUUID(), metadata: null, userMetadata: null }
  try {
    await actAs(database, identity, async (trx) => {
      await putObject(trx, probe, upsert)
      throw allowed
    })
  } catch (error) {
    if (error !== allowed) throw error
  }
}

async function readUpload(c: Context, limit: number): Promise<Upload> {
  const type = c.req.header('content-type') ?? ''
  const body = c.req.raw.body
  if (/^multipart\/form-data/i.test(type)) return readMultipart(body, type, limit)
  if (!body && Number(c.req.header('content-length') ?? 0) > 0) throw invalidRequest('No content provided')
  const metadata = c.req.header('x-metadata')
  return {
    contentType: cleanType(type),
    cacheControl: cleanCacheControl(c.req.header('cache-control')),
    userMetadata: metadata ? parseMetadata(Buffer.from(metadata, 'base64').toString('utf8')) : null,
    body: received(body),
  }
}

/** A form whose file stands under an empty name. It is held in memory, which `limit` bounds. */
async function readMultipart(
  body: ReadableStream<Uint8Array> | null,
  type: string,
  limit: number,
): Promise<Upload> {
  const bytes = await collect(received(body), limit + multipartOverhead, entityTooLarge)
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData().catch(() => {
    throw invalidRequest('The multipart body can not be read')
  })
  const file = [...form.values()].find((value): value is File => typeof value !== 'string')
  if (!file) throw invalidRequest('No content provided')
  const seconds = form.get('cacheControl')
  const metadata = form.get('metadata')
  return {
    contentType: cleanType(file.type),
    cacheControl: cleanCacheControl(
      typeof seconds === 'string' && /^\d+$/.test(seconds) ? `max-age=${seconds}` : null,
    ),
    userMetadata: typeof metadata === 'string' ? parseMetadata(metadata) : null,
    body: file.stream() as unknown as AsyncIterable<Uint8Array>,
  }
}

/** The request's bytes. A client that goes away in the middle is no fault of ours. */
async function* received(body: ReadableStream<Uint8Array> | null): AsyncIterable<Uint8Array> {
  try {
    if (body) yield* body as unknown as AsyncIterable<Uint8Array>
  } catch {
    throw invalidRequest('The upload broke off')
  }
}

function parseMetadata(text: string): Record<string, unknown> {
  if (text.length > maximumMetadataBytes) throw invalidRequest('The metadata is too large')
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {
    // Said below, as for anything else that is no object.
  }
  throw invalidRequest('The metadata must be a JSON object')
}

function checkMimeType(bucket: BucketRow, contentType: string): void {
  const allowed = bucket.allowed_mime_types
  if (!allowed || allowed.length === 0) return
  const type = contentType.split(';')[0].trim().toLowerCase()
  const fits = (pattern: string) =>
    pattern === '*/*' || pattern === type || (pattern.endsWith('/*') && type.startsWith(pattern.slice(0, -1)))
  if (!allowed.some((pattern) => fits(pattern.toLowerCase()))) throw invalidMimeType(type)
}

// These two come back as headers of every download.
function cleanType(type: string): string {
  const plain = /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}(\s*;\s*[\w-]{1,32}=("?)[\w.+-]{1,64}\2)?$/
  return plain.test(type) ? type : 'application/octet-stream'
}

function cleanCacheControl(value: string | null | undefined): string {
  return value && /^[\w ,=-]{1,100}$/.test(value) ? value : 'no-cache'
}
