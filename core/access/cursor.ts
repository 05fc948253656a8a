import { z } from 'zod'
import { SemblanceError } from '../model/errors'

/**
 * Opaque cursors of keyset pages: base64url of the JSON of what the next page starts after. They come back from
 * clients, so they are validated like any other input.
 */
export function encodeCursor(position: Record<string, unknown>): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/** @throws SemblanceError BAD_REQUEST where the text is not a cursor of this list. */
export function decodeCursor<T>(cursor: string | undefined, schema: z.ZodType<T>): T | null {
  if (cursor === undefined) return null
  const parsed = schema.safeParse(readJson(cursor))
  if (parsed.success) return parsed.data
  throw new SemblanceError(
    'BAD_REQUEST',
    'This page link is not valid here. Start again from the first page.',
  )
}

/** At most 2,000 characters are looked at: names are the longest that a cursor holds. */
function readJson(cursor: string): unknown {
  if (cursor.length > 2000) return undefined
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

/** A PostgreSQL timestamp as text: it keeps the microseconds that a Date would lose, which keyset pages need. */
export const timestampKey = z
  .string()
  .regex(/^\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:?\d\d){0,2}$/)

/** A float8 as text: PostgreSQL's shortest form that reads back as the same number. */
export const numberKey = z.string().regex(/^-?\d+(\.\d+)?(e[+-]?\d+)?$/)

export interface Page<T> {
  items: T[]
  next_cursor: string | null
}

/**
 * Cuts a page from `limit + 1` rows in order.
 * @param position what the next page starts after, of the page's last row
 */
export function cutPage<T>(
  rows: T[],
  limit: number,
  position: (last: T) => Record<string, unknown>,
): Page<T> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next_cursor: rows.length > limit && last ? encodeCursor(position(last)) : null }
}
