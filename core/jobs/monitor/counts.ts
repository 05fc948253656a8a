import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import type { JobKind, JobStatus } from '../contract'
import { cancelled } from '../queue/actions'
import { kinds } from '../queue/kinds'

type Tx = Transaction<Tables>

/** Up to so many rows completed jobs are counted; beyond, PostgreSQL's own estimate of the tables' size says how many. */
const countedRows = 100_000

export interface QueueCounts {
  pending: number
  /** Of the pending ones, those that may be tried now. */
  due: number
  oldest_due_at: Date | null
  oldest_pending_at: Date | null
  processing: number
  /** Of the processing ones, those without a lease: another client's. */
  foreign: number
  failed: number
  /** Of the failed ones, those that nobody has dismissed or cancelled. */
  undismissed: number
  completed: number
  is_completed_estimated: boolean
  by_kind: { kind: JobKind; pending: number; processing: number; failed: number }[]
}

/** The same of one queue, but for what is completed. */
interface OpenRow extends Omit<QueueCounts, 'completed' | 'is_completed_estimated' | 'by_kind'> {
  kind: JobKind
}

/**
 * How many jobs stand in each status, all queues together. Each status is counted in an index of its own, so that the
 * cost grows with what is open and not with what was ever done.
 */
export async function queueCounts(tx: Tx): Promise<QueueCounts> {
  const open = await countOpen(tx)
  const sum = (column: 'pending' | 'due' | 'processing' | 'foreign' | 'failed' | 'undismissed') =>
    open.reduce((total, row) => total + row[column], 0)
  const rest = sum('pending') + sum('processing') + sum('failed')
  return {
    pending: sum('pending'),
    due: sum('due'),
    oldest_due_at: earliest(open.map((row) => row.oldest_due_at)),
    oldest_pending_at: earliest(open.map((row) => row.oldest_pending_at)),
    processing: sum('processing'),
    foreign: sum('foreign'),
    failed: sum('failed'),
    undismissed: sum('undismissed'),
    ...(await countCompleted(tx, rest)),
    by_kind: open.map(({ kind, pending, processing, failed }) => ({ kind, pending, processing, failed })),
  }
}

/** The four numbers alone. */
export async function countsByStatus(tx: Tx): Promise<Record<JobStatus, number>> {
  const { pending, processing, completed, failed } = await queueCounts(tx)
  return { pending, processing, completed, failed }
}

/**
 * A queue after another, since a count of one is an index's alone, and a group is a step more for every row. Cancelled
 * jobs are counted by their reason and taken off, since no index has both that and who dismissed them.
 */
async function countOpen(tx: Tx): Promise<OpenRow[]> {
  const each = kinds.map(
    (kind) => sql`
    select ${kind}::text as kind, p.*, w.*, f.failed, f.undismissed - c.cancelled as undismissed
    from (
      select count(*)::int as pending, (count(*) filter (where next_attempt_at <= now()))::int as due,
        min(greatest(created_at, next_attempt_at)) filter (where next_attempt_at <= now()) as oldest_due_at,
        min(created_at) as oldest_pending_at
      from private.staff_jobs where status = 'pending' and kind = ${kind}
    ) as p, (
      select count(*)::int as processing, (count(*) filter (where lease_until is null))::int as foreign
      from private.staff_jobs where status = 'processing' and kind = ${kind}
    ) as w, (
      select count(*)::int as failed, (count(*) filter (where dismissed_at is null))::int as undismissed
      from private.staff_jobs where status = 'failed' and kind = ${kind}
    ) as f, (
      select count(*)::int as cancelled
      from private.staff_jobs
      where error_code = ${cancelled.code} and status = 'failed' and dismissed_at is null and kind = ${kind}
    ) as c`,
  )
  const { rows } = await sql<OpenRow>`${sql.join(each, sql` union all `)}`.execute(tx)
  return rows
}

async function countCompleted(tx: Tx, rest: number) {
  const { rows } = await sql<{ jobs: number }>`
    select coalesce(sum(case
        when pg_catalog.pg_stat_get_live_tuples(c.oid) > c.reltuples / 2 then pg_catalog.pg_stat_get_live_tuples(c.oid)
        else greatest(c.reltuples, 0)
      end), 0)::float8 as jobs
    from pg_catalog.pg_class as c
    where c.oid in ('public.match_jobs'::regclass, 'public.celebrity_jobs'::regclass, 'public.embedding_jobs'::regclass)
    `.execute(tx)
  const { jobs } = rows[0]
  if (jobs > countedRows) {
    return { completed: Math.max(0, Math.round(jobs) - rest), is_completed_estimated: true }
  }
  const exact = await sql<{ jobs: number }>`
    select count(*)::int as jobs from private.staff_jobs where status = 'completed'`.execute(tx)
  return { completed: exact.rows[0].jobs, is_completed_estimated: false }
}

function earliest(dates: (Date | null)[]): Date | null {
  return dates.reduce((first, date) => (date && (!first || date < first) ? date : first), null)
}
