import { sql, type SqlBool } from 'kysely'
import { z } from 'zod'
import type { Database } from '../../database/connect'
import { bulkRequestSchema, type Bulk, type BulkAction, type BulkPlan } from '../../jobs/contract-bulk'
import type { JobKind } from '../../jobs/contract'
import { planBulk } from '../../jobs/bulk/plan'
import { beginRun, beginUndo, runToEnd } from '../../jobs/bulk/run'
import { kindsOf } from '../../jobs/list/names'
import { retry } from '../../jobs/queue/actions'
import { kinds } from '../../jobs/queue/kinds'
import { SemblanceError } from '../../model/errors'
import type { JobStage } from '../../model/job-stages'
import { exitCodes, type Output } from '../output'
import { readFilter, type FilterOptions } from './jobs-filter'

export interface BulkOptions {
  all: boolean
  yes: boolean
  priority?: number
  includePermanent?: boolean
  /** For `retry` of jobs by their ids. */
  from?: JobStage
}

interface Asked {
  action: BulkAction
  ids: string[]
  options: FilterOptions & BulkOptions
}

/**
 * Shows which jobs an action would meet; with `--yes` executes that very plan. Exit code 1 where some of it had changed
 * underneath and was left alone.
 */
export async function doInBulk(database: Database, output: Output, asked: Asked): Promise<number> {
  const { action, options } = asked
  const selection = await selectionOf(database, asked)
  if (options.from !== undefined) {
    if (selection.ids) return retryFrom(database, output, selection.ids, options.from, options.yes)
    throw new SemblanceError('BAD_REQUEST', '--from: name the jobs by their ids.')
  }
  const request = bulkRequestSchema.safeParse({
    ...{ action, selection, priority: options.priority },
    include_permanent: options.includePermanent ?? false,
  })
  if (!request.success) {
    const faults = request.error.issues.map(({ path, message }) =>
      path[0] === 'priority' ? '--priority: from -100 to 100.' : message,
    )
    throw new SemblanceError('BAD_REQUEST', faults.join(' '))
  }
  const plan = await database.asService((tx) => planBulk(tx, request.data, null))
  if (!options.yes || plan.eligible === 0) {
    const next = plan.eligible === 0 ? 'Nothing to do.' : 'Nothing was changed. The same with --yes does it.'
    output.result({ executed: false, ...plan }, `${describePlan(plan)}\n\n${next}`)
    return exitCodes.ok
  }
  output.say(describePlan(plan))
  await database.asService((tx) => beginRun(tx, plan.id, null))
  const done = await runToEnd(database.asService.bind(database), plan.id, progressTo(output))
  const undo = done.can_undo ? `\nTo undo it within a day: semblance jobs undo ${done.id}` : ''
  const changed = done.changed > 0 ? ` ${done.changed} had changed since the plan and were left alone.` : ''
  output.result({ executed: true, ...done }, `${done.done} jobs: ${doneWords[action]}.${changed}${undo}`)
  return done.changed > 0 ? exitCodes.failed : exitCodes.ok
}

/** Has jobs that ended start anew from a stage, as the screen does. Exit code 1 where some have not ended. */
async function retryFrom(
  database: Database,
  output: Output,
  jobs: readonly { id: string; kind: JobKind }[],
  fromStage: JobStage,
  yes: boolean,
): Promise<number> {
  const ids = jobs.map(({ id }) => id)
  const which = sql<SqlBool>`job.id = any (${ids}::uuid[])`
  const started = await database.asService(async (tx) => {
    if (!yes) {
      const ended = tx.selectFrom('jobs').select('id').where('status', 'in', ['completed', 'failed'])
      return (await ended.where('id', 'in', ids).execute()).map(({ id }) => id)
    }
    const all: string[] = []
    for (const kind of kinds) {
      all.push(...(await retry(tx, kind, which, { fromStage, completed: true, limit: ids.length })))
    }
    return all
  })
  const left = ids.length - started.length
  output.result(
    { executed: yes, from_stage: fromStage, ids: started, left },
    [
      `retry from ${fromStage}: ${started.length} of ${ids.length} jobs${yes ? ' start anew' : ''}`,
      ...(left > 0 ? [`left out: ${left} have not ended yet`] : []),
      ...(yes || started.length === 0 ? [] : ['\nNothing was changed. The same with --yes does it.']),
    ].join('\n'),
  )
  return yes && left > 0 ? exitCodes.failed : exitCodes.ok
}

/** Exit code 1 where some had changed meanwhile and were left alone. */
export async function undoInBulk(database: Database, output: Output, id: string): Promise<number> {
  if (!z.uuid().safeParse(id).success) {
    throw new SemblanceError(
      'BAD_REQUEST',
      `"${id}" is no plan. What was done with --yes has said which to undo.`,
    )
  }
  await database.asService((tx) => beginUndo(tx, id))
  const done = await runToEnd(database.asService.bind(database), id, progressTo(output))
  const changed =
    done.undo_changed > 0 ? ` ${done.undo_changed} had changed meanwhile and were left alone.` : ''
  output.result(done, `${done.undone} jobs are as they were before.${changed}`)
  return done.undo_changed > 0 ? exitCodes.failed : exitCodes.ok
}

const doneWords: Record<BulkAction, string> = {
  retry: 'start anew',
  cancel: 'called off',
  dismiss: 'dismissed',
  prioritise: 'prioritised',
}

async function selectionOf(database: Database, { ids, options }: Asked) {
  const filter = readFilter(options)
  const hasFilter = Object.values(filter).some((value) => value !== undefined)
  if (ids.length > 0) {
    if (hasFilter || options.all) {
      throw new SemblanceError('BAD_REQUEST', 'Name jobs by their ids, or give a filter: not both.')
    }
    return { ids: await named(database, ids) }
  }
  if (!hasFilter && !options.all) {
    throw new SemblanceError(
      'BAD_REQUEST',
      'Say which jobs: by their ids, by a filter (--status, --reason, --fingerprint …), or --all.',
    )
  }
  return { all: filter }
}

/** @throws SemblanceError BAD_REQUEST where one is no id, NOT_FOUND where one is no job's: nothing is done then */
async function named(database: Database, ids: string[]): Promise<{ id: string; kind: JobKind }[]> {
  for (const id of ids) requireId(id)
  const found = await database.asService((tx) => kindsOf(tx, ids))
  const gone = ids.filter((id) => !found.has(id.toLowerCase()))
  if (gone.length > 0) {
    throw new SemblanceError(
      'NOT_FOUND',
      `There is no such job: ${gone.join(', ')}. It went with its photo, or never was.`,
    )
  }
  return [...found].map(([id, kind]) => ({ id, kind }))
}

/** @throws SemblanceError BAD_REQUEST */
export function requireId(text: string): void {
  if (z.uuid().safeParse(text).success) return
  throw new SemblanceError('BAD_REQUEST', `"${text}" is no id. \`semblance jobs list\` shows them.`)
}

function describePlan({ action, selected, eligible, ineligible, sample }: BulkPlan): string {
  const named = sample.filter(({ reason }) => reason === null)
  return [
    `${action}: ${eligible} of ${selected} selected jobs`,
    ...named.map(({ id, kind, name, status }) =>
      `  ${id}  ${kind}  ${status ?? ''}  ${name ?? ''}`.trimEnd(),
    ),
    ...(eligible > named.length ? [`  … and ${eligible - named.length} more`] : []),
    ...ineligible.map(
      ({ reason, jobs, words }) =>
        `left out: ${jobs} ${words}${reason === 'permanent' ? ' (--include-permanent retries them as well)' : ''}`,
    ),
  ].join('\n')
}

/** A line where the percentage has moved on by ten. */
function progressTo(output: Output): (bulk: Bulk) => void {
  let last = 0
  return ({ state, eligible, done, changed, undone, undo_changed }) => {
    const [seen, all] = state === 'undoing' ? [undone + undo_changed, done] : [done + changed, eligible]
    const percent = all === 0 ? 100 : Math.floor((100 * seen) / all)
    if (percent < last + 10) return
    last = percent
    output.say(`${String(percent).padStart(3)} %  ${seen} of ${all}`)
  }
}
