import type { Hono } from 'hono'
import { sql } from 'kysely'
import { z } from 'zod'
import { actAs, type StorageContext } from './context'
import { bucketAlreadyExists, fromDatabase, invalidRequest, StorageError } from './errors'
import { bucketColumns, findBucket, type BucketRow } from './objects'
import { readJson } from './requests'

const bucketRequest = z.object({
  id: z.string().nullish(),
  name: z.string(),
  public: z.boolean().nullish(),
  file_size_limit: z.union([z.number().int().min(0), z.string()]).nullish(),
  allowed_mime_types: z.array(z.string().max(255)).nullish(),
})

/** Buckets are made, read and listed as the caller: policies on `storage.buckets` decide. */
export function bucketRoutes(app: Hono, context: StorageContext): void {
  const { database } = context

  app.post('/bucket', async (c) => {
    const identity = await context.identify(c)
    const request = await readJson(c, bucketRequest)
    const id = request.id ?? request.name
    if (!/^[\w!\-.*'() &$@=;:+,?]{1,100}$/.test(id) || id !== id.trim() || id === '.' || id === '..') {
      throw new StorageError(400, 'InvalidBucketName', 'Invalid Input', 'Bucket name invalid')
    }
    const limit = parseSize(request.file_size_limit)
    const types = request.allowed_mime_types ?? null
    const owner = identity.role === 'authenticated' ? identity.caller.id : null
    try {
      await actAs(database, identity, (trx) =>
        sql`
          insert into storage.buckets (id, name, owner, owner_id, public, file_size_limit, allowed_mime_types)
          values (${id}, ${request.name}, ${owner}::uuid, ${owner}::text, ${request.public ?? false}, ${limit}::bigint,
            (select array_agg(type) from jsonb_array_elements_text(${JSON.stringify(types ?? [])}::jsonb) as type))
        `.execute(trx),
      )
    } catch (error) {
      throw (error as { code?: string }).code === '23505' ? bucketAlreadyExists() : fromDatabase(error)
    }
    return c.json({ name: request.name })
  })

  app.get('/bucket', async (c) => {
    const identity = await context.identify(c)
    const { rows } = await actAs(database, identity, (trx) =>
      sql<BucketRow>`select ${bucketColumns} from storage.buckets order by name`.execute(trx),
    )
    return c.json(rows.map(bucketView))
  })

  app.get('/bucket/:id', async (c) => {
    const identity = await context.identify(c)
    return c.json(bucketView(await actAs(database, identity, (trx) => findBucket(trx, c.req.param('id')))))
  })
}

function bucketView(bucket: BucketRow) {
  const limit = bucket.file_size_limit
  return { ...bucket, owner: bucket.owner ?? '', file_size_limit: limit === null ? null : Number(limit) }
}

/** Bytes: a number, or `20GB`, `20MB`, `30KB`, `3B`. */
function parseSize(size: number | string | null | undefined): number | null {
  if (size === null || size === undefined) return null
  if (typeof size === 'number') return size
  const match = /^(\d{1,9})\s*(B|KB|MB|GB)?$/i.exec(size.trim())
  if (!match) throw invalidRequest('Invalid file size format, hint: use 20GB / 20MB / 30KB / 3B')
  const units = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 }
  return Number(match[1]) * units[(match[2]?.toUpperCase() ?? 'B') as keyof typeof units]
}
