import { Readable } from 'node:stream'
import type { Context, Hono } from 'hono'
import { actAs, objectPath, type StorageContext } from './context'
import { invalidJwt, noSuchBucket, noSuchFile, noSuchKey, StorageError } from './errors'
import { findBucket, findObject, type ObjectRow } from './objects'

/** Types that a browser shows without running anything of them; the rest is offered for saving. */
const harmless =
  /^(image\/(png|jpeg|gif|webp|avif|bmp|heic|heif|tiff)|audio\/|video\/|text\/plain|application\/json)/i

/** Who may keep a copy, and for how long the right to it lasts. */
type Sharing = { shared: boolean; seconds?: number }

/** Downloads: public, signed, and as the caller. HEAD, ranges and revalidation included. */
export function downloadRoutes(app: Hono, context: StorageContext): void {
  const { database } = context

  app.get('/object/public/:bucket/*', async (c) => {
    const { bucket, name } = objectPath(c, '/object/public/')
    return serve(c, context, { shared: true }, () =>
      database.asService(async (trx) => {
        if (!(await findBucket(trx, bucket)).public) throw noSuchBucket()
        return findObject(trx, bucket, name)
      }),
    )
  })

  app.get('/object/sign/:bucket/*', async (c) => {
    const { bucket, name } = objectPath(c, '/object/sign/')
    const token = c.req.query('token')
    if (!token) throw invalidJwt('The token is missing')
    const seconds = await context.signer.check(`${bucket}/${name}`, token)
    return serve(c, context, { shared: false, seconds }, () =>
      database.asService((trx) => findObject(trx, bucket, name)),
    )
  })

  const authenticated = async (c: Context, prefix: string) => {
    const identity = await context.identify(c)
    const { bucket, name } = objectPath(c, prefix)
    return serve(c, context, { shared: false }, () =>
      visible(actAs(database, identity, (trx) => findObject(trx, bucket, name))),
    )
  }
  app.get('/object/authenticated/:bucket/*', (c) => authenticated(c, '/object/authenticated/'))
  app.get('/object/:bucket/*', (c) => authenticated(c, '/object/'))
}

/** A refusal to read looks like nothing there. */
export async function visible<T>(found: Promise<T>): Promise<T> {
  try {
    return await found
  } catch (error) {
    if ((error as { code?: string }).code === '42501') throw noSuchKey()
    throw error
  }
}

async function serve(
  c: Context,
  { files }: StorageContext,
  sharing: Sharing,
  find: () => Promise<ObjectRow | null>,
): Promise<Response> {
  // Twice, for the object may be replaced between the reading of its row and the opening of its file.
  for (let attempt = 0; attempt < 2; attempt++) {
    const object = await find()
    if (!object) throw noSuchKey()
    const file = await files.open(object.version)
    if (!file) continue
    try {
      const { status, headers, range } = describe(c, object, file.size, sharing)
      if (!range || c.req.method === 'HEAD') {
        await file.handle.close()
        return new Response(null, { status, headers })
      }
      // The stream closes the file, at its end and when the client goes away.
      const stream = file.handle.createReadStream({ start: range.start, end: range.end })
      return new Response(Readable.toWeb(stream) as ReadableStream, { status, headers })
    } catch (error) {
      await file.handle.close()
      throw error
    }
  }
  throw noSuchFile()
}

function describe(c: Context, object: ObjectRow, size: number, sharing: Sharing) {
  const modified = new Date(object.updated_at)
  const headers = new Headers({
    'accept-ranges': 'bytes',
    'cache-control': cacheControl(object, sharing),
    'content-disposition': disposition(c, object),
    // Objects come from people: whatever they are, they run nothing under this origin.
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    'content-type': object.metadata.mimetype,
    etag: object.metadata.eTag,
    'last-modified': modified.toUTCString(),
    'x-content-type-options': 'nosniff',
  })
  if (isFresh(c, object.metadata.eTag, modified)) return { status: 304, headers, range: null }
  const range = requestedRange(c, object.metadata.eTag, size)
  headers.set('content-length', String(size === 0 ? 0 : range.end - range.start + 1))
  if (!range.partial) return { status: 200, headers, range: size === 0 ? null : range }
  headers.set('content-range', `bytes ${range.start}-${range.end}/${size}`)
  return { status: 206, headers, range }
}

function cacheControl(object: ObjectRow, { shared, seconds }: Sharing): string {
  const stored = object.metadata.cacheControl
  const age = Number(/max-age=(\d+)/.exec(stored)?.[1] ?? 0)
  if (age === 0) return 'no-cache'
  return shared ? `public, max-age=${age}` : `private, max-age=${Math.max(0, Math.min(age, seconds ?? age))}`
}

function disposition(c: Context, object: ObjectRow): string {
  const wanted = c.req.query('download')
  if (wanted === undefined) return harmless.test(object.metadata.mimetype) ? 'inline' : 'attachment'
  const name = wanted || (object.name.split('/').at(-1) ?? object.name)
  const plain = name.replace(/[^\w. ()-]/g, '_')
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16)}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}

function isFresh(c: Context, eTag: string, modified: Date): boolean {
  const tags = c.req.header('if-none-match')
  if (tags)
    return tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === eTag || tag.trim() === '*')
  const since = Date.parse(c.req.header('if-modified-since') ?? '')
  // HTTP dates have whole seconds.
  return Math.floor(modified.getTime() / 1000) * 1000 <= since
}

/** One range of bytes; several, or none that can be read, mean the whole. Both ends count. */
function requestedRange(
  c: Context,
  eTag: string,
  size: number,
): { start: number; end: number; partial: boolean } {
  const whole = { start: 0, end: size - 1, partial: false }
  const match = /^bytes=(\d*)-(\d*)$/.exec(c.req.header('range')?.trim() ?? '')
  const condition = c.req.header('if-range')
  if (!match || (!match[1] && !match[2]) || (condition && condition !== eTag)) return whole
  const last = match[2] ? Number(match[2]) : size - 1
  const start = match[1] ? Number(match[1]) : Math.max(0, size - last)
  const end = match[1] ? Math.min(last, size - 1) : size - 1
  if (match[1] && match[2] && last < start) return whole
  if (start >= size || end < start || (!match[1] && last === 0)) {
    throw new StorageError(416, 'InvalidRange', 'invalid_range', 'invalid range provided')
  }
  return { start, end, partial: true }
}
