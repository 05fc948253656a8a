import type { PoolClient } from 'pg'
import { tableOf } from '../conformance/compare'
import { rowsMissing, values, type Backfill, type Column } from './backfill-rows'
import { countRows } from './count'
import type { Decisions, PlanContext } from './model'

export interface PlannedBackfill extends Backfill {
  rows: number
}

/** Those of `values` whose columns are still to come, or hold something else in some row. */
export async function valueBackfills(
  client: PoolClient,
  { live }: PlanContext,
  decisions: Decisions,
): Promise<PlannedBackfill[]> {
  const { missing } = decisions
  const isWhole = !missing.some(({ kind, name }) => kind === 'function' && name.startsWith('private.'))
  const planned: PlannedBackfill[] = []
  for (const backfill of values) {
    if (!tableOf(live.catalogue, backfill.table)) continue
    const lacks = missing.some(({ kind, table }) => kind === 'column' && table === backfill.table)
    const text = isWhole && !lacks ? backfill.count : `select 1 from ${backfill.table}`
    const rows = await count(client, backfill, text, decisions)
    if (rows > 0) planned.push({ ...backfill, rows })
  }
  return planned
}

/** Rows that our triggers would have written, had they stood from the beginning. */
export async function rowBackfills(
  client: PoolClient,
  { live, reference }: PlanContext,
  decisions: Decisions,
): Promise<PlannedBackfill[]> {
  const planned: PlannedBackfill[] = []
  for (const { needs, standing, ...backfill } of rowsMissing) {
    const has = ([table, column]: Column) =>
      tableOf(live.catalogue, table)?.columns.some(({ name }) => name === column)
    const isAnyNew = needs.some(
      ([table]) => !tableOf(live.catalogue, table) && reference.objects.has(`table ${table}`),
    )
    if ((standing && !has(standing)) || (!isAnyNew && !needs.every(has))) continue
    // A table that is still to come is empty, so that every row beside it counts.
    const text = isAnyNew ? (backfill.count.split(/\s+and not exists/)[0] ?? '') : backfill.count
    const rows = await count(client, backfill, text, decisions)
    if (rows > 0) planned.push({ ...backfill, rows })
  }
  return planned
}

/** Where it can't be said how many, that is for a person to mend. */
async function count(
  client: PoolClient,
  { title, table }: Backfill,
  text: string,
  { blockers }: Decisions,
): Promise<number> {
  const { count: rows, problem, isDenied } = await countRows(client, text)
  const found = isDenied ? problem : `fill ${title} of ${table}: ${problem ?? ''}`
  if (problem !== null && found !== null && !blockers.includes(found)) blockers.push(found)
  return rows
}
