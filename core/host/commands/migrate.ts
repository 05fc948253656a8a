import type { Logger } from 'pino'
import { migrate, migrationStatus } from '../../database/migrate'
import type { Config } from '../config'
import { withSource } from '../open-source'
import { exitCodes, type Output } from '../output'
import { appPaths } from '../paths'

/** Brings the database up to date; with `check` only says whether it is. */
export async function migrateDatabase(
  { check }: { check: boolean },
  config: Config,
  output: Output,
  log: Logger,
): Promise<number> {
  const directory = appPaths().migrations
  return withSource(config, log, async (source) => {
    if (!check) {
      const onProgress = ({ name }: { name: string }) => output.say(`Applying ${name}`)
      const result = await migrate(source, { directory, onProgress })
      const done = result.applied.length === 0 ? 'Nothing to do' : `${result.applied.length} applied`
      output.result(result, `${done}; the database is at ${result.current}.`)
      return exitCodes.ok
    }
    const status = await migrationStatus(source, { directory })
    const problems = [
      ...status.pending.map((name) => `missing: ${name}`),
      ...status.changed.map((name) => `edited after it was applied: ${name}`),
      ...status.unknown.map((name) => `not known to this version: ${name}`),
    ]
    output.result(status, problems.join('\n') || `The database is up to date, at ${status.current}.`)
    return problems.length > 0 ? exitCodes.failed : exitCodes.ok
  })
}
