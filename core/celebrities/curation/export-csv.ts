import { sql } from 'kysely'
import { z } from 'zod'
import { decodeCursor, encodeCursor } from '../../access/cursor'
import { celebrityConditions } from '../catalogue-filter'
import type { CelebrityFilter } from '../contract-filter'
import { isNoneOf, type Tx } from './changes'

const pieceRows = 1000

/** The first of them are those that an import reads. */
const columns = [
  ...['name', 'bio', 'category', 'gender', 'licence', 'source', 'name_original', 'age', 'expression'],
  ...['quality_score', 'embedding_model', 'image_path', 'image_hash', 'created_at', 'analyzed_at', 'id'],
] as const

const cursorSchema = z.strictObject({ key: z.string(), id: z.uuid() })

export interface CsvQuery {
  filter: CelebrityFilter
  ids?: string[] | undefined
  except?: string[] | undefined
  cursor?: string | undefined
}

/** The next piece of a CSV file, by name; the first one begins with the names of the columns. */
export async function exportCsv(tx: Tx, { filter, ids, except, cursor }: CsvQuery) {
  const after = decodeCursor(cursor, cursorSchema)
  const { rows } = await sql<Record<(typeof columns)[number] | 'sort_key', string | null>>`
    with piece as materialized (
      select c.id, c.name_key from public.celebrity_facts as c
      where ${celebrityConditions(filter)} and ${isNoneOf(except)}
        and ${ids ? sql`c.id = any (${ids}::uuid[])` : sql`true`}
        and ${after ? sql`(c.name_key, c.id) > (${after.key}, ${after.id}::uuid)` : sql`true`}
      order by c.name_key, c.id
      limit ${sql.lit(pieceRows + 1)}
    )
    select ${sql.join(columns.map((name) => sql`${asText(name)} as ${sql.ref(name)}`))}, piece.name_key as sort_key
    from piece join public.celebrities as c on c.id = piece.id
    order by piece.name_key, c.id`.execute(tx)
  const piece = rows.slice(0, pieceRows)
  const last = piece.at(-1)
  const lines = piece.map((row) => columns.map((name) => csvField(row[name])))
  const text = [...(after ? [] : [[...columns]]), ...lines]
    .map((fields) => `${fields.join(',')}\r\n`)
    .join('')
  const more = rows.length > pieceRows && last
  return {
    text,
    rows: piece.length,
    next_cursor: more ? encodeCursor({ key: last.sort_key, id: last.id }) : null,
  }
}

const asText = (name: (typeof columns)[number]) =>
  name === 'created_at' || name === 'analyzed_at'
    ? sql`to_char(${sql.ref(`c.${name}`)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
    : sql`${sql.ref(`c.${name}`)}::text`

/**
 * One field as RFC 4180 has it. What a spreadsheet would take for a formula gets an apostrophe before it (OWASP, “CSV
 * Injection”): what begins with = + - @ tab or return, also after spaces or in their full width forms.
 */
export function csvField(value: string | null): string {
  if (value === null) return ''
  const isNumber = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value)
  const text = !isNumber && /^\s*[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
