import { sql, type RawBuilder, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'

/** How much of the truth a vector index finds, on this very database. */
export interface IndexRecall {
  table: 'faces' | 'celebrities'
  index: string
  method: 'hnsw' | 'ivfflat'
  rows: number
  /** How many neighbours of how many rows were asked for. */
  neighbours: number
  queries: number
  /** 0..1, as the server's settings are; null where the planner would not use the index even when told to. */
  recall: number | null
  /** What to do where that is too little; null where it is enough. */
  remedy: string | null
}

/** Below this, neighbours by the index alone are not to be trusted. */
export const neededRecall = 0.95

const [neighbours, queries] = [10, 20]
/** An exact scan of so many rows takes a second; with more of them fewer queries are asked. */
const rowsScanned = 1_000_000

/**
 * Asks each vector index of faces and celebrities for the ten neighbours of up to twenty rows, and scans for the truth.
 * Searches by score read no vector index (docs/matching.md); other clients' queries do. Leaves nothing behind but
 * settings of this transaction.
 */
export async function measureRecall(tx: Transaction<Tables>): Promise<IndexRecall[]> {
  const { rows: indexes } = await sql<{
    table: IndexRecall['table']
    index: string
    method: 'hnsw' | 'ivfflat'
  }>`
    select t.relname as "table", c.relname as index, a.amname as method
    from pg_catalog.pg_index i
    join pg_catalog.pg_class c on c.oid = i.indexrelid
    join pg_catalog.pg_class t on t.oid = i.indrelid
    join pg_catalog.pg_am a on a.oid = c.relam
    where t.oid in ('public.faces'::regclass, 'public.celebrities'::regclass)
      and a.amname in ('hnsw', 'ivfflat') and i.indisvalid
    order by 1, 2`.execute(tx)
  const measured: IndexRecall[] = []
  for (const one of indexes) {
    const { rows } = await sql<{ count: number }>`
      select count(*)::integer as count from ${sql.table(`public.${one.table}`)} where embedding is not null`.execute(
      tx,
    )
    const count = rows[0]?.count ?? 0
    // With so few there is nothing to get wrong, and the planner rightly scans.
    if (count <= neighbours) continue
    const asked = Math.max(1, Math.min(queries, Math.floor(rowsScanned / count)))
    const recall = await recallOf(tx, one.table, one.index, asked)
    measured.push({
      ...one,
      ...{ rows: count, neighbours, queries: asked, recall },
      remedy:
        recall !== null && recall < neededRecall ? remedyOf(one.index, one.method, one.table, count) : null,
    })
  }
  return measured
}

async function recallOf(
  tx: Transaction<Tables>,
  table: IndexRecall['table'],
  index: string,
  asked: number,
): Promise<number | null> {
  const source = sql.table(`public.${table}`)
  const { rows: sample } = await sql<{ id: string }>`
    select id from ${source} where embedding is not null order by md5(id::text) limit ${asked}`.execute(tx)
  let [found, expected] = [0, 0]
  for (const { id } of sample) {
    const { rows } = await sql<{ embedding: string }>`
      select embedding::text as embedding from ${source} where id = ${id}::uuid`.execute(tx)
    const nearest = sql<{ id: string }>`
      select id from ${source} where embedding is not null
      order by embedding operator(extensions.<=>) ${sql.lit(rows[0]?.embedding ?? '')}::extensions.vector
      limit ${sql.lit(neighbours)}`
    await useIndexes(tx, false)
    const truth = await nearest.execute(tx)
    await useIndexes(tx, true)
    if (found + expected === 0 && !(await isUsed(tx, nearest, index))) return null
    const answer = new Set((await nearest.execute(tx)).rows.map((row) => row.id))
    found += truth.rows.filter((row) => answer.has(row.id)).length
    expected += truth.rows.length
  }
  return expected === 0 ? null : found / expected
}

async function useIndexes(tx: Transaction<Tables>, isOn: boolean): Promise<void> {
  await sql`select set_config('enable_indexscan', ${isOn ? 'on' : 'off'}, true),
    set_config('enable_seqscan', ${isOn ? 'off' : 'on'}, true),
    set_config('enable_sort', ${isOn ? 'off' : 'on'}, true)`.execute(tx)
}

async function isUsed(
  tx: Transaction<Tables>,
  nearest: RawBuilder<{ id: string }>,
  index: string,
): Promise<boolean> {
  const plan = await sql<{ 'QUERY PLAN': string }>`explain (costs off) ${nearest}`.execute(tx)
  return plan.rows.some((row) => row['QUERY PLAN'].includes(index))
}

function remedyOf(index: string, method: IndexRecall['method'], table: string, rows: number): string {
  if (method === 'hnsw')
    return `Ask with a larger hnsw.ef_search (100, 200), or rebuild it with a larger ef_construction: reindex index concurrently public.${index}.`
  // Lists as pgvector advises: a thousandth of the rows up to a million, the square root above.
  const lists = Math.max(10, Math.round(rows <= 1_000_000 ? rows / 1_000 : Math.sqrt(rows)))
  const probes = Math.max(1, Math.ceil(Math.sqrt(lists)))
  return (
    `It was built when the table held other rows, or has too many lists for ${rows}: rebuild it with ` +
    `(lists = ${lists}) and ask with ivfflat.probes = ${probes}, or put HNSW beside it: create index concurrently on ` +
    `public.${table} using hnsw (embedding extensions.vector_cosine_ops).`
  )
}
