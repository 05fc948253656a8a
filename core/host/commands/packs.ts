import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Logger } from 'pino'
import { lendersOf } from '../../faces/packs/manifest'
import { findPack, installPack } from '../../faces/packs/packs'
import {
  activatePack,
  listPacks,
  removePack,
  verifyPack,
  type PackEntry,
  type PackVerification,
} from '../../faces/packs/pack-library'
import { manifestOf, readManifest } from '../../faces/packs/shipped-packs'
import { SemblanceError } from '../../model/errors'
import { readActiveModel } from '../../models/active-model'
import { findOpenSwitch } from '../../models/switch-queries'
import type { Config } from '../config'
import { withDatabase } from '../database/open-source'
import { exitCodes, type Output } from '../output'
import { describeProvider } from '../work/pack-setup'
import { addSwitchCommands, type RunConnected } from './switch'

/** Runs one of these commands with the configuration, and prints what it throws. */
type RunPacks = (json: boolean, command: (config: Config, output: Output) => Promise<number>) => Promise<void>

interface InstallChoices {
  from?: string
  acceptLicence: boolean
  json: boolean
}

/** Adds `semblance packs …`. */
export function addPacksCommands(cli: Command, run: RunPacks, runConnected: RunConnected): void {
  const packs = cli
    .command('packs')
    .description('the face models: what there is, what is installed, what is used')
  const withJson = (command: Command) => command.option('--json', 'print the result as JSON', false)
  withJson(packs.command('list').description('all packs, and which of them are installed and active')).action(
    (options: { json: boolean }) => run(options.json, list),
  )
  withJson(
    packs
      .command('install <pack>')
      .description('fetch a pack, by its name or by the path of a manifest of your own (.json)')
      .option('--from <path>', 'take the files from a folder or zip of your own; needs no network')
      .option('--accept-licence', 'you have read the terms of the pack and they cover your use', false),
  ).action((pack: string, options: InstallChoices) =>
    run(options.json, (config, output) => install(pack, options, config, output)),
  )
  withJson(
    packs
      .command('verify [packs...]')
      .description('read every file again and run every model; all where none is named'),
  ).action((names: string[], options: { json: boolean }) =>
    run(options.json, (config, output) => verify(names, config, output)),
  )
  withJson(
    packs.command('activate <pack>').description('choose the pack of databases that hold no face yet'),
  ).action((pack: string, options: { json: boolean }) =>
    runConnected(options.json, (config, output, log) => activate(pack, config, output, log)),
  )
  withJson(
    packs.command('remove <pack>').description('delete the files of a pack that nothing needs'),
  ).action((pack: string, options: { json: boolean }) =>
    runConnected(options.json, (config, output, log) => remove(pack, config, output, log)),
  )
  addSwitchCommands(packs, runConnected)
}

async function list({ packs }: Config, output: Output): Promise<number> {
  const entries = await listPacks(packs)
  output.result({ directory: packs, packs: entries }, entries.map(describeEntry).join('\n'))
  return exitCodes.ok
}

function describeEntry({ name, title, licence, isActive, isInstalled, embeddingModel }: PackEntry): string {
  const state = isActive ? 'active' : isInstalled ? 'installed' : 'not installed'
  const missing = isActive && !isInstalled ? ', not installed' : ''
  return `${isActive ? '*' : ' '} ${name.padEnd(12)} ${`${state}${missing}`.padEnd(14)} ${title}. ${licence}. ${embeddingModel ?? ''}`
}

async function install(
  name: string,
  { from, acceptLicence }: InstallChoices,
  { packs }: Config,
  output: Output,
): Promise<number> {
  const manifest = name.endsWith('.json') ? await readManifest(name) : await manifestOf(name, packs)
  output.say(`${manifest.title}. Licence: ${manifest.licence}.`)
  const stop = new AbortController()
  const onInterrupt = () => stop.abort(new Error('Stopped. The next attempt goes on where this one ended.'))
  process.once('SIGINT', onInterrupt)
  try {
    const pack = await installPack({
      ...{ manifest, directory: packs, acceptTerms: acceptLicence, recheck: true, signal: stop.signal },
      from: from === undefined ? undefined : resolve(from),
      onProgress: progressLines(output.say),
    })
    const lenders = lendersOf(manifest)
    const borrowed = lenders.length > 0 ? ` Some of its models are lent by ${lenders.join(', ')}.` : ''
    output.result(
      { pack: manifest.name, directory: pack.directory, embeddingModel: pack.embeddingModel, lenders },
      `${manifest.title} is in ${pack.directory}.${borrowed} To use it: semblance packs activate ${manifest.name}`,
    )
    return exitCodes.ok
  } finally {
    process.off('SIGINT', onInterrupt)
  }
}

/** A line where a step begins or the percentage has moved on by five. */
function progressLines(say: (line: string) => void) {
  let [lastStep, lastPercent] = ['', -5]
  return (progress: number, message: string) => {
    const percent = Math.floor(progress * 100)
    const step = message.replace(/: .*/, '')
    if (step === lastStep && percent < lastPercent + 5) return
    ;[lastStep, lastPercent] = [step, percent]
    say(`${String(percent).padStart(3)} %  ${message}`)
  }
}

async function verify(names: string[], { packs, provider }: Config, output: Output): Promise<number> {
  const installed = (await listPacks(packs)).filter((entry) => entry.isInstalled).map((entry) => entry.name)
  const results: PackVerification[] = []
  for (const name of names.length > 0 ? names : installed) {
    output.say(`Reading ${name} …`)
    results.push(await verifyPack(await manifestOf(name, packs), packs, provider))
  }
  output.result(results, results.map(describeVerification).join('\n') || 'No pack is installed.')
  return results.every(isWell) ? exitCodes.ok : exitCodes.failed
}

const isWell = ({ faults, models }: PackVerification) =>
  faults.length === 0 && models !== null && !('problem' in models)

function describeVerification({ pack, faults, models, embeddingModel }: PackVerification): string {
  if (faults.length > 0) {
    const list = faults.map(({ file, problem }) => `  ${file}: ${problem}`)
    return [`${pack}: damaged. Install it again: semblance packs install ${pack}`, ...list].join('\n')
  }
  if (!models || 'problem' in models) return `${pack}: its files are whole, but ${models?.problem ?? ''}`
  return `${pack}: whole; ${embeddingModel}; runs on ${describeProvider(models)}`
}

/**
 * Which pack a database without faces begins with. One that has some keeps to the space of theirs until a switch: hosts
 * follow the database, whatever is chosen here.
 */
async function activate(name: string, config: Config, output: Output, log: Logger): Promise<number> {
  const { packs } = config
  const manifest = await manifestOf(name, packs)
  const found = await findPack(manifest, packs)
  const [space] = await spacesOfDatabase(config, log)
  if (found && space !== undefined && space !== found.embeddingModel) {
    throw new SemblanceError(
      'CONFLICT',
      `This database holds embeddings of ${space}, which can't be compared with those of ${name}. To move all of it, see: semblance packs plan ${name}`,
      { active: space, embedding_model: found.embeddingModel },
    )
  }
  const { pack, before } = await activatePack(manifest, packs)
  output.result(
    { active: name, before, embeddingModel: pack.embeddingModel },
    `${pack.manifest.title} is what a database without faces begins with, from the next start on. One that has some is moved by: semblance packs plan ${name}`,
  )
  return exitCodes.ok
}

/** The space that the database searches in, then the one it is being moved to; none where it can't be asked just now. */
async function spacesOfDatabase(config: Config, log: Logger): Promise<string[]> {
  try {
    return await withDatabase(config, log, (database) =>
      database.asService(async (tx) => {
        const active = await readActiveModel(tx)
        const open = await findOpenSwitch(tx)
        return [active?.embedding_model, open?.to_model].filter((space) => space !== undefined)
      }),
    )
  } catch (error) {
    log.info({ err: error }, 'the database can not be asked for its active model')
    return []
  }
}

async function remove(name: string, config: Config, output: Output, log: Logger): Promise<number> {
  const { packs } = config
  const manifest = await manifestOf(name, packs)
  const space = (await findPack(manifest, packs))?.embeddingModel
  if (space !== undefined && (await spacesOfDatabase(config, log)).includes(space))
    throw new SemblanceError(
      'CONFLICT',
      `The database searches by ${manifest.title}, or is being moved to it: no photo could be analysed here without it.`,
      { embedding_model: space },
    )
  await removePack(manifest, packs)
  output.result({ removed: name }, `${manifest.title} is removed.`)
  return exitCodes.ok
}
