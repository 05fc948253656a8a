import { setImmediate as turn } from 'node:timers/promises'
import type { Database } from '../../database/connect'
import type { Identity } from '../gateway'
import type { Binding, RowEvent } from './row-bindings'
import type { Reader, TableColumns } from './row-catalogue'
import { readRows, type VisibleRow } from './row-reader'

/** A row that was written and is not yet told of. */
export interface PendingRow {
  type: RowEvent
  id: string
  /** The id before, where an UPDATE changed it; else the same. */
  oldId: string
  /** When this host heard of it, ISO 8601. */
  at: string
}

/** A channel that wants to hear of rows. */
export interface RowSubscriber {
  readonly identity: Identity
  readonly bindings: readonly Binding[]
  /** @param data the change as JSON, made once for all who see the same */
  deliver(ids: readonly number[], data: string): void
  /** Changes were lost: whoever wants to be right asks again. */
  missed(reason: string): void
}

interface Delivery {
  database: Database
  table: string
  columns: Record<Reader, TableColumns>
  rows: readonly PendingRow[]
  subscribers: ReadonlySet<RowSubscriber>
  /** Told of what keeps some of them from being told. */
  onFailure: (error: unknown, subscribers: readonly RowSubscriber[]) => void
}

/** Those who see the same, since they are the same to every policy. */
interface Group {
  identity: Identity
  subscribers: RowSubscriber[]
}

/** Rows that one query reads, and that are sent before the event loop gets its turn. */
const rowsAtATime = 200
/** Queries at a time; the embedded database has one connection, which everybody needs. */
const readers = { pglite: 1, postgres: 4 }

/** Tells everybody of these rows: one query for each group of equal readers, however many rows and subscribers. */
export async function deliverChanges(delivery: Delivery): Promise<void> {
  const groups = groupsOf(delivery)
  const work = async () => {
    for (let group = groups.pop(); group; group = groups.pop()) {
      try {
        await deliverToGroup(delivery, group)
      } catch (error) {
        delivery.onFailure(error, group.subscribers)
      }
    }
  }
  await Promise.all(Array.from({ length: readers[delivery.database.engine] }, work))
}

function groupsOf({ subscribers, table, columns }: Delivery): Group[] {
  const groups = new Map<string, Group>()
  for (const subscriber of subscribers) {
    const { identity, bindings } = subscriber
    // Who may not even ask for a row's key is told of none, not of deleted ones either.
    const maySee = columns[identity.role].some(({ name }) => name === 'id')
    if (!maySee || !bindings.some((binding) => concerns(binding, table))) continue
    const key = groupKey(identity)
    const group = groups.get(key) ?? { identity, subscribers: [] }
    group.subscribers.push(subscriber)
    groups.set(key, group)
  }
  return [...groups.values()].reverse()
}

/** A token that was only refreshed is the same reader: no policy asks when it was issued. */
function groupKey(identity: Identity): string {
  if (identity.role !== 'authenticated') return identity.role
  const { iat: _issued, exp: _expires, jti: _id, ...claims } = identity.caller.claims
  return JSON.stringify(claims)
}

async function deliverToGroup(delivery: Delivery, group: Group): Promise<void> {
  const { database, table, rows } = delivery
  const columns = delivery.columns[group.identity.role]
  const bindings = group.subscribers.flatMap((subscriber) =>
    subscriber.bindings.filter((binding) => concerns(binding, table)),
  )
  const wanted = rows.filter(({ type }) => bindings.some(({ event }) => event === '*' || event === type))
  const filters = new Map(bindings.flatMap(({ filter }) => (filter ? [[filter.text, filter]] : [])))
  const filterTexts = [...filters.keys()]
  const describedColumns = JSON.stringify(columns.map(({ name, type }) => ({ name, type })))
  for (let start = 0; start < wanted.length; start += rowsAtATime) {
    const some = wanted.slice(start, start + rowsAtATime)
    const ids = [...new Set(some.flatMap(({ type, id }) => (type === 'DELETE' ? [] : [id])))]
    const conditions = [...filters.values()].map((filter) => filter.conditions)
    const visible =
      ids.length === 0
        ? new Map<string, VisibleRow>()
        : await readRows(database, group.identity, { table, columns, ids, filters: conditions })
    for (const row of some) {
      const seen = visible.get(row.id)
      if (row.type !== 'DELETE' && !seen) continue
      const data = changeAsJson(table, row, seen?.record ?? null, describedColumns)
      for (const subscriber of group.subscribers) {
        const told = subscriber.bindings.filter((binding) =>
          tells(binding, table, row.type, seen?.holds, filterTexts),
        )
        const toldIds = told.map(({ id }) => id)
        if (told.length > 0) subscriber.deliver(toldIds, data)
      }
    }
    await turn()
  }
}

function concerns(binding: Binding, table: string): boolean {
  return binding.table === '*' || binding.table === table
}

/** A deleted row has no columns that a filter could look at: it is told to all, as Supabase does. */
function tells(
  binding: Binding,
  table: string,
  type: RowEvent,
  holds: readonly boolean[] | undefined,
  filterTexts: readonly string[],
): boolean {
  if (!concerns(binding, table) || (binding.event !== '*' && binding.event !== type)) return false
  if (type === 'DELETE' || !binding.filter) return true
  return holds?.[filterTexts.indexOf(binding.filter.text)] ?? false
}

/**
 * The change as clients read it. A DELETE carries the key alone and is told to everybody who may read the table:
 * nobody can ask row-level security about a row that is gone. Keys are random UUIDs and say nothing by themselves.
 */
function changeAsJson(table: string, row: PendingRow, record: string | null, columns: string): string {
  const parts = [
    `"schema":"public","table":${JSON.stringify(table)},"type":"${row.type}"`,
    `"commit_timestamp":"${row.at}","columns":${columns}`,
    ...(row.type === 'DELETE' ? [] : [`"record":${record}`]),
    ...(row.type === 'INSERT' ? [] : [`"old_record":${JSON.stringify({ id: row.oldId })}`]),
    '"errors":null',
  ]
  return `{${parts.join(',')}}`
}
