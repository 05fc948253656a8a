import type { Database } from '../../database/connect'
import type { Reader, RowCatalogue } from './row-catalogue'
import { FilterError, parseFilter, type Condition } from './row-filter'
import { tryFilter } from './row-reader'

export type RowEvent = 'INSERT' | 'UPDATE' | 'DELETE'

/** What a client asks for in `postgres_changes`. */
export interface BindingRequest {
  event: RowEvent | '*'
  schema: string
  /** `*` for every table. */
  table: string
  filter: string | null
}

/** What it gets told by, under an id of this service. */
export interface Binding {
  id: number
  event: RowEvent | '*'
  table: string
  /** Null where every row counts. `text` names equal filters. */
  filter: { text: string; conditions: Condition[] } | null
}

/** A subscription that can't be had; its message goes to the client, in Supabase's words. */
export class BindingError extends Error {
  override readonly name = 'BindingError'
}

/**
 * Checks a request against the live schema.
 *
 * @throws BindingError; whatever the database says where it is away
 */
export async function bind(
  { database, catalogue }: { database: Database; catalogue: RowCatalogue },
  reader: Reader,
  request: BindingRequest,
  id: number,
): Promise<Binding> {
  const { event, schema, table, filter } = request
  const knowsTable = (schema === 'public' || schema === '*') && (table === '*' || catalogue.has(table))
  if (!knowsTable) {
    throw new BindingError(
      `Unable to subscribe to changes with given parameters. Please check Realtime is enabled for the given connect parameters: ${described(request)}`,
    )
  }
  try {
    const conditions = filter === null ? [] : parseFilter(filter)
    if (conditions.length === 0) return { id, event, table, filter: null }
    const columns = catalogue.get(table)?.[reader]
    if (!columns) throw new FilterError('Error parsing `filter` params: a filter needs a table')
    await tryFilter(database, table, columns, conditions)
    return { id, event, table, filter: { text: filter ?? '', conditions } }
  } catch (error) {
    if (error instanceof FilterError || isRefusal(error)) throw refused(request, error)
    throw error
  }
}

function refused(request: BindingRequest, cause: Error): BindingError {
  if (cause.message.startsWith('Error parsing')) return new BindingError(cause.message, { cause })
  return new BindingError(
    `Unable to subscribe to changes with given parameters. An exception happened so please check your connect parameters: ${described(request)}. Exception: ${cause.message}`,
    { cause },
  )
}

/** What PostgreSQL says of a value that is none of its type (class 22) or an operator that there is not (class 42). */
function isRefusal(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^(22|42)/.test(String(error.code))
}

function described({ event, schema, table, filter }: BindingRequest): string {
  return `[event: ${event}, schema: ${schema}, table: ${table}, filters: [${filter ?? ''}]]`
}
