import type { Database } from '../../database/connect'
import type { Job } from '../../jobs/contract'
import { attemptNumber } from '../../jobs/contract-detail'
import {
  workerInstructionSchema,
  workerInstructions,
  type QueueNow,
  type Times,
} from '../../jobs/contract-monitor'
import { listJobs } from '../../jobs/list/list-jobs'
import { queueAlarms } from '../../jobs/monitor/alarms'
import { failureGroups } from '../../jobs/monitor/failures'
import { describeJob } from '../../jobs/monitor/job-detail'
import { queueNow } from '../../jobs/monitor/now'
import { instructWorker, listWorkers } from '../../jobs/monitor/workers'
import { kindsOf } from '../../jobs/list/names'
import { SemblanceError } from '../../model/errors'
import { exitCodes, type Output } from '../output'
import { requireId } from './jobs-bulk'
import { readFilter, type FilterOptions } from './jobs-filter'

export async function showNow(database: Database, output: Output): Promise<number> {
  const now = await database.asService(queueNow)
  output.result(now, describeNow(now))
  return exitCodes.ok
}

function describeNow({ per_minute, backlog, empty, ...now }: QueueNow): string {
  const times = (name: string, value: Times) =>
    value ? [`${name.padEnd(12)} ${ms(value.p50)} p50, ${ms(value.p95)} p95, ${ms(value.p99)} p99`] : []
  return [
    `pending      ${now.pending} (${now.due} due)`,
    `processing   ${now.processing}${now.foreign > 0 ? ` (${now.foreign} of other clients)` : ''}`,
    `failed       ${now.failed} (${now.undismissed} not dismissed)`,
    `completed    ${now.is_completed_estimated ? 'about ' : ''}${now.completed}`,
    `per minute   ${per_minute.completed.toFixed(1)} completed, ${per_minute.failed.toFixed(1)} failed, ${per_minute.created.toFixed(1)} created`,
    ...(backlog.age_seconds === null ? [] : [`oldest due   waits ${duration(backlog.age_seconds)}`]),
    `empty in     ${describeEmpty(empty)}`,
    ...times('wait', now.wait),
    ...times('run', now.run),
    ...now.by_stage.flatMap(({ stage, run }) => times(`  ${stage}`, run)),
  ].join('\n')
}

function describeEmpty(empty: QueueNow['empty']): string {
  if (empty.state === 'none') return 'nothing waits'
  if (empty.state === 'unknown') return 'unknown: no job has ended lately'
  if (empty.state !== 'estimated') return 'never at this rate: as many come as are done, or more'
  const high = empty.high === null ? 'or far longer' : `to ${duration(empty.high)}`
  return `${duration(empty.seconds)} (${duration(empty.low)} ${high})`
}

export async function showAlarms(database: Database, output: Output): Promise<number> {
  const alarms = await database.asService((tx) => queueAlarms(tx))
  const lines = alarms.flatMap(({ severity, title, message, advice, action }) => [
    `${severity === 'bad' ? '!!' : '! '} ${title}. ${message}`,
    `   ${advice}`,
    ...(action?.do === 'copy_sql' ? [`   ${action.sql}`] : []),
  ])
  output.result(alarms, lines.join('\n') || 'All is well.')
  return alarms.length > 0 ? exitCodes.failed : exitCodes.ok
}

export async function showWorkers(database: Database, output: Output): Promise<number> {
  const workers = await database.asService((tx) => listWorkers(tx))
  const lines = workers.map((one) =>
    [
      one.health.padEnd(8),
      one.state.padEnd(9),
      one.id,
      `on ${one.host_name}, ${one.version}, ${one.pack ?? 'no pack'}, ${one.provider ?? 'no provider'}`,
      `holds ${one.holds}`,
      ...(one.instruction ? [`asked to ${one.instruction}`] : []),
      ...(one.state_reason ? [one.state_reason] : []),
    ].join('  '),
  )
  output.result(
    workers,
    lines.join('\n') || 'No worker has ever said that it is there. Start one: semblance worker',
  )
  return exitCodes.ok
}

export async function list(
  database: Database,
  output: Output,
  options: FilterOptions & { limit: number; cursor?: string },
): Promise<number> {
  const { limit, cursor } = options
  if (limit < 1 || limit > 200) throw new SemblanceError('BAD_REQUEST', '--limit: from 1 to 200.')
  const page = await database.asService((tx) => listJobs(tx, { ...readFilter(options), limit, cursor }))
  const items = page.items.map(({ face_photo: _, celebrity_photo: __, created_key: ___, ...job }) => job)
  const total =
    page.total === null ? '' : `${page.has_more_than_total ? 'more than ' : ''}${page.total} jobs\n`
  const next = page.next_cursor ? `\n… go on with --cursor ${page.next_cursor}` : ''
  output.result({ ...page, items }, `${total}${items.map(describeLine).join('\n')}${next}`)
  return exitCodes.ok
}

type Line = Pick<
  Job,
  'id' | 'kind' | 'status' | 'attempts' | 'max_attempts' | 'created_at' | 'error_code' | 'name'
>

function describeLine(job: Line): string {
  const tried = `${job.attempts}/${job.max_attempts}`
  const parts = [job.id, job.kind.padEnd(9), job.status.padEnd(10), tried, job.created_at.toISOString()]
  return [...parts, job.name ?? '', job.error_code ?? ''].join('  ').trimEnd()
}

export async function showJob(database: Database, output: Output, id: string): Promise<number> {
  requireId(id)
  const found = await database.asService(async (tx) => {
    const kind = (await kindsOf(tx, [id])).get(id)
    if (!kind)
      throw new SemblanceError('NOT_FOUND', 'There is no such job: it went with its photo, or never was.')
    return describeJob(tx, kind, id)
  })
  const { job, named, timeline, produced, advice, checkpoint, subject } = found
  const lines = [
    describeLine({ ...job, name: named?.name ?? null }),
    ...(job.error_message ? [`${job.failed_stage ?? 'failed'}: ${job.error_message}`] : []),
    ...(advice ? [advice] : []),
    ...(checkpoint ? [`A retry goes on at ${checkpoint.stage}.`] : []),
    ...timeline.flatMap((attempt) => [
      `attempt ${attemptNumber(attempt)}: ${attempt.outcome}, ${attempt.started_at.toISOString()}, ${attempt.worker_id ?? ''}`,
      ...(attempt.stages.length > 0
        ? [`  ${attempt.stages.map((one) => `${one.stage} ${ms(one.ms)}`).join(', ')}`]
        : []),
      ...attempt.log.map((line) => `  ${line.level}  ${line.message}`),
    ]),
    `${produced.total} matches and lookalikes since it was started`,
  ]
  const data = {
    ...{ ...job, name: named?.name ?? null, advice, checkpoint, timeline, matches: produced.matches },
    faces_found: subject?.faces_found ?? null,
    box: subject?.detection_box ?? null,
  }
  output.result(data, lines.join('\n'))
  return exitCodes.ok
}

export async function showFailures(database: Database, output: Output, dismissed: boolean): Promise<number> {
  const found = await database.asService((tx) => failureGroups(tx, { dismissed }))
  const groups = found.map(({ named, sample, ...group }) => ({
    ...group,
    sample: { ...sample, name: named?.name ?? null },
  }))
  const lines = groups.flatMap((group) => [
    `${String(group.jobs).padStart(6)}  ${group.fingerprint}  ${group.stage ?? '–'}  ${group.reason ?? '–'}  ${group.message ?? ''}`,
    `        last ${group.last_at.toISOString()}, first ${group.first_at.toISOString()}. ${group.advice}`,
  ])
  // Where the same photo fails the same way, a retry would do nothing.
  const action = groups.some(({ retry_helps }) => retry_helps !== 'no') ? 'retry' : 'dismiss'
  const next =
    groups.length > 0 && !dismissed ? `\nNext: semblance jobs ${action} --fingerprint <fingerprint>` : ''
  output.result(groups, `${lines.join('\n') || 'Nothing has failed.'}${next}`)
  return exitCodes.ok
}

/** @throws SemblanceError BAD_REQUEST, NOT_FOUND, or CONFLICT where nobody would obey */
export async function instruct(
  database: Database,
  output: Output,
  worker_id: string,
  text: string,
): Promise<number> {
  const instruction = workerInstructionSchema.safeParse(text)
  if (!instruction.success) {
    throw new SemblanceError('BAD_REQUEST', `A worker can be asked to ${workerInstructions.join(', ')}.`)
  }
  const worker = await database.asService((tx) =>
    instructWorker(tx, { worker_id, instruction: instruction.data, by: null }),
  )
  output.result(worker, `${worker.id} is asked to ${instruction.data}; it obeys with its next heartbeat.`)
  return exitCodes.ok
}

const ms = (milliseconds: number) =>
  milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : duration(milliseconds / 1000)

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`
  if (seconds < 7200) return `${(seconds / 60).toFixed(0)} min`
  return seconds < 172_800 ? `${(seconds / 3600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(1)} days`
}
