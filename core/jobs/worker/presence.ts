import { sql, type Transaction } from 'kysely'
import type { Logger } from 'pino'
import type { Database } from '../../database/connect'
import type { WorkerInstructionValue, WorkerStateValue } from '../../database/queue-tables'
import type { Tables } from '../../database/tables'

/** What a worker says of itself in `workers`. */
export interface WorkerFacts {
  pack: string | null
  embedding_model: string | null
  provider: string | null
  concurrency: number
  /** Median milliseconds of the last photos. */
  photo_ms: number | null
  memory_bytes: number
  state: WorkerStateValue
  state_reason: string | null
}

/** The machine that a worker is on. */
export interface Machine {
  host_name: string
  process_id: number
  version: string
}

interface Parts {
  database: Database
  log: Logger
  workerId: () => string
  machine: Machine
  facts: () => WorkerFacts
  /** Somebody asked something of it; what it is from then on is written down, and the instruction cleared. */
  obey: (instruction: WorkerInstructionValue) => void
  /** Another process has begun under this id, which holds its data directory alone: that was copied. It takes another. */
  isTaken: () => void
  /** Wall-clock milliseconds. Default Date.now. */
  now?: () => number
}

/** That a worker is there, and how it is, in the table that everybody reads; and what is asked of it there. */
export interface Presence {
  start(): void
  /** Something of its facts has changed. */
  changed(): void
  /** The table has changed: perhaps there is an instruction. */
  look(): void
  /** The worker's clock less the database's, in milliseconds; 0 until it was measured. */
  offsetMs(): number
  foreignStaleMinutes(): number | null
  /** Says a last word. */
  stop(): Promise<void>
}

/** Milliseconds between beats while nothing happens, and at least between two that news ask for. */
export const beatMs = 10_000
const newsMs = 500
const tidyMs = 3_600_000
/** Days after which a worker that was never heard of again, and attempts, are forgotten. */
const workerDays = 7
const attemptDays = 90

interface Answer {
  instruction: WorkerInstructionValue | null
  /** As text, to the microsecond. */
  instructed_at: string | null
  at: Date
  foreign_minutes: number | null
  life: string
}

export function createPresence(parts: Parts): Presence {
  const { database, log, workerId, facts, obey, isTaken, now = Date.now } = parts
  let timer: NodeJS.Timeout | undefined
  let isRunning = false
  let beating: Promise<void> | null = null
  let isNews = false
  let last = -Infinity
  let tidied = -Infinity
  let offset: number | null = null
  let foreignMinutes: number | null = null
  /** The state that stands in the table. */
  let told: string | null = null
  /** When it began, by the database's clock, as text: no other process under this id says the same. */
  let life: string | null = null

  async function beat(): Promise<void> {
    const mine = facts()
    const state = JSON.stringify([mine.state, mine.state_reason])
    const sent = now()
    const answer = await database.asService((tx) =>
      writeBeat(tx, parts, { mine, offset, life, withState: state !== told }),
    )
    if (!answer) {
      isTaken()
      life = told = null
      return beat()
    }
    life = answer.life
    offset = (sent + now()) / 2 - answer.at.getTime()
    told = state
    foreignMinutes = answer.foreign_minutes
    if (answer.instruction) {
      obey(answer.instruction)
      const after = facts()
      await database.asService((tx) => clearInstruction(tx, workerId(), answer, after))
      told = JSON.stringify([after.state, after.state_reason])
    }
    if (performance.now() - tidied > tidyMs) {
      tidied = performance.now()
      await database.asService((tx) => tidy(tx, workerId()))
    }
  }

  function plan(): void {
    clearTimeout(timer)
    if (!isRunning) return
    const age = performance.now() - last
    timer = setTimeout(() => void run(), Math.max(0, (isNews ? newsMs : beatMs) - age))
    timer.unref()
  }

  function run(): Promise<void> {
    beating ??= beat()
      // The next one comes soon enough: what it would have said is no news by then.
      .catch((error: unknown) => log.warn({ err: error }, 'The worker could not say that it is there'))
      .finally(() => {
        beating = null
        last = performance.now()
        plan()
      })
    isNews = false
    return beating
  }

  function changed(): void {
    isNews = true
    if (!beating) plan()
  }

  return {
    start() {
      isRunning = true
      life = told = null
      void run()
    },
    changed,
    look: changed,
    offsetMs: () => offset ?? 0,
    foreignStaleMinutes: () => foreignMinutes,
    async stop() {
      isRunning = false
      clearTimeout(timer)
      await beating
      await run()
    },
  }
}

interface Beat {
  mine: WorkerFacts
  offset: number | null
  life: string | null
  /** Only what changes it wakes those who watch. */
  withState: boolean
}

/** Undefined where the row has become another process's. */
async function writeBeat(
  tx: Transaction<Tables>,
  parts: Parts,
  { mine, offset, life, withState }: Beat,
): Promise<Answer | undefined> {
  const { host_name, process_id, version } = parts.machine
  const state = withState ? sql`, state = excluded.state, state_reason = excluded.state_reason` : sql``
  const { rows } = await sql<Answer>`
    insert into public.workers as workers (
      id, host_name, process_id, version, pack, embedding_model, provider, concurrency, photo_ms, memory_bytes,
      clock_offset_ms, state, state_reason, started_at
    ) values (
      ${parts.workerId()}, ${host_name}, ${process_id}, ${version}, ${mine.pack}, ${mine.embedding_model}, ${mine.provider},
      ${mine.concurrency}, ${mine.photo_ms}, ${mine.memory_bytes}, ${offset}, ${mine.state}, ${mine.state_reason},
      coalesce(${life}::timestamptz, clock_timestamp())
    )
    on conflict (id) do update set
      host_name = excluded.host_name, process_id = excluded.process_id, version = excluded.version, pack = excluded.pack,
      embedding_model = excluded.embedding_model, provider = excluded.provider, concurrency = excluded.concurrency,
      photo_ms = excluded.photo_ms, memory_bytes = excluded.memory_bytes,
      clock_offset_ms = coalesce(excluded.clock_offset_ms, workers.clock_offset_ms), last_beat_at = now(),
      started_at = excluded.started_at ${state}
    where ${life}::timestamptz is null or workers.started_at = ${life}::timestamptz
    returning started_at::text as life, instruction, instructed_at::text as instructed_at, clock_timestamp() as at, (
      select nullif((s.value #>> '{}')::float8, 0)
      from public.system_settings as s
      where s.key = 'foreign_job_stale_minutes'
    ) as foreign_minutes`.execute(tx)
  return rows.at(0)
}

/** One that somebody gave meanwhile stands. */
async function clearInstruction(
  tx: Transaction<Tables>,
  id: string,
  { instruction, instructed_at }: Answer,
  { state, state_reason }: WorkerFacts,
): Promise<void> {
  await tx
    .updateTable('workers')
    .set({
      instruction: sql`case when instruction = ${instruction} and instructed_at is not distinct from ${instructed_at}::timestamptz
        then null else instruction end`,
      state,
      state_reason,
    })
    .where('id', '=', id)
    .execute()
}

async function tidy(tx: Transaction<Tables>, workerId: string): Promise<void> {
  await sql`
    delete from public.workers
    where last_beat_at < now() - make_interval(days => ${workerDays}) and id <> ${workerId}`.execute(tx)
  await sql`
    delete from public.job_attempts
    where id in (
      select id from public.job_attempts
      where ended_at < now() - make_interval(days => ${attemptDays}) order by ended_at limit 10000
    )`.execute(tx)
}
