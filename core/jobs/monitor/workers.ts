import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import { SemblanceError } from '../../model/errors'
import {
  nowMinutes,
  workerDeadSeconds,
  workerStaleSeconds,
  type JobWorker,
  type WorkerInstruction,
} from '../contract-monitor'
import type { JobKind } from '../contract'
import { namesOf } from '../list/names'

type Tx = Transaction<Tables>

/** So many of the jobs that a worker holds are shown. */
const shownJobs = 10

type WorkerRow = Omit<
  JobWorker,
  'health' | 'completed' | 'failed' | 'jobs' | 'holds' | 'can_be_forgotten' | 'memory_bytes'
> & { memory_bytes: string | null }

/** Every worker that the table knows, healthy ones first; or one of them. */
export async function listWorkers(tx: Tx, id?: string): Promise<JobWorker[]> {
  const { rows } = await sql<WorkerRow>`
    select w.id, w.host_name, w.process_id, w.version, w.pack, w.embedding_model, w.provider, w.concurrency, w.photo_ms,
      w.memory_bytes, w.clock_offset_ms, w.state, w.state_reason, w.instruction, w.instructed_at, w.started_at,
      w.last_beat_at, p.name as instructed_by_name,
      greatest(0, extract(epoch from now() - w.last_beat_at))::float8 as beat_age_seconds
    from public.workers as w
    left join public.profiles as p on p.id = w.instructed_by
    ${id === undefined ? sql`` : sql`where w.id = ${id}`}
    order by w.host_name, w.id`.execute(tx)
  const done = await countDone(tx)
  const held = await listHeld(tx)
  return rows
    .map(({ memory_bytes, ...row }) => {
      const health = healthOf(row)
      const jobs = held.filter(({ worker_id }) => worker_id === row.id)
      const holds = jobs[0]?.holds ?? 0
      return {
        ...row,
        memory_bytes: memory_bytes === null ? null : Number(memory_bytes),
        health,
        completed: done.get(row.id)?.completed ?? 0,
        failed: done.get(row.id)?.failed ?? 0,
        jobs: jobs.map(({ worker_id: _, holds: __, ...job }) => job),
        holds,
        can_be_forgotten: (health === 'dead' || health === 'ended') && holds === 0,
      }
    })
    .toSorted((a, b) => order.indexOf(a.health) - order.indexOf(b.health))
}

const order: readonly JobWorker['health'][] = ['healthy', 'stale', 'dead', 'ended']

/** One that an operator stopped says so, and goes on to beat while its process lives; one that ends says nothing more. */
function healthOf({
  state,
  state_reason,
  beat_age_seconds: age,
}: Pick<WorkerRow, 'state' | 'state_reason' | 'beat_age_seconds'>): JobWorker['health'] {
  if (state === 'stopped' && (state_reason === null || age >= workerStaleSeconds)) return 'ended'
  return age >= workerDeadSeconds ? 'dead' : age >= workerStaleSeconds ? 'stale' : 'healthy'
}

async function countDone(tx: Tx) {
  const { rows } = await sql<{ worker_id: string; completed: number; failed: number }>`
    select worker_id, (count(*) filter (where outcome = 'completed'))::int as completed,
      (count(*) filter (where outcome = 'failed'))::int as failed
    from public.job_attempts
    where ended_at > now() - make_interval(mins => ${nowMinutes}::int) and worker_id is not null
    group by 1`.execute(tx)
  return new Map(rows.map((row) => [row.worker_id, row]))
}

interface HeldRow {
  id: string
  kind: JobKind
  subject_id: string
  owner_id: string | null
  started_at: Date | null
  lease_until: Date | null
  worker_id: string
  holds: number
}

/** What each worker holds, oldest first. */
async function listHeld(tx: Tx) {
  const { rows } = await sql<HeldRow>`
    select id, kind, subject_id, owner_id, started_at, lease_until, worker_id, holds
    from (
      select *, count(*) over (partition by worker_id)::int as holds,
        row_number() over (partition by worker_id order by started_at, id) as place
      from private.staff_jobs
      where status = 'processing' and worker_id is not null
    ) as held
    where place <= ${shownJobs}
    order by worker_id, place`.execute(tx)
  const names = await namesOf(tx, rows)
  return rows.map(({ owner_id: _, ...row }) => ({ ...row, name: names.get(row.id)?.name ?? null }))
}

/**
 * Asks something of a worker, which obeys with its next heartbeat.
 * @param by who asks; null for the command line
 * @throws SemblanceError NOT_FOUND, or CONFLICT where nobody would obey, or it is stopped and could only resume
 */
export async function instructWorker(
  tx: Tx,
  { worker_id, instruction, by }: { worker_id: string; instruction: WorkerInstruction; by: string | null },
): Promise<JobWorker> {
  const worker = await oneWorker(tx, worker_id)
  if (worker.health === 'ended' || worker.health === 'dead') {
    throw new SemblanceError(
      'CONFLICT',
      worker.health === 'ended'
        ? 'This worker’s process has ended. Start it on its machine.'
        : 'This worker was not heard of for minutes, so it would not obey. Look at its machine.',
      { health: worker.health },
    )
  }
  if (worker.state === 'stopped' && instruction !== 'resume') {
    throw new SemblanceError('CONFLICT', 'This worker is stopped already. It can be asked to resume.', {
      health: worker.health,
    })
  }
  await sql`
    update public.workers set instruction = ${instruction}, instructed_by = ${by}::uuid, instructed_at = now()
    where id = ${worker_id}`.execute(tx)
  return oneWorker(tx, worker_id)
}

/**
 * Removes what the table knows of a worker that is gone.
 * @throws SemblanceError NOT_FOUND, or CONFLICT while it may yet live or holds jobs
 */
export async function forgetWorker(tx: Tx, worker_id: string): Promise<void> {
  const worker = await oneWorker(tx, worker_id)
  const refuse = (message: string) => new SemblanceError('CONFLICT', message, { health: worker.health })
  if (worker.holds > 0) {
    throw refuse(
      'It still holds jobs. They are taken over once their leases have run out; forget it after that.',
    )
  }
  if (!worker.can_be_forgotten) throw refuse('This worker is alive. Stop it first.')
  await tx.deleteFrom('workers').where('id', '=', worker_id).execute()
}

async function oneWorker(tx: Tx, id: string): Promise<JobWorker> {
  const [worker] = await listWorkers(tx, id)
  if (!worker) throw new SemblanceError('NOT_FOUND', 'There is no such worker any more.')
  return worker
}
