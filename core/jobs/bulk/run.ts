import { sql, type SqlBool, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import { SemblanceError } from '../../model/errors'
import type { JobKind } from '../contract'
import type { Bulk, BulkAction } from '../contract-bulk'
import { queues } from '../queue/kinds'
import { before, likeness, rules } from './rules'
import { describeBulk } from './view'

type Tx = Transaction<Tables>
/** Runs a piece of work in a transaction of its own, as whoever runs the action. */
export type InTransaction = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>

/** So many jobs in one transaction: they are locked for some hundredths of a second. */
const chunkSize = 1000
const planMinutes = 60

/**
 * Marks a plan, or a run that was stopped, as running.
 * @param by who runs it; null for the command line
 * @throws SemblanceError NOT_FOUND, FORBIDDEN for somebody else's plan, CONFLICT where it can't be run
 */
export async function beginRun(tx: Tx, id: string, by: string | null): Promise<Bulk> {
  const bulk = await locked(tx, id)
  if (bulk.created_by !== by) {
    throw new SemblanceError(
      'FORBIDDEN',
      'Somebody else made this plan. Plan it yourself, and look at it first.',
    )
  }
  if (bulk.state !== 'planned' && bulk.state !== 'stopped') throw conflict(bulk.state)
  if (bulk.state === 'planned' && bulk.is_old) {
    throw new SemblanceError(
      'CONFLICT',
      'This plan is older than an hour. Make it anew: much may have changed.',
    )
  }
  if (bulk.undone + bulk.undo_changed > 0) throw conflict('undone')
  await sql`
    update public.job_bulks
    set state = 'running', started_at = coalesce(started_at, now()), beat_at = now(), ended_at = null
    where id = ${id}`.execute(tx)
  return describeBulk(tx, id)
}

/** Asks a run to end after its chunk. @throws SemblanceError NOT_FOUND, CONFLICT where nothing runs */
export async function askToStop(tx: Tx, id: string): Promise<Bulk> {
  const { state } = await locked(tx, id)
  if (state !== 'running') throw new SemblanceError('CONFLICT', 'This action is not running.', { state })
  await sql`update public.job_bulks set state = 'stopping' where id = ${id}`.execute(tx)
  return describeBulk(tx, id)
}

/** @throws SemblanceError NOT_FOUND, CONFLICT where nothing can be undone */
export async function beginUndo(tx: Tx, id: string): Promise<Bulk> {
  await locked(tx, id)
  const bulk = await describeBulk(tx, id)
  if (!bulk.can_undo) {
    const why =
      bulk.action === 'retry'
        ? 'A retry can’t be undone: cancel the jobs instead.'
        : 'There is nothing to undo: it was not run, was undone already, or is older than a day.'
    throw new SemblanceError('CONFLICT', why, { state: bulk.state })
  }
  await sql`
    update public.job_bulks set state = 'undoing', beat_at = now(), ended_at = null,
      last_item = (select coalesce(max(i.id), 0) + 1 from public.job_bulk_items as i where i.bulk_id = ${id})
    where id = ${id}`.execute(tx)
  return describeBulk(tx, id)
}

/** Runs or undoes chunk after chunk until the end, or until somebody stops it. */
export async function runToEnd(
  inTransaction: InTransaction,
  id: string,
  onProgress: (bulk: Bulk) => void = () => undefined,
): Promise<Bulk> {
  for (;;) {
    const bulk = await inTransaction(async (tx) => {
      await runChunk(tx, id)
      return describeBulk(tx, id)
    })
    onProgress(bulk)
    if (bulk.state !== 'running' && bulk.state !== 'undoing' && bulk.state !== 'stopping') return bulk
  }
}

/** Where a run broke off it is said to be stopped, so that it can go on. */
export async function noteBrokenOff(tx: Tx, id: string): Promise<void> {
  await sql`
    update public.job_bulks set state = 'stopped', ended_at = now()
    where id = ${id} and state in ('running', 'stopping', 'undoing')`.execute(tx)
}

interface Locked {
  action: BulkAction
  priority: number | null
  state: Bulk['state']
  created_by: string | null
  is_old: boolean
  last_item: string
  undone: number
  undo_changed: number
}

async function locked(tx: Tx, id: string): Promise<Locked> {
  const { rows } = await sql<Locked & { is_lost: boolean }>`
    select action, priority, state, created_by, last_item, undone, undo_changed,
      created_at < now() - make_interval(mins => ${planMinutes}::int) as is_old,
      coalesce(beat_at < now() - interval '30 seconds', false) as is_lost
    from public.job_bulks where id = ${id} for update`.execute(tx)
  const found = rows[0]
  if (!found) throw new SemblanceError('NOT_FOUND', 'There is no such plan any more. Make it anew.')
  const isRunning = ['running', 'stopping', 'undoing'].includes(found.state)
  return { ...found, state: isRunning && found.is_lost ? 'stopped' : found.state }
}

function conflict(state: Bulk['state']): SemblanceError {
  const words: Partial<Record<Bulk['state'], string>> = {
    done: 'This plan was executed already.',
    undone: 'This plan was executed and undone already.',
    undoing: 'It is being undone.',
  }
  return new SemblanceError('CONFLICT', words[state] ?? 'It is running already.', { state })
}

interface Item {
  id: string
  kind: JobKind
  job_id: string
  seen: string
}

async function runChunk(tx: Tx, id: string): Promise<void> {
  const { rows } = await sql<Pick<Locked, 'action' | 'priority' | 'state' | 'last_item'>>`
    select action, priority, state, last_item from public.job_bulks where id = ${id} for update`.execute(tx)
  const bulk = rows[0]
  if (!bulk || !['running', 'stopping', 'undoing'].includes(bulk.state)) return
  if (bulk.state === 'stopping') {
    await sql`update public.job_bulks set state = 'stopped', ended_at = now() where id = ${id}`.execute(tx)
    return
  }
  const isUndo = bulk.state === 'undoing'
  const items = await nextItems(tx, id, bulk.last_item, isUndo)
  if (items.length === 0) {
    await sql`
      update public.job_bulks set state = ${isUndo ? 'undone' : 'done'}, ended_at = now(), beat_at = now()
      where id = ${id}`.execute(tx)
    return
  }
  let done = 0
  for (const kind of new Set(items.map((item) => item.kind))) {
    const those = items.filter((item) => item.kind === kind)
    done += isUndo ? await undoItems(tx, bulk.action, kind, those) : await doItems(tx, bulk, kind, those)
  }
  const changed = items.length - done
  await sql`
    update public.job_bulks set beat_at = now(), last_item = ${items.at(-1)?.id ?? bulk.last_item}::int8,
      ${isUndo ? sql`undone = undone + ${done}::int, undo_changed = undo_changed + ${changed}::int` : sql`done = done + ${done}::int, changed = changed + ${changed}::int`}
    where id = ${id}`.execute(tx)
}

/** Forwards through all of them, or backwards through those that were done. */
async function nextItems(tx: Tx, id: string, last: string, isUndo: boolean): Promise<Item[]> {
  const { rows } = await sql<Item>`
    select id, kind, job_id, seen from public.job_bulk_items
    where bulk_id = ${id} and ${isUndo ? sql`id < ${last}::int8 and outcome = 'done'` : sql`id > ${last}::int8`}
    order by id ${isUndo ? sql`desc` : sql`asc`}
    limit ${chunkSize}`.execute(tx)
  return rows
}

/** Locks those that are as they were; whoever holds another's lock is just changing it. */
async function unchanged(tx: Tx, kind: JobKind, items: Item[]) {
  const { rows } = await sql<{ id: string; item: string; before: unknown }>`
    select job.id, i.item, ${before} as before
    from ${queues[kind].table} as job
    join unnest(
      ${items.map((item) => item.job_id)}::uuid[], ${items.map((item) => item.id)}::int8[],
      ${items.map((item) => item.seen)}::text[]
    ) as i (job_id, item, seen) on i.job_id = job.id and i.seen = ${likeness('job')}
    order by job.id
    for update of job skip locked`.execute(tx)
  return rows
}

async function doItems(
  tx: Tx,
  { action, priority }: Pick<Locked, 'action' | 'priority'>,
  kind: JobKind,
  items: Item[],
): Promise<number> {
  const rows = await unchanged(tx, kind, items)
  const ids = rows.map(({ id }) => id)
  const which = sql<SqlBool>`job.id = any (${ids}::uuid[])`
  const acted = ids.length > 0 ? await rules[action].act(tx, kind, which, ids.length, priority ?? 0) : []
  const done = new Set(acted)
  const those = rows.filter(({ id }) => done.has(id))
  const isRestorable = rules[action].restore !== null
  await sql`
    update public.job_bulk_items as item
    set outcome = case when d.item is null then 'changed' else 'done' end,
      before = d.before::jsonb, seen = case when d.item is null then item.seen else ${likeness('job')} end
    from unnest(${items.map(({ id }) => id)}::int8[]) as i (id)
    left join unnest(
      ${those.map(({ item }) => item)}::int8[], ${those.map(({ id }) => id)}::uuid[],
      ${those.map((row) => (isRestorable ? JSON.stringify(row.before) : null))}::text[]
    ) as d (item, job_id, before) on d.item = i.id
    left join ${queues[kind].table} as job on job.id = d.job_id
    where item.id = i.id`.execute(tx)
  return those.length
}

async function undoItems(tx: Tx, action: BulkAction, kind: JobKind, items: Item[]): Promise<number> {
  const { restore } = rules[action]
  if (!restore) return 0
  const rows = await unchanged(tx, kind, items)
  const undone = rows.map(({ item }) => item)
  await sql`
    update ${queues[kind].table} as job set ${restore}
    from public.job_bulk_items as b
    where b.id = any (${undone}::int8[]) and job.id = b.job_id`.execute(tx)
  await sql`
    update public.job_bulk_items
    set outcome = case when id = any (${undone}::int8[]) then 'undone' else 'undo_changed' end
    where id = any (${items.map(({ id }) => id)}::int8[])`.execute(tx)
  return undone.length
}
