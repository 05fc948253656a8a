import { InvalidArgumentError, Option, type Command } from 'commander'
import type { Logger } from 'pino'
import type { Database } from '../../database/connect'
import { bulkActions, type BulkAction } from '../../jobs/contract-bulk'
import { workerInstructions, type WorkerInstruction } from '../../jobs/contract-monitor'
import { jobStatuses, jobTypes } from '../../jobs/contract'
import { kinds } from '../../jobs/queue/kinds'
import { jobStages } from '../../model/job-stages'
import type { Config } from '../config'
import type { Output } from '../output'
import { withCurrentDatabase } from '../database/ready-database'
import { doInBulk, undoInBulk, type BulkOptions } from './jobs-bulk'
import type { FilterOptions } from './jobs-filter'
import { instruct, list, showAlarms, showFailures, showJob, showNow, showWorkers } from './jobs-show'

/** Runs one of these commands with the configuration, and prints what it throws. */
type RunJobs = (
  json: boolean,
  command: (config: Config, output: Output, log: Logger) => Promise<number>,
) => Promise<void>

const withFilters = (command: Command): Command =>
  command
    .addOption(new Option('--status <status>', 'only these').choices(jobStatuses))
    .addOption(new Option('--kind <kind>', 'only these').choices(kinds))
    .addOption(new Option('--type <type>', 'what the job looks for').choices(jobTypes))
    .option('--owner <id>', 'of the person with this id')
    .option('--reason <code>', 'failed for this reason: no_face, broken_image …')
    .option('--stage <stage>', 'failed in this stage: fetch, decode, detect …')
    .option('--fingerprint <fingerprint>', 'of this group of failures')
    .option('--worker <id>', 'of this worker')
    .option('--older <minutes>', 'created so many minutes ago, or before', minutes)
    .option('--newer <minutes>', 'created so many minutes ago, or since', minutes)
    .option('--dismissed', 'failures that were dismissed')
    .option('--no-dismissed', 'no failures that were dismissed')
    .option('--search <text>', 'by a part of the name, or by an id')

function minutes(text: string): number {
  const count = Number(text)
  if (text.trim() === '' || !(count >= 0 && count <= 525_600)) {
    throw new InvalidArgumentError('Give minutes, up to 525600.')
  }
  return count
}

function wholeNumber(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new InvalidArgumentError('Give a whole number.')
  return Number(text)
}

const actionWords: Record<BulkAction, string> = {
  retry: 'have failed jobs start anew, with all their attempts',
  cancel: 'call off jobs that wait or run; `undo` brings them back',
  dismiss: 'put failures aside that nobody wants retried',
  prioritise: 'put waiting jobs before others, or behind them',
}

/** Adds `semblance jobs …`. */
export function addJobsCommands(cli: Command, run: RunJobs): void {
  const jobs = cli
    .command('jobs')
    .description('the queue: how it stands, what failed, and what to do with it')
  const withJson = (command: Command) => command.option('--json', 'print the result as JSON', false)
  const onDatabase =
    (work: (database: Database, output: Output) => Promise<number>) =>
    (config: Config, output: Output, log: Logger) =>
      withCurrentDatabase(config, log, (database) => work(database, output))
  const simple = (
    name: string,
    words: string,
    work: (database: Database, output: Output) => Promise<number>,
  ) =>
    withJson(jobs.command(name).description(words)).action((options: { json: boolean }) =>
      run(options.json, onDatabase(work)),
    )

  simple('now', 'what waits, runs and ended, and when the queue will be empty', showNow)
  simple('alarms', 'what is wrong and what to do; exits with 1 where anything is', showAlarms)
  simple('workers', 'the machines that work on the queue', showWorkers)
  withJson(withFilters(jobs.command('list').description('jobs, newest first')))
    .option('--limit <count>', 'so many, up to 200', wholeNumber, 50)
    .option('--cursor <cursor>', 'go on where a page ended')
    .action((options: FilterOptions & { limit: number; cursor?: string; json: boolean }) =>
      run(
        options.json,
        onDatabase((database, output) => list(database, output, options)),
      ),
    )
  withJson(
    jobs.command('show <id>').description('one job: its attempts, why it failed, what it produced'),
  ).action((id: string, options: { json: boolean }) =>
    run(
      options.json,
      onDatabase((database, output) => showJob(database, output, id)),
    ),
  )
  withJson(jobs.command('failures').description('what failed, by what it failed of'))
    .option('--dismissed', 'those that were dismissed', false)
    .action((options: { dismissed: boolean; json: boolean }) =>
      run(
        options.json,
        onDatabase((database, output) => showFailures(database, output, options.dismissed)),
      ),
    )
  for (const action of bulkActions) addBulk(jobs, action, run, onDatabase)
  withJson(
    jobs.command('undo <plan>').description('put back what a cancel, dismiss or prioritise has changed'),
  ).action((plan: string, options: { json: boolean }) =>
    run(
      options.json,
      onDatabase((database, output) => undoInBulk(database, output, plan)),
    ),
  )
  withJson(
    jobs
      .command('instruct <worker> <instruction>')
      .description(
        `ask a worker to ${workerInstructions.join(', ')}; resume also starts one again that was drained or stopped`,
      ),
  ).action((worker: string, instruction: WorkerInstruction, options: { json: boolean }) =>
    run(
      options.json,
      onDatabase((database, output) => instruct(database, output, worker, instruction)),
    ),
  )
}

function addBulk(
  jobs: Command,
  action: BulkAction,
  run: RunJobs,
  onDatabase: (
    work: (database: Database, output: Output) => Promise<number>,
  ) => (config: Config, output: Output, log: Logger) => Promise<number>,
): void {
  const command = withFilters(jobs.command(`${action} [ids...]`).description(actionWords[action]))
    .option('--all', 'every job that qualifies, where there is no filter', false)
    .option('--yes', 'do exactly what is shown', false)
    .option('--json', 'print the result as JSON', false)
  if (action === 'retry') {
    command
      .option('--include-permanent', 'also what fails the same way every time', false)
      .addOption(
        new Option(
          '--from <stage>',
          'by their ids, also completed ones: from the start (fetch to attributes), or with what is known of the photo (search, write)',
        ).choices(jobStages),
      )
  }
  if (action === 'prioritise') {
    command.requiredOption(
      '--priority <number>',
      '-100 to 100: higher comes first, 0 is the usual',
      wholeNumber,
    )
  }
  command.action((ids: string[], options: FilterOptions & BulkOptions & { json: boolean }) =>
    run(
      options.json,
      onDatabase((database, output) => doInBulk(database, output, { action, ids, options })),
    ),
  )
}
