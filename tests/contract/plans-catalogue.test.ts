import { join } from 'node:path'
import type { Transaction } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fillGallery, filters, watcher } from '../../bench/catalogue-data'
import { planOf } from '../../bench/database-data'
import { pageQuery, type CatalogueQuery } from '../../core/celebrities/catalogue'
import type { Tables } from '../../core/database/tables'
import type { Caller } from '../../core/model/caller'
import { createTestDatabase, postgresAvailable, type TestDatabase } from '../factories/database'
import { queryIn } from '../factories/engines'

/**
 * The plans of the catalogue's lists on PostgreSQL 15, as a moderator asks for them: whatever the filter and the order,
 * rows of celebrities are opened for the page alone. `npx vitest run tests/contract/plans -u` writes the plans anew.
 */
const folder = join(import.meta.dirname, 'plans')
const sorts = ['name', 'newest', 'quality', 'age'] as const

describe.skipIf(!(await postgresAvailable()))('the catalogue', () => {
  let own: TestDatabase
  let major: number
  let caller: Caller

  beforeAll(async () => {
    own = await createTestDatabase('postgres')
    await own.database.asOwner(async (tx) => {
      await fillGallery((text, values) => queryIn(tx, text, values), { celebrities: 3_000, people: 100 })
      const [{ id, version }] = await queryIn<{ id: string; version: number }>(
        tx,
        `select (${watcher}) as id, current_setting('server_version_num')::int / 10000 as version`,
      )
      major = version
      const claims = { sub: id, role: 'authenticated', aal: 'aal2' }
      caller = { id, email: null, role: 'authenticated', claims }
    })
  }, 180_000)
  afterAll(() => own.close())

  const planOfPage = (query: Partial<CatalogueQuery>) =>
    own.database.asUser(caller, async (tx: Transaction<Tables>) => {
      const { sql, parameters } = pageQuery({ sort: 'name', limit: 60, ...query }, null).compile(tx)
      return planOf((text, values) => queryIn(tx, text, values), { text: sql, values: [...parameters] })
    })

  test.each([
    ['name', {}, 'idx_celebrity_facts_name'],
    ['newest', { sort: 'newest' }, 'idx_celebrity_facts_newest'],
    ['quality', { sort: 'quality', gender: 'male' }, 'idx_celebrity_facts_best'],
    ['age', { sort: 'age', direction: 'desc' }, 'idx_celebrity_facts_youngest'],
    ['search', { search: 'nobody of that name' }, 'celebrities_pkey'],
  ] as const)('plan: by %s', async (name, query, index) => {
    const text = await planOfPage(query)
    expect(text).toContain(index)
    if (major === 15) await expect(text).toMatchFileSnapshot(join(folder, `catalogue-${name}.txt`))
  })

  test.each(Object.entries(filters))('%s: no page opens rows that are not on it', async (_, filter) => {
    for (const sort of sorts) {
      for (const offset of [0, 1000]) {
        const text = await planOfPage({ ...filter, sort, offset })
        expect(text).toMatch(/-> {2}(Memoize|Index Scan using celebrities_pkey on celebrities c)\n/)
        expect(text).not.toMatch(/(Seq|Heap) Scan on celebrities\b/)
      }
    }
  })
})
