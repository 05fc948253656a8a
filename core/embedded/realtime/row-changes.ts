import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../../database/connect'
import type { Clock, Identity } from '../gateway'
import type { RealtimeLimits } from './limits'
import { bind, type Binding, type BindingRequest } from './row-bindings'
import { readCatalogue, type RowCatalogue } from './row-catalogue'
import { deliverChanges, type PendingRow, type RowSubscriber } from './row-delivery'

/** Tells subscribers of rows that were written, as far as row-level security shows them those. */
export interface RowChanges {
  /**
   * Makes what a client asks for into bindings, and resolves only once changes arrive.
   * @throws BindingError; whatever the database says where it is away
   */
  bind(requests: readonly BindingRequest[], identity: Identity): Promise<Binding[]>
  /** Call the result to stop. */
  subscribe(subscriber: RowSubscriber): () => void
  close(): Promise<void>
}

export interface RowChangesOptions {
  database: Database
  clock: Clock
  limits: Pick<RealtimeLimits, 'pendingRows'>
  onError: (error: unknown) => void
}

const channel = 'semblance_rows'
/** What is written within this time is read together. */
const gatherMs = 10
/** Readers leave the database as much time as they took of it, up to this. */
const longestRestMs = 250
const catalogueMs = 60_000

/** Hears of rows once the first client asks for them. */
export function createRowChanges({ database, clock, limits, onError }: RowChangesOptions): RowChanges {
  const subscribers = new Set<RowSubscriber>()
  const pending = new Map<string, Map<string, PendingRow>>()
  let hearing: Promise<() => Promise<void>> | undefined
  let catalogue: { read: Promise<RowCatalogue>; at: number } | undefined
  let draining = false
  let closed = false
  let lastId = 0

  /** Tries again with the next client where it fails. */
  function hear(): Promise<() => Promise<void>> {
    hearing ??= database.listen(channel, announced).catch((error: unknown) => {
      hearing = undefined
      throw error
    })
    return hearing
  }

  function knownTables(): Promise<RowCatalogue> {
    if (catalogue && performance.now() - catalogue.at < catalogueMs) return catalogue.read
    const read = readCatalogue(database)
    catalogue = { read, at: performance.now() }
    read.catch(() => (catalogue = undefined))
    return read
  }

  function missed(table: string | null, reason: string): void {
    for (const subscriber of [...subscribers]) {
      const hears = ({ table: wanted }: Binding) => table === null || wanted === '*' || wanted === table
      if (subscriber.bindings.some(hears)) subscriber.missed(reason)
    }
  }

  function announced(payload: string | null): void {
    if (subscribers.size === 0) return
    if (payload === null) {
      catalogue = undefined
      pending.clear()
      return missed(null, 'The connection to the database was lost: changes may have been missed')
    }
    const announcement = readAnnouncement(payload, clock)
    if (!announcement) return onError(new Error(`An announcement on ${channel} can't be read: ${payload}`))
    const { table, row } = announcement
    if (!row) return missed(table, `The table ${table} was emptied`)
    const rows = withRow(pending.get(table), row)
    pending.set(table, rows)
    if (rows.size > limits.pendingRows) {
      pending.delete(table)
      return missed(table, `Too many changes of ${table} at a time: some were not sent`)
    }
    if (!draining) void drain()
  }

  async function drain(): Promise<void> {
    draining = true
    try {
      await sleep(gatherMs)
      while (pending.size > 0 && !closed) {
        const batch = [...pending]
        pending.clear()
        const startedAt = performance.now()
        for (const [table, rows] of batch) await deliverTable(table, [...rows.values()])
        await sleep(Math.min(longestRestMs, Math.max(gatherMs, performance.now() - startedAt)))
      }
    } finally {
      draining = false
    }
  }

  async function deliverTable(table: string, rows: PendingRow[]): Promise<void> {
    const reason = `Changes of ${table} could not be read`
    try {
      const columns = (await knownTables()).get(table)
      if (!columns) return
      const onFailure = (error: unknown, some: readonly RowSubscriber[]) => {
        if (!closed) onError(error)
        for (const subscriber of some) subscriber.missed(reason)
      }
      await deliverChanges({ database, table, columns, rows, subscribers, onFailure })
    } catch (error) {
      if (!closed) onError(error)
      missed(table, reason)
    }
  }

  return {
    async bind(requests, identity) {
      await hear()
      const tables = await knownTables()
      const bindings: Binding[] = []
      for (const request of requests) {
        bindings.push(await bind({ database, catalogue: tables }, identity.role, request, (lastId += 1)))
      }
      return bindings
    },
    subscribe(subscriber) {
      subscribers.add(subscriber)
      return () => subscribers.delete(subscriber)
    },
    async close() {
      closed = true
      subscribers.clear()
      const stop = await hearing?.catch(() => null)
      await stop?.()
    },
  }
}

/** A job whose id was changed is told of twice, and only the first time by both ids: that one stays. */
function withRow(rows = new Map<string, PendingRow>(), row: PendingRow): Map<string, PendingRow> {
  const key = `${row.type} ${row.id}`
  return row.oldId === row.id && rows.has(key) ? rows : rows.set(key, row)
}

interface Announcement {
  table: string
  /** Null where all rows went at once. */
  row: PendingRow | null
}

/** As the triggers of migration 0014 write it. Anybody with a login may notify, so it is looked at. */
function readAnnouncement(payload: string, clock: Clock): Announcement | null {
  try {
    const { table, type, keys, old_keys: oldKeys } = JSON.parse(payload) as Record<string, unknown>
    if (typeof table !== 'string') return null
    if (type === 'TRUNCATE') return { table, row: null }
    const id = keyOf(keys)
    if (id === null || (type !== 'INSERT' && type !== 'UPDATE' && type !== 'DELETE')) return null
    return { table, row: { type, id, oldId: keyOf(oldKeys) ?? id, at: clock().toISOString() } }
  } catch {
    return null
  }
}

function keyOf(keys: unknown): string | null {
  const id = (keys as { id?: unknown } | undefined)?.id
  return typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id) ? id : null
}
