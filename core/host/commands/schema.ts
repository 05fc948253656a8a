import type { Logger } from 'pino'
import { inspectSchema } from '../../database/inspect'
import { openSource as connect } from '../../database/connect'
import type { Config } from '../config'
import { withSource } from '../database/open-source'
import { exitCodes, type Output } from '../output'

/** Ours, and those of Auth and Storage that ours hang on: sign-up's triggers, the policies of photos. */
const schemas = ['public', 'private', 'semblance', 'auth', 'storage']

/** Prints the live database's schema. */
export async function printSchema(config: Config, output: Output, log: Logger): Promise<number> {
  return withSource(config, log, async (source) => {
    const engine = await connect(source)
    try {
      const schema = await inspectSchema((text, values) => engine.pool.query(text, values), schemas)
      output.result(schema, JSON.stringify(schema, null, 2))
      return exitCodes.ok
    } finally {
      if ('url' in source) await engine.close()
    }
  })
}
