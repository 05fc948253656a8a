import type { Command } from 'commander'
import type { Logger } from 'pino'
import type { Database } from '../../database/connect'
import { advanceSwitch } from '../../models/advance'
import type { SwitchPlan, SwitchProgress } from '../../models/contract'
import { planFor } from '../../models/packs-here'
import { readProgress } from '../../models/progress'
import {
  acceptFailed,
  cancelSwitch,
  pauseSwitch,
  resumeSwitch,
  retryFailed,
  startSwitch,
} from '../../models/switches'
import type { Config } from '../config'
import { createModelMachine } from '../work/model-machine'
import { withCurrentDatabase } from '../database/ready-database'
import { exitCodes, type Output } from '../output'
import { missingPack } from '../work/pack-setup'
import { appPaths } from '../paths'
import { describePlan, describeProgress } from './switch-words'

/** Runs a command with the configuration that names the database, and prints what it throws. */
export type RunConnected = (
  json: boolean,
  command: (config: Config, output: Output, log: Logger) => Promise<number>,
) => Promise<void>

interface Choices {
  json: boolean
}

/** Adds what moves a database from one pack to another to `semblance packs`. */
export function addSwitchCommands(packs: Command, run: RunConnected): void {
  const add = (words: string, description: string) =>
    packs.command(words).description(description).option('--json', 'print the result as JSON', false)
  add('plan <pack>', 'show what moving this database to a pack would take; changes nothing').action(
    (pack: string, { json }: Choices) =>
      run(json, (config, output, log) => planOrSwitch(pack, false, { config, output, log })),
  )
  add('switch <pack>', 'show the same, and with --yes begin it: workers redo every photo, then it is made')
    .option('--yes', 'execute exactly what is shown', false)
    .action((pack: string, { yes, json }: Choices & { yes: boolean }) =>
      run(json, (config, output, log) => planOrSwitch(pack, yes, { config, output, log })),
    )
  const steps: [words: string, description: string, step: Step][] = [
    ['pause', 'begin no more photos; what runs ends', (db) => db.asService(pauseSwitch)],
    ['resume', 'go on with a switch that is paused', (db) => db.asService(resumeSwitch)],
    [
      'cancel',
      'give the switch up; nothing of it stays',
      (db) => db.asService((tx) => cancelSwitch(tx, null)),
    ],
    ['retry-failed', 'try the photos again that have failed', (db) => db.asService(retryFailed)],
    ['accept-failed', 'let the switch be made without the photos that have failed', accept],
    ['status', 'say how far the switch is', () => Promise.resolve()],
  ]
  for (const [words, description, step] of steps)
    add(words, description).action(({ json }: Choices) =>
      run(json, (config, output, log) => change(step, { config, output, log })),
    )
}

type Step = (database: Database) => Promise<unknown>

/** Where nothing else is left to do, this is what made it wait. */
async function accept(database: Database): Promise<void> {
  await database.asService(acceptFailed)
  await advanceSwitch(database)
}

interface Surroundings {
  config: Config
  output: Output
  log: Logger
}

async function planOrSwitch(
  pack: string,
  isWanted: boolean,
  { config, output, log }: Surroundings,
): Promise<number> {
  return withCurrentDatabase(config, log, async (database) => {
    const planned = await planFor(machineOf(config, log), pack)
    const plan: SwitchPlan = await database.asService(planned)
    const next =
      plan.obstacle === null
        ? `Nothing was changed. Next: semblance packs switch ${pack} --yes`
        : plan.obstacle
    if (!isWanted || plan.obstacle !== null) {
      output.result({ started: null, ...plan }, `${describePlan(plan)}\n\n${next}`)
      return plan.obstacle === null || !isWanted ? exitCodes.ok : exitCodes.failed
    }
    output.say(describePlan(plan))
    const id = await database.asService(async (tx) =>
      startSwitch(tx, await planned(tx), { basis: plan.basis, startedBy: null }),
    )
    // Where there is nothing to redo it is made at once.
    await advanceSwitch(database)
    output.result(
      { started: id, ...plan },
      'The switch has begun. Hosts and workers of machines that have the pack do it; semblance packs status says how far.',
    )
    return exitCodes.ok
  })
}

async function change(step: Step, { config, output, log }: Surroundings): Promise<number> {
  return withCurrentDatabase(config, log, async (database) => {
    await step(database)
    const progress: SwitchProgress | null = await database.asService((tx) => readProgress(tx, () => false))
    output.result(progress, progress ? describeProgress(progress) : 'There never was a switch of models.')
    return exitCodes.ok
  })
}

/** Nothing is open in this process: what a pack is measured by is opened for it. */
function machineOf(config: Config, log: Logger) {
  return createModelMachine({
    ...{ directory: config.packs, threads: config.faceThreads, provider: config.provider, log },
    workerEntry: appPaths().entries.faceWorker,
    status: () => missingPack(config.faceThreads),
    stages: () => false,
    reports: new Map(),
    onChange: () => undefined,
  })
}
