import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { jobFilterSchema, jobKindSchema } from './contract'
import { jobDetailSchema } from './contract-detail'

const count = z.number().int().min(0)
/** Milliseconds. */
const ms = z.number().min(0)

/** Percentiles of a time in milliseconds; null where no job says anything. */
export const timesSchema = z.object({ p50: ms, p95: ms, p99: ms }).nullable()
export type Times = z.infer<typeof timesSchema>

/** Minutes that `now` looks back for rates and times. */
export const nowMinutes = 15
/** `wait`, `run` and the breakdowns look at so many of the jobs that ended last, at most; by stage and pack at half. */
export const nowSample = 2000

const partSchema = z.object({
  /** Jobs of the sample that count here. */
  jobs: count,
  completed: count,
  failed: count,
  /** From created (or due again) to started; null for a stage. */
  wait: timesSchema,
  /** From started to ended. */
  run: timesSchema,
})

/**
 * How the queue stands. Rates and times are those of the last {@link nowMinutes} minutes, by the database's clock and
 * from timestamps alone, so jobs of other clients' workers count, too.
 */
export const queueNowSchema = z.object({
  at: z.date(),
  pending: count,
  /** Of the pending ones, those that may be tried now. */
  due: count,
  processing: count,
  /** Of the processing ones, those without a lease: another client's. */
  foreign: count,
  failed: count,
  /** Of the failed ones, those that nobody has dismissed or cancelled. */
  undismissed: count,
  completed: count,
  /** Beyond 100,000 rows the number of completed jobs is PostgreSQL's estimate. */
  is_completed_estimated: z.boolean(),
  /** By kind of job; kinds without any row are left out. */
  by_kind: z.array(z.object({ kind: jobKindSchema, pending: count, processing: count, failed: count })),
  /** Jobs a minute, over the last {@link nowMinutes} minutes or since the first of them if that is less. */
  per_minute: z.object({
    created: z.number(),
    completed: z.number(),
    failed: z.number(),
    /** Each of those minutes, oldest first; the last one is not over. */
    minutes: z.array(z.object({ completed: count, failed: count, created: count })),
  }),
  /** When the oldest job that is due was created, and how many seconds ago. */
  backlog: z.object({ oldest_at: z.date().nullable(), age_seconds: z.number().nullable() }),
  /**
   * Time until nothing is pending or processing, in seconds, with a 95 % interval: see docs/jobs.md, Monitor. `none`:
   * nothing waits. `unknown`: no job has ended lately. `growing`: as many come as are done, or more. `high` is null where
   * the interval has no upper end.
   */
  empty: z.discriminatedUnion('state', [
    z.object({ state: z.enum(['none', 'unknown', 'growing']) }),
    z.object({
      state: z.literal('estimated'),
      seconds: z.number(),
      low: z.number(),
      high: z.number().nullable(),
    }),
  ]),
  /** How many jobs the times below are from. */
  sample: count,
  wait: timesSchema,
  run: timesSchema,
  /** In the order in which they are passed. From attempts of our workers alone. */
  by_stage: z.array(partSchema.extend({ stage: z.string() })),
  /** Most jobs first. `worker_id` is null for other clients' workers. */
  by_worker: z.array(partSchema.extend({ worker_id: z.string().nullable() })),
  /** Most jobs first. */
  by_pack: z.array(partSchema.extend({ pack: z.string() })),
})
export type QueueNow = z.infer<typeof queueNowSchema>

/** Spans of charts in minutes, and the width of their bins in seconds: at most 120 bins. */
export const chartSpans = [
  { minutes: 15, binSeconds: 15 },
  { minutes: 60, binSeconds: 60 },
  { minutes: 360, binSeconds: 300 },
  { minutes: 1440, binSeconds: 900 },
  { minutes: 10_080, binSeconds: 7200 },
  { minutes: 43_200, binSeconds: 21_600 },
] as const
export type ChartMinutes = (typeof chartSpans)[number]['minutes']

export const seriesSchema = z.object({
  bin_seconds: z.number().int(),
  /** Oldest first and without a gap; the last bin is not over. At most 120. */
  bins: z
    .array(
      z.object({
        /** Where the bin begins. */
        at: z.date(),
        completed: count,
        failed: count,
        /** Of the jobs that ended in the bin, within 5 %. */
        wait: timesSchema,
        run: timesSchema,
      }),
    )
    .max(120),
})
export type Series = z.infer<typeof seriesSchema>

export const workerInstructions = ['pause', 'resume', 'drain', 'stop'] as const
export const workerInstructionSchema = z.enum(workerInstructions)
export type WorkerInstruction = z.infer<typeof workerInstructionSchema>

/** A worker that was not heard of for so many seconds is stale, then dead. */
export const workerStaleSeconds = 45
export const workerDeadSeconds = 120

export const jobWorkerSchema = z.object({
  id: z.string(),
  host_name: z.string(),
  process_id: z.number().int().nullable(),
  version: z.string(),
  pack: z.string().nullable(),
  embedding_model: z.string().nullable(),
  provider: z.string().nullable(),
  concurrency: z.number().int(),
  /** Median of the last photos, in milliseconds. */
  photo_ms: z.number().nullable(),
  memory_bytes: z.number().nullable(),
  /** The worker's clock less the database's. */
  clock_offset_ms: z.number().nullable(),
  /** What it says of itself. */
  state: z.enum(['starting', 'idle', 'busy', 'waiting', 'paused', 'draining', 'stopped']),
  state_reason: z.string().nullable(),
  /**
   * By its heartbeat: see {@link workerStaleSeconds}. `ended` where its process said itself that it ends; one that an
   * operator stopped is not, while its host lives: it can resume.
   */
  health: z.enum(['healthy', 'stale', 'dead', 'ended']),
  beat_age_seconds: z.number(),
  /** Asked of it, and not yet obeyed. */
  instruction: workerInstructionSchema.nullable(),
  instructed_by_name: z.string().nullable(),
  instructed_at: z.date().nullable(),
  started_at: z.date(),
  last_beat_at: z.date(),
  /** Jobs that ended in the last 15 minutes, by its hand. */
  completed: count,
  failed: count,
  /** What it holds now, oldest first; at most 10. */
  jobs: z.array(
    z.object({
      id: z.uuid(),
      kind: jobKindSchema,
      subject_id: z.uuid(),
      name: z.string().nullable(),
      started_at: z.date().nullable(),
      lease_until: z.date().nullable(),
    }),
  ),
  /** How many it holds. */
  holds: count,
  /** Whether `forgetWorker` would do: it is dead or ended, and holds no job. */
  can_be_forgotten: z.boolean(),
})
export type JobWorker = z.infer<typeof jobWorkerSchema>

/** What a button beside an alarm does; which procedure or list it leads to. */
export const alarmActionSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('show_jobs'), filter: jobFilterSchema }),
  z.object({ do: z.literal('show_worker'), worker_id: z.string() }),
  z.object({ do: z.literal('instruct'), worker_id: z.string(), instruction: workerInstructionSchema }),
  z.object({ do: z.literal('forget_worker'), worker_id: z.string() }),
  z.object({ do: z.literal('show_failures') }),
  /** To be run by whoever owns the database. */
  z.object({ do: z.literal('copy_sql'), sql: z.string() }),
])
export type AlarmAction = z.infer<typeof alarmActionSchema>

export const alarmKinds = [
  /** Jobs are processing and none has completed for a while. */
  'stall',
  /** All that ended lately has failed. */
  'failing',
  /** The oldest job that is due waits longer than the limit. */
  'backlog',
  /** Jobs wait and no worker is healthy. */
  'no_worker',
  /** Jobs wait, and all workers wait for something: a disk with room, the database, the models. */
  'waiting',
  /** A worker went silent without saying that it ends. */
  'dead_worker',
  /** A worker's clock is off. */
  'clock_skew',
  /** A table of the queue holds mostly dead rows. */
  'bloat',
] as const

export const alarmSchema = z.object({
  /** The same while it lasts: kind and what it is about. */
  id: z.string(),
  kind: z.enum(alarmKinds),
  severity: z.enum(['warning', 'bad']),
  /** What is the matter, in a few words. */
  title: z.string(),
  /** The figures. */
  message: z.string(),
  /** What to do. */
  advice: z.string(),
  /** Since when, where that is known. */
  since: z.date().nullable(),
  action: alarmActionSchema.nullable(),
})
export type Alarm = z.infer<typeof alarmSchema>

export const alarmLimitsSchema = z.object({
  stall_minutes: z.number().min(1).max(1440).default(10),
  backlog_minutes: z.number().min(1).max(43_200).default(60),
})

/** Bins of `trend`, an hour each. */
export const trendHours = 24

export const failureGroupSchema = z.object({
  /** For the filter `fingerprint` of lists and bulk actions. */
  fingerprint: z.string(),
  jobs: count,
  by_kind: z.array(z.object({ kind: jobKindSchema, jobs: count })),
  /** `error_code`. */
  reason: z.string().nullable(),
  stage: z.string().nullable(),
  /** Of the job that failed last. */
  message: z.string().nullable(),
  first_at: z.date(),
  last_at: z.date(),
  /** Failures in each of the last {@link trendHours} hours, oldest first. */
  trend: z.array(count),
  /** `no`: the same photo fails the same way. `later`: once what was away is back. */
  retry_helps: z.enum(['yes', 'later', 'no']),
  /** What to do. */
  advice: z.string(),
  /** The job that failed last. */
  sample: z.object({
    id: z.uuid(),
    kind: jobKindSchema,
    subject_id: z.uuid(),
    owner_id: z.uuid().nullable(),
    name: z.string().nullable(),
    thumbnail_url: z.string().nullable(),
  }),
})
export type FailureGroup = z.infer<typeof failureGroupSchema>

export const monitorContract = {
  /** Staff. */
  now: oc.output(queueNowSchema),
  /** Staff. How the queue stands, at once and after each change, at most twice a second; the role is asked each time. */
  changes: oc.output(eventIterator(queueNowSchema)),
  /** Staff. One of {@link chartSpans}. */
  series: oc
    .input(z.object({ minutes: z.literal(chartSpans.map((span) => span.minutes)) }))
    .output(seriesSchema),
  /** Staff. The worst first. */
  alarms: oc.input(alarmLimitsSchema.optional()).output(z.array(alarmSchema)),
  /** Staff. Healthy ones first, then by name. */
  workers: oc.output(z.array(jobWorkerSchema)),
  /**
   * Curator. `resume` starts again one that is paused, drained or stopped. NOT_FOUND; CONFLICT where it has ended or is
   * dead, so that nobody would obey, and for all but `resume` where it is stopped already.
   */
  instruct: oc
    .input(z.object({ worker_id: z.string().max(200), instruction: workerInstructionSchema }))
    .output(jobWorkerSchema),
  /** Admin. NOT_FOUND; CONFLICT unless `can_be_forgotten`. */
  forgetWorker: oc.input(z.object({ worker_id: z.string().max(200) })).output(z.object({})),
  /** Staff. What failed, by fingerprint, most jobs first; at most 200 groups. `dismissed`: those alone. */
  failures: oc
    .input(z.object({ kind: jobKindSchema.optional(), dismissed: z.boolean().default(false) }).optional())
    .output(z.object({ groups: z.array(failureGroupSchema), jobs: count })),
  /** Staff. NOT_FOUND where the job went with its photo. */
  get: oc.input(z.object({ id: z.uuid(), kind: jobKindSchema })).output(jobDetailSchema),
}
