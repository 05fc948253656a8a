import { sql, type RawBuilder, type SqlBool, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import type { JobKind } from '../contract'
import type { BulkAction, IneligibleReason } from '../contract-bulk'
import { permanentReasons } from '../monitor/advice'
import { cancel, dismiss, prioritise, retry } from '../queue/actions'

type Tx = Transaction<Tables>

export interface ActionOptions {
  priority: number | null
  /** Also retry what fails the same way every time. */
  include_permanent: boolean
}

interface Rule {
  /** Why a job is left out, of columns of `public.jobs`; null where it is not. */
  why: (options: ActionOptions) => RawBuilder<IneligibleReason | null>
  act: (
    tx: Tx,
    kind: JobKind,
    which: RawBuilder<SqlBool>,
    limit: number,
    priority: number,
  ) => Promise<string[]>
  /** What an undo writes to `job`, from the jsonb `b.before`; null where there is no way back. */
  restore: RawBuilder<unknown> | null
}

/** What each action does to which jobs. */
export const rules: Record<BulkAction, Rule> = {
  retry: {
    why: ({ include_permanent }) => sql`case
      when status <> 'failed' then 'not_failed'
      when not ${include_permanent}::boolean and error_code = any (${permanentReasons}::text[]) then 'permanent'
    end`,
    act: (tx, kind, which, limit) => retry(tx, kind, which, { limit }),
    restore: null,
  },
  cancel: {
    why: () => sql`case when status in ('completed', 'failed') then 'ended' end`,
    act: (tx, kind, which, limit) => cancel(tx, kind, which, { limit }),
    // What was being worked on waits again: its worker has let it go.
    restore: sql`status = 'pending', attempts = (b.before ->> 'attempts')::int,
      next_attempt_at = (b.before ->> 'next_attempt_at')::timestamptz, worker_id = b.before ->> 'worker_id',
      started_at = (b.before ->> 'started_at')::timestamptz, completed_at = null, lease_until = null,
      error_code = b.before ->> 'error_code', error_message = b.before ->> 'error_message',
      failed_stage = b.before ->> 'failed_stage', fingerprint = b.before ->> 'fingerprint'`,
  },
  dismiss: {
    why: () =>
      sql`case when status <> 'failed' then 'not_failed' when dismissed_at is not null then 'dismissed' end`,
    act: (tx, kind, which, limit) => dismiss(tx, kind, which, { limit }),
    restore: sql`dismissed_at = null`,
  },
  prioritise: {
    why: ({ priority }) => sql`case
      when status in ('completed', 'failed') then 'ended'
      when status = 'processing' then 'processing'
      when priority = ${priority}::int then 'unchanged'
    end`,
    act: (tx, kind, which, limit, priority) => prioritise(tx, kind, which, priority, { limit }),
    restore: sql`priority = (b.before ->> 'priority')::smallint`,
  },
}

/** The columns of `job` that an undo puts back. */
export const before = sql`jsonb_build_object('status', job.status, 'attempts', job.attempts, 'priority', job.priority,
  'next_attempt_at', job.next_attempt_at, 'worker_id', job.worker_id, 'started_at', job.started_at,
  'error_code', job.error_code, 'error_message', job.error_message, 'failed_stage', job.failed_stage,
  'fingerprint', job.fingerprint)`

/** What a job is like: where this text is another, somebody or something has changed it. A lease that is renewed has not. */
export const likeness = (job: string) => {
  const column = (name: string) => sql`coalesce(${sql.ref(`${job}.${name}`)}::text, '-')`
  const time = (name: string) => sql`coalesce(extract(epoch from ${sql.ref(`${job}.${name}`)})::text, '-')`
  const parts = [
    ...['status', 'attempts', 'priority', 'worker_id', 'error_code'].map(column),
    ...['started_at', 'completed_at', 'next_attempt_at', 'dismissed_at'].map(time),
  ]
  return sql<string>`concat_ws('|', ${sql.join(parts)})`
}

const words: Record<IneligibleReason, string> = {
  not_failed: 'have not failed',
  ended: 'have ended already',
  processing: 'are being worked on already',
  permanent: 'fail the same way every time',
  dismissed: 'are dismissed already',
  unchanged: 'have that priority already',
  gone: 'are no longer there',
}

/** `3 have not failed` */
export function wordsFor(reason: IneligibleReason): string {
  return words[reason]
}
