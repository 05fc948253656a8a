import { join } from 'node:path'
import { ESLint } from 'eslint'
import { beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const rules = ['no-restricted-imports', 'no-restricted-syntax']

/** Files that are there, with another text: a file in the middle, the room of connections, its two doors, a test. */
const [room, connections, door, test] = [
  'core/jobs/queue/backoff.ts',
  'core/database/server.ts',
  'core/database/as-user.ts',
  'core/jobs/queue/backoff.test.ts',
]

const ways: [text: string, refusedIn: string[]][] = [
  [`import { Kysely } from 'kysely'\nnew Kysely()`, [room, connections, test]],
  [`import { Kysely as Other } from 'kysely'\nnew Other()`, [room, connections, test]],
  [`import * as kysely from 'kysely'\nnew kysely.Kysely()`, [room, connections, test]],
  [`import kysely from 'kysely'\nnew kysely.Kysely()`, [room, connections, test]],
  [`export { Kysely } from 'kysely'`, [room, connections, test]],
  [`export * from 'kysely'`, [room, connections, test]],
  [`import { Kysely } from 'kysely/dist/cjs/kysely'\nnew Kysely()`, [room, connections, test]],
  [`import { PostgresDialect } from 'kysely'\nnew PostgresDialect()`, [room, connections, test]],
  [`const { Kysely } = await import('kysely')\nnew Kysely()`, [room, connections, door, test]],
  ['const { Kysely } = await import(`kys${"ely"}`)\nnew Kysely()', [room, connections, door, test]],
  [`const { Kysely } = require('kysely')\nnew Kysely()`, [room, connections, door, test]],
  [`import kysely = require('kysely')\nnew kysely.Kysely()`, [room, connections, door, test]],
  [`const pg = module.require('pg')`, [room, connections, door, test]],
  [`import pg from 'pg'\nnew pg.Pool()`, [room]],
  [`import { Pool } from 'pg'\nnew Pool()`, [room]],
  [`import type { Pool } from 'pg'`, [room]],
  [`import Pool from 'pg-pool'\nnew Pool()`, [room]],
  [`import Client from 'pg/lib/client'\nnew Client()`, [room]],
  [`const { Pool } = await import('pg')`, [room, connections, door, test]],
  [`import { sql, type Transaction } from 'kysely'`, []],
  [`const { default: open } = await import('open')`, []],
]

describe('who may hold a connection', () => {
  let eslint: ESLint
  beforeAll(() => {
    // Reading the types of the whole project takes long, and these rules look at none.
    const withoutTypes = { languageOptions: { parserOptions: { projectService: false } } }
    eslint = new ESLint({
      ...{ cwd: root, overrideConfig: withoutTypes },
      ruleFilter: ({ ruleId }) => rules.includes(ruleId),
    })
  })

  it.each(ways)('%s', async (text, refusedIn) => {
    const refused: string[] = []
    for (const file of [room, connections, door, test]) {
      const [result] = await eslint.lintText(text, { filePath: join(root, file) })
      expect(result.messages.filter(({ fatal }) => fatal)).toEqual([])
      if (result.messages.some(({ ruleId }) => ruleId && rules.includes(ruleId))) refused.push(file)
    }
    expect(refused).toEqual(refusedIn)
  })
})
