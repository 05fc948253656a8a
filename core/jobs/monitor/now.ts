import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import { jobStages } from '../../model/job-stages'
import { nowMinutes, nowSample, type QueueNow, type Times } from '../contract-monitor'
import { jobStatuses } from '../contract'
import { notCancelled } from '../queue/actions'
import { queueCounts } from './counts'
import { timeUntilEmpty } from './time-until-empty'

type Tx = Transaction<Tables>

/** How the queue stands: see `queueNowSchema`. */
export async function queueNow(tx: Tx): Promise<QueueNow> {
  const { oldest_due_at, oldest_pending_at: _, ...counts } = await queueCounts(tx)
  const minutes = await countMinutes(tx)
  const by = await timesOfEnded(tx)
  const attempts = await timesOfAttempts(tx)
  const { rows } = await sql<{ now: Date }>`select now()`.execute(tx)
  const at = rows[0].now
  return {
    at,
    ...counts,
    per_minute: {
      created: rate(minutes, 'created'),
      completed: rate(minutes, 'completed'),
      failed: rate(minutes, 'failed'),
      minutes,
    },
    backlog: {
      oldest_at: oldest_due_at,
      age_seconds: oldest_due_at && Math.max(0, (at.getTime() - oldest_due_at.getTime()) / 1000),
    },
    empty: timeUntilEmpty({
      backlog: counts.pending + counts.processing,
      ended: active(minutes).map(({ completed, failed }) => completed + failed),
      created: active(minutes).map(({ created }) => created),
    }),
    sample: by.sample,
    wait: by.wait,
    run: by.run,
    by_stage: attempts.by_stage,
    by_worker: by.by_worker,
    by_pack: attempts.by_pack,
  }
}

type Minutes = QueueNow['per_minute']['minutes']

/** Of whatever status: said, so that the index by status and age serves. */
const anyStatus = sql`status in (${sql.join(jobStatuses.map((status) => sql.lit(status)))})`

/** Whole minutes back from now, oldest first. What was cancelled has not failed. */
async function countMinutes(tx: Tx): Promise<Minutes> {
  const since = sql`now() - make_interval(mins => ${nowMinutes}::int)`
  // Binned by whole numbers: reckoning seconds of every row costs more than reading it.
  const minute = (column: string) => sql`date_bin(interval '1 minute', ${sql.ref(column)}, now())`
  const { rows } = await sql<{ minutes_ago: number; created: number; completed: number; failed: number }>`
    select greatest(0, extract(epoch from now() - minute)::int / 60 - 1) as minutes_ago, sum(created)::int as created,
      sum(completed)::int as completed, sum(failed)::int as failed
    from (
      select ${minute('completed_at')} as minute, 0 as created, count(*) as completed, 0 as failed
      from private.staff_jobs
      where completed_at > ${since} and completed_at <= now() and status = 'completed'
      group by 1
      union all
      select ${minute('completed_at')}, 0, 0, count(*)
      from private.staff_jobs
      where completed_at > ${since} and completed_at <= now() and status = 'failed' and ${notCancelled}
      group by 1
      union all
      select ${minute('created_at')}, count(*), 0, 0
      from private.staff_jobs
      where created_at > ${since} and created_at <= now() and ${anyStatus}
      group by 1
    ) as counts
    group by 1`.execute(tx)
  const found = new Map(rows.map(({ minutes_ago, ...counts }) => [minutes_ago, counts]))
  return Array.from(
    { length: nowMinutes },
    (_, i) => found.get(nowMinutes - 1 - i) ?? { created: 0, completed: 0, failed: 0 },
  )
}

/** The minutes from the first in which anything ended: a queue that has just begun to be worked on is judged by those. */
function active(minutes: Minutes): Minutes {
  const first = minutes.findIndex(({ completed, failed }) => completed + failed > 0)
  return first === -1 ? minutes : minutes.slice(first)
}

function rate(minutes: Minutes, column: keyof Minutes[number]): number {
  const counted = active(minutes)
  return counted.reduce((sum, minute) => sum + minute[column], 0) / counted.length
}

interface PartRow {
  /** What the row is about; 1 where it is about all of them together. */
  is_all: number
  name: string | null
  jobs: number
  completed: number
  failed: number
  wait: number[] | null
  run: number[] | null
}

const percentiles = (column: string) =>
  sql`percentile_cont(array[0.5, 0.95, 0.99]) within group (order by ${sql.ref(column)})`

/** Milliseconds from created, or due again, to started; and from there to ended. */
export const waited = sql`(1000 * extract(epoch from started_at - case
  when next_attempt_at > created_at and next_attempt_at <= started_at then next_attempt_at else created_at end))::float8`
export const ran = sql`(1000 * extract(epoch from completed_at - started_at))::float8`

/** Of what nobody cancelled. What never began has no times: `greatest` would make zeros of them. */
async function timesOfEnded(tx: Tx) {
  const { rows } = await sql<PartRow>`
    select grouping(worker_id) as is_all, worker_id as name, count(*)::int as jobs,
      (count(*) filter (where status = 'completed'))::int as completed,
      (count(*) filter (where status = 'failed'))::int as failed,
      ${percentiles('wait')} as wait, ${percentiles('run')} as run
    from (
      select status, worker_id, case when started_at is not null then greatest(0, ${waited}) end as wait,
        case when started_at is not null then greatest(0, ${ran}) end as run
      from private.staff_jobs
      where completed_at > now() - make_interval(mins => ${nowMinutes}::int) and completed_at <= now()
        and status in ('completed', 'failed') and ${notCancelled}
      order by completed_at desc
      limit ${nowSample}
    ) as ended
    group by grouping sets ((), (worker_id))
    order by jobs desc, name`.execute(tx)
  const all = rows.find(({ is_all }) => is_all === 1)
  return {
    sample: all?.jobs ?? 0,
    wait: timesFrom(all?.wait),
    run: timesFrom(all?.run),
    by_worker: rows
      .filter(({ is_all }) => is_all === 0)
      .map(({ name, ...row }) => ({ worker_id: name, ...viewPart(row) })),
  }
}

/** Attempts of our workers say how long each stage took, and by which models. */
async function timesOfAttempts(tx: Tx) {
  const { rows } = await sql<PartRow & { what: 'stage' | 'pack' }>`
    with ended as materialized (
      select pack, outcome, failed_stage, stages, (1000 * extract(epoch from ended_at - started_at))::float8 as run
      from public.job_attempts
      where ended_at > now() - make_interval(mins => ${nowMinutes}::int) and ended_at <= now()
        and outcome in ('completed', 'failed')
      order by ended_at desc
      limit ${Math.ceil(nowSample / 2)}
    )
    select 'stage' as what, stage as name, count(*)::int as jobs,
      (count(*) filter (where failed_stage is distinct from stage))::int as completed,
      (count(*) filter (where failed_stage = stage))::int as failed,
      null as wait, ${percentiles('ms')} as run
    from ended, lateral (select s.key as stage, s.value::float8 as ms from jsonb_each(stages) as s) as timed
    group by stage
    union all
    select 'pack', pack, count(*)::int, (count(*) filter (where outcome = 'completed'))::int,
      (count(*) filter (where outcome = 'failed'))::int, null, ${percentiles('run')}
    from ended
    where pack is not null
    group by pack`.execute(tx)
  const order: readonly string[] = jobStages
  const named = (what: string) => rows.flatMap((row) => (row.what === what && row.name !== null ? [row] : []))
  return {
    by_stage: named('stage')
      .toSorted((a, b) => order.indexOf(a.name ?? '') - order.indexOf(b.name ?? ''))
      .map((row) => ({ stage: row.name ?? '', ...viewPart(row) })),
    by_pack: named('pack')
      .toSorted((a, b) => b.jobs - a.jobs)
      .map((row) => ({ pack: row.name ?? '', ...viewPart(row) })),
  }
}

function viewPart({ jobs, completed, failed, wait, run }: Omit<PartRow, 'is_all' | 'name'>) {
  return { jobs, completed, failed, wait: timesFrom(wait), run: timesFrom(run) }
}

/** Percentiles as PostgreSQL gives them, where there are any. */
export function timesFrom(values: (number | null)[] | null | undefined): Times {
  const [p50, p95, p99] = values ?? []
  return p50 == null || p95 == null || p99 == null ? null : { p50, p95, p99 }
}
