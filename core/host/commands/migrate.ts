import type { Logger } from 'pino'
import { checkDatabase } from '../../database/conformance/check-database'
import { reportCheck } from '../../database/conformance/report'
import type { Source } from '../../database/engine'
import { migrate } from '../../database/migrate'
import { SemblanceError } from '../../model/errors'
import type { Config } from '../config'
import { withSource } from '../database/open-source'
import { exitCodes, type Output } from '../output'
import { appPaths } from '../paths'
import { adopt, type AdoptFlags } from './adopt'
import { referenceOf } from './reference'

interface MigrateFlags extends AdoptFlags {
  check: boolean
  adopt: boolean
}

/** Brings the database up to date; with `check` only says how it stands beside the document and our migrations;
 * with `adopt` lets Semblance move into one that other migrations made. */
export async function migrateDatabase(
  { check, adopt: isAdoption, ...flags }: MigrateFlags,
  config: Config,
  output: Output,
  log: Logger,
): Promise<number> {
  if (isAdoption) return adopt(flags, config, output, log)
  if (flags.plan || flags.yes) throw new SemblanceError('BAD_REQUEST', '--plan and --yes belong to --adopt.')
  const work = (source: Source) => (check ? checkOnly(source, output) : bringUpToDate(source, output))
  return withSource(config, log, work, { mayCreate: !check })
}

async function bringUpToDate(source: Source, output: Output): Promise<number> {
  const onProgress = ({ name }: { name: string }) => output.say(`Applying ${name}`)
  const result = await migrate(source, { directory: appPaths().migrations, onProgress })
  const done = result.applied.length === 0 ? 'Nothing to do' : `${result.applied.length} applied`
  output.result(result, `${done}; the database is at ${result.current}.`)
  return exitCodes.ok
}

async function checkOnly(source: Source, output: Output): Promise<number> {
  const found = await checkDatabase(source, { directory: appPaths().migrations, referenceOf })
  const { pending, changed, unknown } = found.migrations
  output.result({ ...found.migrations, ...found.conformance }, reportCheck(found))
  const isUpToDate = pending.length + changed.length + unknown.length === 0
  return isUpToDate && found.conformance.conforms ? exitCodes.ok : exitCodes.failed
}
