import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Source } from '../../database/engine'
import { openDataDirectory } from '../../embedded/data-directory'
import { openEmbeddedDatabase } from '../../embedded/database'
import type { Config } from '../config'
import { appPaths } from '../paths'

/** The PostgreSQL that the configuration names, else the embedded database. The data directory must be held. */
export async function openSource(config: Config, log: Logger): Promise<Source> {
  if (config.databaseUrl) return { url: config.databaseUrl }
  const engine = await openEmbeddedDatabase({
    entry: appPaths().entries.databaseWorker,
    directory: join(config.home, 'database'),
    onState: ({ state, message }) => log.info({ state }, message),
  })
  return { engine }
}

/** For commands that need the database and nothing else: holds the data directory where the database lies in it. */
export async function withSource<T>(
  config: Config,
  log: Logger,
  work: (source: Source) => Promise<T>,
): Promise<T> {
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
