import { sql } from 'kysely'
import { z } from 'zod'
import { cutPage, decodeCursor, encodeCursor } from '../../access/cursor'
import type { Database } from '../../database/connect'
import { summariesOf, type CelebrityRow } from '../catalogue'
import { alikePairs, type Pair } from './alike'
import type { Curator, Tx } from './changes'
import { photosById, type PhotoRow } from './photos'

/** What a person should look at, worst first. */

/** Below this cosine to the photo that they are known by, another photo of somebody is worth a look. */
export const unlikeCosine = 0.4

export interface OutlierQuery {
  kind: 'unlike' | 'alike' | 'quality'
  cursor?: string | undefined
  limit: number
}

export interface Outlier {
  kind: OutlierQuery['kind']
  celebrity: CelebrityRow
  other: CelebrityRow | null
  photo: PhotoRow | null
  value: number
  why: string
}

interface OutlierPage {
  items: Outlier[]
  total: number
  next_cursor: string | null
}

export function listOutliers(
  { database, transaction }: { database: Database } & Pick<Curator, 'transaction'>,
  query: OutlierQuery,
  signal?: AbortSignal,
): Promise<OutlierPage> {
  if (query.kind === 'alike') return listAlike(database, transaction, query, signal)
  return transaction((tx) => (query.kind === 'unlike' ? listUnlike(tx, query) : listPoor(tx, query)))
}

const cursorSchema = z.strictObject({ value: z.number(), id: z.uuid(), total: z.int() })

interface Found {
  id: string
  celebrity_id: string
  value: number
  total: number
}

async function listUnlike(tx: Tx, { cursor, limit }: OutlierQuery): Promise<OutlierPage> {
  const after = decodeCursor(cursor, cursorSchema)
  const { rows } = await sql<Found>`
    with unlike as materialized (
      select p.id, p.celebrity_id, 1 - (p.embedding operator(extensions.<=>) c.embedding) as value
      from public.celebrity_photos as p
      join public.celebrities as c on c.id = p.celebrity_id and c.embedding_model = p.embedding_model
    ),
    low as materialized (select * from unlike where value < ${sql.lit(unlikeCosine)})
    select low.*, (select count(*)::int from low) as total from low
    where ${after ? sql`(low.value, low.id) > (${after.value}::float8, ${after.id}::uuid)` : sql`true`}
    order by low.value, low.id limit ${limit + 1}`.execute(tx)
  const photos = await photosById(
    tx,
    rows.map(({ id }) => id),
  )
  return describe(tx, 'unlike', rows, limit, ({ id, value }) => ({
    photo: photos.get(id) ?? null,
    why: `This photo looks unlike the one that they are known by: cosine ${value.toFixed(2)}, where photos of one person usually have over ${samePerson}.`,
  }))
}

const samePerson = '0.50'

export async function listPoor(tx: Tx, { cursor, limit }: OutlierQuery): Promise<OutlierPage> {
  const after = decodeCursor(cursor, cursorSchema)
  const { rows } = await sql<Found>`
    with decile as materialized (
      select percentile_cont(0.1) within group (order by quality_score) as bound
      from public.celebrity_facts where quality_score is not null
    ),
    low as materialized (
      select c.id, c.id as celebrity_id, c.quality_score as value
      from public.celebrity_facts as c, decile where c.quality_score <= decile.bound
    )
    select low.*, (select count(*)::int from low) as total from low
    where ${after ? sql`(low.value, low.id) > (${after.value}::float8, ${after.id}::uuid)` : sql`true`}
    order by low.value, low.id limit ${limit + 1}`.execute(tx)
  return describe(tx, 'quality', rows, limit, ({ value }) => ({
    photo: null,
    why: `Nine of ten photos of the gallery are better: quality ${value.toFixed(2)}.`,
  }))
}

async function describe(
  tx: Tx,
  kind: OutlierQuery['kind'],
  rows: Found[],
  limit: number,
  more: (row: Found) => Pick<Outlier, 'photo' | 'why'>,
): Promise<OutlierPage> {
  const total = rows[0]?.total ?? 0
  const page = cutPage(rows, limit, ({ value, id }) => ({ value, id, total }))
  const celebrities = await summariesOf(
    tx,
    page.items.map(({ celebrity_id: id }) => id),
  )
  const items = page.items.flatMap((row) => {
    const celebrity = celebrities.get(row.celebrity_id)
    return celebrity ? [{ kind, celebrity, other: null, value: row.value, ...more(row) }] : []
  })
  return { items, total, next_cursor: page.next_cursor }
}

const pairCursorSchema = z.strictObject({ cosine: z.number(), a: z.uuid(), b: z.uuid() })

async function listAlike(
  database: Database,
  transaction: Curator['transaction'],
  { cursor, limit }: OutlierQuery,
  signal?: AbortSignal,
): Promise<OutlierPage> {
  const after = decodeCursor(cursor, pairCursorSchema)
  const all = await alikePairs(database, transaction, signal)
  return transaction(async (tx) => {
    const { rows: distinct } = await sql<{ pair: string }>`
      select celebrity_a_id || ' ' || celebrity_b_id as pair from public.celebrity_distinctions`.execute(tx)
    const isDistinct = new Set(distinct.map(({ pair }) => pair))
    const open = all.filter(({ a, b }) => !isDistinct.has(`${a} ${b}`))
    const start = after ? open.filter((pair) => !isAfter(pair, after)).length : 0
    const page = open.slice(start, start + limit)
    const last = page.at(-1)
    const celebrities = await summariesOf(
      tx,
      page.flatMap(({ a, b }) => [a, b]),
    )
    const items = page.flatMap(({ a, b, cosine }) => {
      const [celebrity, other] = [celebrities.get(a), celebrities.get(b)]
      if (!celebrity || !other) return []
      const why = `They look like one person: cosine ${cosine.toFixed(2)}, where two people seldom have over ${samePerson}.`
      return [{ kind: 'alike' as const, celebrity, other, photo: null, value: cosine, why }]
    })
    const more = last && start + limit < open.length
    return { items, total: open.length, next_cursor: more ? encodeCursor({ ...last }) : null }
  })
}

const isAfter = (pair: Pair, last: Pair) =>
  pair.cosine < last.cosine || (pair.cosine === last.cosine && pair.a + pair.b > last.a + last.b)
