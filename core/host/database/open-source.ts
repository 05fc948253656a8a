import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { connectDatabase, type Database } from '../../database/connect'
import type { Source } from '../../database/engine'
import { openDataDirectory } from '../../embedded/data-directory'
import { openEmbeddedDatabase } from '../../embedded/database'
import { SemblanceError } from '../../model/errors'
import type { Config } from '../config'
import { appPaths } from '../paths'

const databaseIn = (home: string) => join(home, 'database')

/** The PostgreSQL that the configuration names, else the embedded database. The data directory must be held. */
export async function openSource(config: Config, log: Logger): Promise<Source> {
  if (config.databaseUrl) return { url: config.databaseUrl }
  const engine = await openEmbeddedDatabase({
    entry: appPaths().entries.databaseWorker,
    directory: databaseIn(config.home),
    onState: ({ state, message }) => log.info({ state }, message),
  })
  return { engine }
}

/**
 * For commands that look at what is there, or change it: they make nothing where the data directory was meant to be
 * another one.
 * @throws SemblanceError UNAVAILABLE where the directory holds no database, and none elsewhere is configured
 */
export function requireHome({ home, databaseUrl }: Config): void {
  if (existsSync(databaseUrl ? home : databaseIn(home))) return
  const missing = databaseUrl ? `There is no data directory ${home}.` : `There is no database in ${home}.`
  throw new SemblanceError(
    'UNAVAILABLE',
    `${missing} If you mean another data directory, set SEMBLANCE_HOME. A new one is made by semblance start.`,
  )
}

/**
 * For commands that need the database and nothing else: holds the data directory where the database lies in it.
 * @param mayCreate whether a database is made where there is none
 * @throws SemblanceError UNAVAILABLE where there is none that may not be made
 */
export async function withSource<T>(
  config: Config,
  log: Logger,
  work: (source: Source) => Promise<T>,
  { mayCreate } = { mayCreate: false },
): Promise<T> {
  if (!mayCreate && !config.databaseUrl) requireHome(config)
  const home = config.databaseUrl ? null : await openDataDirectory(config.home)
  try {
    const source = await openSource(config, log)
    try {
      return await work(source)
    } finally {
      if ('engine' in source) await source.engine.close()
    }
  } finally {
    await home?.release()
  }
}

/** The same with a connection, which is closed again. The schema may be of another version. @throws as withSource does */
export function withDatabase<T>(
  config: Config,
  log: Logger,
  work: (database: Database, source: Source) => Promise<T>,
): Promise<T> {
  return withSource(config, log, async (source) => {
    const database = await connectDatabase(source)
    try {
      return await work(database, source)
    } finally {
      await database.close()
    }
  })
}
