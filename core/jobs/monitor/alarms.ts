import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import type { Alarm, JobWorker } from '../contract-monitor'
import { notCancelled } from '../queue/actions'
import { queueCounts } from './counts'
import { listWorkers } from './workers'

type Tx = Transaction<Tables>

export interface AlarmLimits {
  /** So long may jobs be processing while none is completed. */
  stall_minutes: number
  /** So long may a job that is due wait. */
  backlog_minutes: number
}

export const defaultLimits: AlarmLimits = { stall_minutes: 10, backlog_minutes: 60 }

/** Clocks that differ by more are said. */
const skewMs = { warning: 5_000, bad: 60_000 }
/** Dead rows of a table that make it slow: so many, and so large a share of all. */
const bloated = { rows: 20_000, share: 0.4 }
/** So many failures in a row, and nothing else, are more than bad photos. */
const leastFailures = 10

/** What is wrong with the queue now, the worst first. */
export async function queueAlarms(tx: Tx, limits: AlarmLimits = defaultLimits): Promise<Alarm[]> {
  const workers = await listWorkers(tx)
  const alarms = [
    ...(await stalls(tx, limits)),
    ...(await backlogs(tx, limits, workers)),
    ...workers.flatMap(aboutWorker),
    ...(await bloatedTables(tx)),
  ]
  return alarms.toSorted((a, b) => Number(b.severity === 'bad') - Number(a.severity === 'bad'))
}

const minutesOf = (milliseconds: number) => Math.floor(milliseconds / 60_000)

function amount(count: number, word: string): string {
  return `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`
}

/** Jobs are worked on and none is completed; or all that end fail. */
async function stalls(tx: Tx, { stall_minutes: minutes }: AlarmLimits): Promise<Alarm[]> {
  const { rows } = await sql<{
    processing: number
    oldest_at: Date | null
    is_old: boolean
    completed: boolean
    failed: number
    last_at: Date | null
  }>`
    select
      (select count(*)::int from private.staff_jobs where status = 'processing') as processing,
      (select min(started_at) from private.staff_jobs where status = 'processing') as oldest_at,
      (select coalesce(min(started_at) <= now() - ${interval(minutes)}, false)
        from private.staff_jobs where status = 'processing') as is_old,
      exists (
        select from private.staff_jobs where completed_at > now() - ${interval(minutes)} and status = 'completed'
      ) as completed,
      (select count(*)::int from (
        select from private.staff_jobs
        where completed_at > now() - ${interval(minutes)} and status = 'failed'
          and ${notCancelled}
        limit 1000
      ) as failures) as failed,
      (select completed_at from private.staff_jobs
        where completed_at <= now() and status = 'completed' order by completed_at desc limit 1) as last_at
    `.execute(tx)
  const { processing, oldest_at, is_old, completed, failed, last_at } = rows[0]
  if (completed) return []
  const since = last_at ?? oldest_at
  if (failed >= leastFailures) {
    return [
      {
        ...{ id: 'failing', kind: 'failing', severity: 'bad', since },
        title: 'Every job fails',
        message: `${amount(failed, 'job')} failed in the last ${amount(minutes, 'minute')}, and none was completed.`,
        advice:
          'So many photos are not all bad: look at what they failed of, mend that, then retry the group.',
        action: { do: 'show_failures' },
      },
    ]
  }
  if (processing === 0 || !is_old) return []
  return [
    {
      ...{ id: 'stall', kind: 'stall', severity: 'bad', since },
      title: 'The queue stands still',
      message: `${amount(processing, 'job')} ${processing === 1 ? 'is' : 'are'} being processed, and for ${amount(minutes, 'minute')} none was completed.`,
      advice:
        'Look at the workers: one that hangs is stopped and started again, and its jobs are taken over once their leases have run out. Jobs without a lease are another client’s.',
      action: { do: 'show_jobs', filter: { status: 'processing' } },
    },
  ]
}

const interval = (minutes: number) => sql`make_interval(secs => ${minutes * 60}::float8)`

/** Jobs wait too long, or for nobody. */
async function backlogs(tx: Tx, limits: AlarmLimits, workers: JobWorker[]): Promise<Alarm[]> {
  const { due, oldest_due_at: oldest } = await queueCounts(tx)
  if (due === 0 || !oldest) return []
  // By the database's clock: this machine's may be wrong by any amount.
  const { rows } = await sql<{ now: Date }>`select now()`.execute(tx)
  const age = rows[0].now.getTime() - oldest.getTime()
  const waiting = `${amount(due, 'job')} ${due === 1 ? 'waits' : 'wait'}, the oldest for ${amount(minutesOf(age), 'minute')}`
  const inVain = age > 60_000 ? waitsInVain(waiting, oldest, workers) : null
  if (inVain) return [inVain]
  if (age <= limits.backlog_minutes * 60_000) return []
  return [
    {
      ...{ id: 'backlog', kind: 'backlog', severity: 'warning', since: oldest },
      title: 'Jobs wait long',
      message: `${waiting}; the limit is ${amount(limits.backlog_minutes, 'minute')}.`,
      advice:
        'Start another worker, or raise the concurrency of one. What is urgent can be put first by its priority.',
      action: {
        do: 'show_jobs',
        filter: { status: 'pending', older_than_minutes: limits.backlog_minutes },
      },
    },
  ]
}

/** Nobody is there who would take what waits, or nobody can. */
function waitsInVain(waiting: string, since: Date, workers: JobWorker[]): Alarm | null {
  const alive = workers.filter(({ health }) => health !== 'dead' && health !== 'ended')
  const willing = alive.filter(({ state }) => state !== 'paused' && state !== 'stopped')
  if (willing.length === 0) {
    const isHeld = alive.length > 0
    return {
      ...{ id: 'no_worker', kind: 'no_worker', severity: 'bad', since },
      title: 'Nobody works on the queue',
      message: `${waiting}, and no worker is ${isHeld ? 'running: all are paused or stopped' : 'there'}.`,
      advice: isHeld
        ? 'Resume a worker, or start one elsewhere: semblance worker.'
        : 'Start one: turn on "work in the background" in the desktop app, or run semblance worker on any machine.',
      action: { do: 'show_jobs', filter: { status: 'pending' } },
    }
  }
  if (!willing.every(({ state }) => state === 'waiting')) return null
  const [{ id, host_name, state_reason }] = willing
  return {
    ...{ id: 'waiting', kind: 'waiting', severity: 'warning', since },
    title: 'No worker gets on',
    message: `${waiting}. The worker on ${host_name} says: ${state_reason ?? 'nothing'}`,
    advice: 'See to what it waits for. It goes on by itself once it can.',
    action: { do: 'show_worker', worker_id: id },
  }
}

function aboutWorker(worker: JobWorker): Alarm[] {
  const { id, host_name, health, holds, last_beat_at, clock_offset_ms: offset } = worker
  if (health === 'ended') return []
  const alarms: Alarm[] = []
  if (health === 'dead') {
    alarms.push({
      ...{ id: `dead_worker ${id}`, kind: 'dead_worker', severity: holds > 0 ? 'bad' : 'warning' },
      title: `The worker on ${host_name} is silent`,
      message: `Not heard of for ${amount(minutesOf(worker.beat_age_seconds * 1000), 'minute')}; it holds ${amount(holds, 'job')}.`,
      advice:
        holds > 0
          ? 'Another worker takes its jobs over once their leases have run out. Look at the machine, and start it again.'
          : 'Start it again on its machine, or forget it if it is gone for good.',
      since: last_beat_at,
      action: holds > 0 ? { do: 'show_worker', worker_id: id } : { do: 'forget_worker', worker_id: id },
    })
  } else if (offset !== null && Math.abs(offset) >= skewMs.warning) {
    alarms.push({
      ...{ id: `clock_skew ${id}`, kind: 'clock_skew', since: null },
      severity: Math.abs(offset) >= skewMs.bad ? 'bad' : 'warning',
      title: `The clock of ${host_name} is ${offset > 0 ? 'ahead' : 'behind'}`,
      message: `It differs from the database’s by ${(Math.abs(offset) / 1000).toFixed(0)} seconds.`,
      advice:
        'The queue goes by the database’s clock, so no job is lost; sign-ins and signed photo addresses may fail there. Turn on the time service (NTP) of that machine.',
      action: { do: 'show_worker', worker_id: id },
    })
  }
  return alarms
}

/** PGlite collects no such figures, and needs none: nothing is found there. */
async function bloatedTables(tx: Tx): Promise<Alarm[]> {
  const { rows } = await sql<{ name: string; dead: number; live: number; vacuumed_at: Date | null }>`
    select s.relname as name, s.n_dead_tup::float8 as dead, s.n_live_tup::float8 as live,
      greatest(s.last_vacuum, s.last_autovacuum) as vacuumed_at
    from pg_catalog.pg_stat_user_tables as s
    where s.schemaname = 'public' and s.n_dead_tup > ${bloated.rows}::int8
      and s.relname in ('match_jobs', 'celebrity_jobs', 'embedding_jobs', 'job_attempts', 'workers')
      and s.n_dead_tup > ${bloated.share}::float8 * (s.n_dead_tup + s.n_live_tup)
    order by s.relname`.execute(tx)
  return rows.map(({ name, dead, live, vacuumed_at }) => ({
    ...{ id: `bloat ${name}`, kind: 'bloat' as const, severity: 'warning' as const, since: vacuumed_at },
    title: `The table ${name} is bloated`,
    message: `${amount(dead, 'dead row')} beside ${amount(live, 'live one')}, so that claims and lists read more than they need.`,
    advice:
      'PostgreSQL’s autovacuum does not keep up, often because a transaction stays open for hours. End that one, then have the owner of the database run this:',
    action: { do: 'copy_sql' as const, sql: `vacuum (analyze) public.${name};` },
  }))
}
