import { expect, test } from 'vitest'
import {
  createEmptyDatabase,
  migrationsDirectory as directory,
  postgresAvailable,
} from '../../../tests/factories/database'
import { referenceOf } from '../../../tests/factories/reference'
import { openServer } from '../server'
import { migrate } from '../migrate'
import { checkDatabase } from './check-database'

test.skipIf(!(await postgresAvailable()))(
  "where a project's default privileges give everything away, the migrations take it back, and the check agrees",
  async () => {
    const empty = await createEmptyDatabase()
    const engine = await openServer(empty.url, { connections: 1 })
    try {
      await engine.pool.query(`
        alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
        alter default privileges in schema public grant all on functions to anon, authenticated, service_role`)
      await migrate({ engine }, { directory })
      const { conformance } = await checkDatabase({ engine }, { directory, referenceOf })
      expect(conformance.ours.map(({ object, actual }) => `${object}: ${actual ?? ''}`)).toEqual([])
    } finally {
      await engine.close()
      await empty.drop()
    }
  },
  120_000,
)
