import { Command, CommanderError, Option } from 'commander'
import pino, { type Logger } from 'pino'
import { analyze } from './commands/analyze'
import { doctor } from './commands/doctor'
import { importCelebrities, type ImportOptions } from './commands/import'
import { migrateDatabase } from './commands/migrate'
import { addJobsCommands } from './commands/jobs'
import { addPacksCommands } from './commands/packs'
import { rescore } from './commands/rescore'
import { printSchema } from './commands/schema'
import { secondFactor } from './commands/second-factor'
import { start } from './commands/start'
import { drainOrWork } from './commands/worker'
import { withWorkerOptions, type WorkerOptions } from './commands/worker-options'
import { SemblanceError } from '../model/errors'
import type { Config } from './config'
import { baseConfig, loadConfig } from './load-config'
import { createOutput, exitCodes, type Output, reportFailure } from './output'
import { appPaths, appVersion } from './paths'
import { noVault } from './connection/vault'

type Run = (config: Config, output: Output, log: Logger) => Promise<number>

/** For commands that open the saved connection themselves, or need none: its secrets may not be readable here. */
const withoutConnection = { connection: false }

/** Runs one command; everything it needs is read here once. */
async function run(json: boolean, command: Run, { connection } = { connection: true }): Promise<void> {
  try {
    const config = connection ? await loadConfig(noVault) : baseConfig()
    // stdout belongs to the result, and what a command has to say it says itself.
    const log = pino({ level: json ? 'silent' : 'error' }, pino.destination({ dest: 2, sync: true }))
    process.exitCode = await command(config, createOutput(json), log)
  } catch (error) {
    process.exitCode = reportFailure(error, json)
  }
}

/** Known before the command is: the very call may be wrong. */
const wantsJson = process.argv.includes('--json')

function wrongCall({ message }: CommanderError): SemblanceError {
  const reason = message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')
  return new SemblanceError('BAD_REQUEST', `${reason} (add --help for what there is)`)
}

function program(): Command {
  const cli = new Command('semblance')
    .description('Matches the people of a school by how their faces resemble each other.')
    .version(appVersion(appPaths()))
    .showHelpAfterError('(add --help for what there is)')
    .exitOverride()
    // A result in JSON tells of a wrong call as well, on stdout.
    .configureOutput({
      writeErr: (text) => {
        if (!wantsJson) process.stderr.write(text)
      },
    })
  const json = () => new Option('--json', 'print the result as JSON').default(false)

  cli
    .command('start')
    .description('run the host: database, services, worker, console')
    .option('--open', 'open the console: the desktop window, else the browser', false)
    .addOption(json())
    .action((options: { open: boolean; json: boolean }) =>
      run(options.json, (config, output) => start(options, config, output), withoutConnection),
    )
  cli
    .command('migrate')
    .description('bring the database up to date')
    .option('--check', 'change nothing; exit with 1 where it is behind, or not as documented', false)
    .option('--adopt', 'move into a database that other migrations made, after showing how', false)
    .option('--plan', 'with --adopt: show the plan, change nothing', false)
    .option('--yes', 'with --adopt: execute the plan without asking', false)
    .addOption(json())
    .action((options: { check: boolean; adopt: boolean; plan: boolean; yes: boolean; json: boolean }) =>
      run(options.json, (config, output, log) => migrateDatabase(options, config, output, log)),
    )
  cli
    .command('schema')
    .description(
      "print the live database's tables, columns, checks, keys, indexes, policies, functions, triggers",
    )
    .addOption(json())
    .action((options: { json: boolean }) => run(options.json, printSchema))
  cli
    .command('analyze <images...>')
    .description('find the faces of photos and print what is known of each; needs no database')
    .option('--pack <pack>', 'the pack to analyse with; the active one where not given')
    .addOption(json())
    .action((images: string[], options: { pack?: string; json: boolean }) =>
      run(
        options.json,
        (config, output, log) => analyze(images, options, config, output, log),
        withoutConnection,
      ),
    )
  addImportCommand(cli, json())
  withWorkerOptions(cli.command('worker').description('work through the job queue without a console'))
    .addOption(json())
    .action((options: WorkerOptions & { json: boolean }) =>
      run(options.json, (config, output) => drainOrWork(options, config, output)),
    )
  cli
    .command('rescore')
    .description("show what matching everybody anew by today's weights and rules would change")
    .option('--yes', 'execute exactly what is shown', false)
    .addOption(json())
    .action((options: { yes: boolean; json: boolean }) =>
      run(options.json, (config, output, log) => rescore(options, config, output, log)),
    )
  cli
    .command('second-factor')
    .description("say who of the staff has a second factor; the operator's way in where no admin has theirs")
    .option('--off', 'no longer demand one of staff', false)
    .option('--remove <email>', 'remove the second factors of a person who has lost theirs')
    .addOption(json())
    .action((options: { off: boolean; remove?: string; json: boolean }) =>
      run(options.json, (config, output, log) => secondFactor(options, config, output, log)),
    )
  cli
    .command('doctor')
    .description('check this machine, the database and the models, and say what to mend')
    .addOption(json())
    .action((options: { json: boolean }) => run(options.json, doctor, withoutConnection))
  addJobsCommands(cli, (isJson, command) => run(isJson, command))
  addPacksCommands(cli, (isJson, command) => run(isJson, command, withoutConnection), run)
  return cli
}

function addImportCommand(cli: Command, json: Option): void {
  cli
    .command('import [path]')
    .description(
      'import celebrities from a folder, a ZIP or a CSV: shows what it would do, publishes with --yes',
    )
    .option('--yes', 'publish exactly what is shown', false)
    .addOption(new Option('--plan', 'show the plan and change nothing (the default)').conflicts('yes'))
    .option('--name <name>', 'what the import is called; default: as the folder or file')
    .option('--licence <licence>', 'of photos that say none of their own')
    .option('--source <source>', 'where photos come from that say nothing of it')
    .option('--category <category>', 'of celebrities without one')
    .addOption(
      new Option('--gender <gender>', 'of celebrities of whom nothing says it').choices(['female', 'male']),
    )
    .option('--resume <id>', 'go on with an import of this machine')
    .option('--reopen <id>', 'review again what is published, or stops on its way: shows what was left open')
    .option('--list', 'the imports of this machine', false)
    .option('--undo <id>', 'take back all that an import published')
    .addOption(json)
    .action((path: string | undefined, options: ImportOptions & { json: boolean }) =>
      run(options.json, (config, output, log) => importCelebrities(path, options, config, output, log)),
    )
}

try {
  await program().parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  // --help and --version end here too, with 0.
  const isWrong = error.exitCode !== 0
  process.exitCode = isWrong ? exitCodes.usage : exitCodes.ok
  if (isWrong && wantsJson) reportFailure(wrongCall(error), true)
}
