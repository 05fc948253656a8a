import type { Context } from 'hono'
import type { z } from 'zod'
import { collect } from '../gateway'
import { entityTooLarge, invalidRequest } from './errors'

/** A thousand names of the longest kind fit. */
const maximumBytes = 2 * 1024 * 1024

/**
 * The request's JSON body as `schema` has it.
 *
 * @throws StorageError InvalidRequest, EntityTooLarge
 */
export async function readJson<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const sent = c.req.raw.body as AsyncIterable<Uint8Array> | null
  const text = (await collect(sent, maximumBytes, entityTooLarge)).toString('utf8')
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw invalidRequest('The body must be JSON')
  }
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw invalidRequest(`body/${issue?.path.join('/') ?? ''} ${issue?.message ?? 'is not valid'}`)
}
