import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise, type ICruiseResult, type IConfiguration } from 'dependency-cruiser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const config = createRequire(import.meta.url)('../dependency-cruiser.config.cjs') as IConfiguration

/** The table of rooms as the design tells it: room, then everything that it may import. */
const parts = 'model database supabase embedded faces'
const common = `${parts} access`
const domains =
  'accounts settings matching models jobs celebrities connections moderation servers overview samples'
const table: Record<string, string> = {
  model: '',
  database: 'model',
  supabase: 'model',
  embedded: 'model database',
  faces: 'model',
  access: parts,
  accounts: common,
  settings: common,
  matching: common,
  models: `${common} accounts settings matching`,
  jobs: `${common} accounts settings matching models`,
  celebrities: `${common} accounts settings matching models`,
  connections: `${common} accounts settings matching models`,
  moderation: `${common} accounts settings matching models`,
  servers: `${common} accounts settings matching models`,
  overview: `${common} accounts settings matching models jobs celebrities`,
  samples: `${common} accounts settings matching models jobs celebrities`,
  api: `${common} ${domains}`,
  host: `${common} ${domains} api`,
}
const rooms = Object.keys(table)

/** Other edges, each with the rule that forbids it; null where it is allowed. */
const edges: [from: string, to: string, rule: string | null][] = [
  ['electron/shell', 'core/host/paths', null],
  ['electron/shell', 'core/database/rows', 'electron'],
  ['core/host/forks', 'electron/main', 'core-host'],
  ['core/jobs/draws', 'renderer/kit/button', 'core-jobs'],
  ['core/newcomer/first', 'core/model/face', 'known-rooms'],
  ['renderer/rpc/typed', 'core/api/contract', null],
  ['renderer/console/scores', 'core/matching/factors', null],
  ['renderer/console/charts', 'core/matching/distribution', null],
  ['renderer/console/words', 'core/model/face', null],
  ['renderer/console/searches', 'core/matching/search', 'renderer'],
  ['renderer/console/routes', 'core/api/router', 'renderer'],
  ['renderer/console/borrows', 'renderer/site/page', 'pages-apart'],
  ['renderer/site/borrows', 'renderer/console/page', 'pages-apart'],
  ['renderer/console/uses', 'renderer/rpc/client', null],
  ['renderer/kit/fetches', 'renderer/rpc/client', 'kit-without-data'],
  ['renderer/rpc/shows', 'renderer/console/page', 'rpc-below-pages'],
  ['core/api/contract', 'core/accounts/contract', null],
  ['core/accounts/contract', 'core/accounts/profiles', 'client-files-stay-pure'],
  ['core/matching/factors', 'core/matching/search', 'client-files-stay-pure'],
  ['core/model/face.test', 'core/database/rows', null],
  ['core/jobs/opens', 'core/database/server', 'doors'],
  ['core/host/opens', 'core/database/as-user', 'doors'],
  ['core/embedded/opens', 'core/database/pool', 'doors'],
  ['core/host/connects', 'core/database/connect', null],
  ['core/database/opens', 'core/database/server', null],
]

describe('import rules', () => {
  let folder: string
  let found: Set<string>

  function write(file: string, code: string) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), code)
  }

  /** Writes `from` so that it imports a type of `to`: even a type makes a room depend on another. */
  function edge(from: string, to: string) {
    const up = '../'.repeat(from.split('/').length - 1)
    write(`${from}.ts`, `import type { T } from '${up}${to}'\nexport type U = T\n`)
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'semblance-imports-'))
    for (const room of rooms) {
      write(`core/${room}/leaf.ts`, 'export type T = 1\n')
      for (const other of rooms) if (other !== room) edge(`core/${room}/to-${other}`, `core/${other}/leaf`)
    }
    for (const [, to] of edges) write(`${to}.ts`, 'export type T = 1\n')
    for (const [from, to] of edges) edge(from, to)
    write('core/jobs/round.ts', `import './about'\n`)
    write('core/jobs/about.ts', `import './round'\n`)
    write('core/jobs/forgotten.ts', 'export const forgotten = 1\n')
    write('core/jobs/lost.ts', `import './nowhere'\n`)
    for (const name of ['pg', 'kysely']) {
      write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }))
      write(`node_modules/${name}/index.js`, 'module.exports = {}\n')
    }
    write('core/jobs/asks.ts', `export * as pg from 'pg'\n`)
    write('core/host/asks.ts', `export const later = () => import('pg')\n`)
    write('core/access/asks.ts', `import pg = require('pg')\nexport const Pool = pg.Pool\n`)
    write('core/database/asks.ts', `import pg from 'pg'\nexport const Pool = pg.Pool\n`)
    write('core/embedded/database.ts', `import pg from 'pg'\nexport const Pool = pg.Pool\n`)
    const { output } = await cruise(['core', 'electron', 'renderer'], {
      ...config.options,
      baseDir: folder,
      validate: true,
      ruleSet: { forbidden: config.forbidden ?? [] },
    })
    const { violations } = (output as ICruiseResult).summary
    found = new Set(violations.map(({ from, to, rule }) => `${rule.name}: ${from} → ${to}`))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each(rooms)('core/%s imports what the table says and nothing else', (room) => {
    const refused = rooms.filter((other) =>
      found.has(`core-${room}: core/${room}/to-${other}.ts → core/${other}/leaf.ts`),
    )
    const expected = rooms.filter((other) => other !== room && !table[room]?.split(' ').includes(other))
    expect(refused).toEqual(expected)
  })

  it.each(edges)('%s → %s: %s', (from, to, rule) => {
    const rules = [...found]
      .filter((line) => line.endsWith(`: ${from}.ts → ${to}.ts`))
      .map((line) => line.split(':')[0])
    expect(rules).toEqual(rule ? [rule] : [])
  })

  it('refuses circles, leftovers and imports of nothing', () => {
    expect([...found]).toEqual(
      expect.arrayContaining([
        'no-circular: core/jobs/about.ts → core/jobs/round.ts',
        'no-orphans: core/jobs/forgotten.ts → core/jobs/forgotten.ts',
        'resolvable: core/jobs/lost.ts → ./nowhere',
      ]),
    )
  })

  it.each([
    ['core/jobs/asks', true],
    ['core/host/asks', true],
    ['core/access/asks', true],
    ['core/database/asks', false],
    ['core/embedded/database', false],
  ])('%s, which imports the driver of PostgreSQL, is refused: %s', (from, refused) => {
    expect(found.has(`drivers: ${from}.ts → node_modules/pg/index.js`)).toBe(refused)
  })
})
