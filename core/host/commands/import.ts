import { join, resolve } from 'node:path'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { Import } from '../../celebrities/contract-import-schemas'
import { inspectSource } from '../../celebrities/import/source/create'
import { describeImports } from '../../celebrities/import/describe'
import type { Importer } from '../../celebrities/import/importer'
import { isRunning } from '../../celebrities/import/phases'
import { openStaging } from '../../celebrities/import/staging/staging'
import { openDataDirectory } from '../../embedded/data-directory'
import { type DetectedGender } from '../../model/face'
import { SemblanceError } from '../../model/errors'
import type { Config } from '../config'
import { type Host, startHost } from '../host'
import { requireHome } from '../database/open-source'
import { exitCodes, type Output } from '../output'
import { appPaths } from '../paths'
import { howToGoOn, isOverSoon } from './import-hints'
import { createProgressLine } from './progress-line'
import { endWhateverWaits, untilAskedToStop } from '../lifecycle/signals'
import { plannedFiles, progressOf, reportList, reportPlan } from './import-report'

export interface ImportOptions {
  name?: string
  licence?: string
  source?: string
  category?: string
  gender?: DetectedGender
  yes: boolean
  resume?: string
  reopen?: string
  list: boolean
  undo?: string
}

/**
 * Imports celebrities from a folder, ZIP or CSV: scans, analyses and plans, prints the plan, and with `yes` executes it.
 * An import stays on this machine until it is published, so that one that was cut short goes on with `resume`.
 * Exit code 1 where it was paused, nothing is there to import, or it was published with files that were rejected or wait
 * for a person; 3 where the models or the shared database are away.
 */
export async function importCelebrities(
  path: string | undefined,
  options: ImportOptions,
  config: Config,
  output: Output,
  log: Logger,
): Promise<number> {
  const asked = [path, options.resume, options.reopen, options.undo, options.list || undefined].filter(
    (one) => one !== undefined,
  )
  if (asked.length !== 1)
    throw new SemblanceError(
      'BAD_REQUEST',
      'Name a folder, a ZIP or a CSV; or one of --resume, --reopen, --list and --undo.',
    )
  const id = options.resume ?? options.reopen ?? options.undo
  if (id !== undefined && !z.uuid().safeParse(id).success)
    throw new SemblanceError(
      'BAD_REQUEST',
      `“${id}” is no import's id. See them all with: semblance import --list`,
    )
  // A host takes seconds to start, and says the same.
  if (path !== undefined) await inspectSource(resolve(path))
  else requireHome(config)
  if (options.list) return list(config, output)
  const host = await startHost({ config: { ...config, port: 0 }, log, say: output.say })
  try {
    const { imports } = host.context
    if (options.undo !== undefined) return await undo(imports, options.undo, output)
    const id = options.resume ?? options.reopen ?? (await begin(imports, path ?? '', options))
    if (options.resume !== undefined) await goOn(imports, id, options)
    if (options.reopen !== undefined) await imports.reopen(id)
    return await run(host, id, options, output)
  } finally {
    await host.close()
    // Models that are just being loaded can't be torn out of it: then the process ends by itself once they are.
    if (host.context.pack().state !== 'installing') endWhateverWaits()
  }
}

function defaultsOf({ licence, source, category, gender }: ImportOptions) {
  const given = { licence, source, category, gender }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

async function begin(imports: Importer, path: string, options: ImportOptions): Promise<string> {
  const given = { path: resolve(path), name: options.name, defaults: defaultsOf(options) }
  return (await imports.create(given, null)).id
}

async function goOn(imports: Importer, id: string, options: ImportOptions): Promise<void> {
  const defaults = defaultsOf(options)
  if (Object.keys(defaults).length > 0) await imports.update(id, { defaults })
  await imports.resume(id)
}

/** Needs nothing but the staging area. */
async function list({ home }: Config, output: Output): Promise<number> {
  const held = await openDataDirectory(home)
  try {
    const { entries, migrations } = appPaths()
    const staging = await openStaging({
      directory: join(home, 'staging'),
      entry: entries.databaseWorker,
      migrations: join(migrations, 'staging'),
    })
    try {
      const all = await staging.transaction((tx) => describeImports(tx))
      output.result(all, reportList(all))
      return exitCodes.ok
    } finally {
      await staging.close()
    }
  } finally {
    await held.release()
  }
}

async function undo(imports: Importer, id: string, output: Output): Promise<number> {
  let isStopped = false
  void untilAskedToStop().then(() => {
    isStopped = true
    // Where nothing is under way there is nothing to pause.
    return imports.pause(id).catch(() => undefined)
  })
  try {
    const { undone, kept } = await imports.undo(id, null)
    const left =
      kept > 0 ? ` ${kept} were left, since somebody changed them since; the console names them.` : ''
    output.result({ undone, kept }, `${photos(undone)} taken back.${left}`)
    return kept > 0 ? exitCodes.failed : exitCodes.ok
  } catch (error) {
    if (!isStopped) throw error
    output.result({ paused: true }, `Paused. Nothing is lost. Go on with: semblance import --undo ${id}`)
    return exitCodes.failed
  }
}

async function run({ context }: Host, id: string, options: ImportOptions, output: Output): Promise<number> {
  const { imports } = context
  const stop = new AbortController()
  void untilAskedToStop().then(() => stop.abort())
  const follow = () =>
    followImport(imports, id, { output, stop: stop.signal, hasModels: () => context.pack() })
  const ended = await follow()
  if (ended.kind !== 'planned') return halted(imports, id, ended, output)
  const isAlreadyOut = ended.state.state !== 'review'
  if (ended.state.files === 0 && !isAlreadyOut)
    return tell(imports, ended.state, null, output, exitCodes.failed)
  if (!options.yes || isAlreadyOut)
    return tell(imports, ended.state, isAlreadyOut ? null : nextOf(ended.state), output)
  const { new_celebrity, further_photo, replaces_photo } = ended.state.outcomes
  if (new_celebrity + further_photo + replaces_photo === 0) {
    const next = 'There is nothing in it to publish as it stands: decide in the console, under Imports.'
    return tell(imports, ended.state, next, output, exitCodes.failed)
  }
  output.say(reportPlan(ended.state, await plannedFiles(imports.staging, id)))
  const away = await whyAway(context.database)
  if (away !== null)
    return tell(imports, ended.state, `${away} ${nextOf(ended.state)}`, output, exitCodes.unavailable)
  await imports.publish(id, null)
  const published = await follow()
  if (published.kind !== 'planned') return halted(imports, id, published, output)
  const { state } = published
  const isWhole = state.state === 'published' && state.outcomes.rejected + state.outcomes.needs_person === 0
  const next =
    state.state === 'published'
      ? `${photos(state.published)} published. Take all back with: semblance import --undo ${id}`
      : `Something had changed underneath since the plan was made: look at it anew. ${nextOf(state)}`
  return tell(imports, state, next, output, isWhole ? exitCodes.ok : exitCodes.failed)
}

const photos = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'photo was' : 'photos were'}`

function nextOf({ id, published }: Import): string {
  const done = published > 0 ? `${photos(published)} published by now.` : 'Nothing was published yet.'
  return `${done} Next: semblance import --resume ${id} --yes (or decide in the console, under Imports).`
}

async function whyAway(database: Host['context']['database']): Promise<string | null> {
  try {
    await database.asService((tx) => tx.selectFrom('celebrities').select('id').limit(1).execute())
    return null
  } catch {
    return "The database can't be reached just now."
  }
}

async function tell(
  imports: Importer,
  state: Import,
  next: string | null,
  output: Output,
  code: number = exitCodes.ok,
): Promise<number> {
  const files = await plannedFiles(imports.staging, state.id)
  output.result(
    { import: state, files },
    [reportPlan(state, files), next].filter((part) => part !== null).join('\n\n'),
  )
  return code
}

type Ending =
  /** There is a plan, or it is published. */
  | { kind: 'planned'; state: Import }
  | { kind: 'stopped'; state: Import }
  | { kind: 'problem'; state: Import; message: string }

/** Shows how far an import is until nothing goes on by itself. */
async function followImport(
  imports: Importer,
  id: string,
  { output, stop, hasModels }: { output: Output; stop: AbortSignal; hasModels: Host['context']['pack'] },
): Promise<Ending> {
  const line = createProgressLine(output)
  const watching = new AbortController()
  const end = () => watching.abort()
  stop.addEventListener('abort', end, { once: true })
  let said: string | null = null
  try {
    let state = await imports.get(id)
    for await (const now of imports.watch(id, watching.signal)) {
      state = now
      if (isPlanned(state)) return { kind: 'planned', state }
      const { problem } = state
      const isForGood =
        state.paused || ['publishing', 'undoing'].includes(state.state) || hasModels().state === 'failed'
      if (problem !== null && isForGood) return { kind: 'problem', state, message: problem }
      if (problem !== null && problem !== said && !isOverSoon(problem, hasModels()))
        output.say((said = problem))
      line.show(progressOf(state))
    }
    return { kind: 'stopped', state }
  } catch (error) {
    if (!stop.aborted) throw error
    return { kind: 'stopped', state: await imports.get(id) }
  } finally {
    stop.removeEventListener('abort', end)
    line.end()
  }
}

const isPlanned = ({ state, is_planned }: Import) =>
  ['published', 'undone'].includes(state) || (state === 'review' && is_planned)

/** Pauses what is left, so that no other start goes on with it unasked, and says how to. */
async function halted(
  imports: Importer,
  id: string,
  ending: Exclude<Ending, { kind: 'planned' }>,
  output: Output,
): Promise<number> {
  const { state, paused } = await imports.get(id)
  if (!paused && isRunning(state)) await imports.pause(id)
  const now = await imports.get(id)
  const next = await howToGoOn(now)
  if (ending.kind === 'problem') {
    const message = [ending.message, next].filter((part) => part !== null).join(' ')
    throw new SemblanceError(ending.state.paused ? 'BAD_REQUEST' : 'UNAVAILABLE', message, { id })
  }
  output.result({ import: now }, ['Paused.', next].filter((part) => part !== null).join(' '))
  return exitCodes.failed
}
