import { join } from 'node:path'
import type { Transaction } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fillDatabase, planOf, type Askers } from '../../bench/database-data'
import { liveFeed, matchesOfFaces, type QueryDefinition } from '../../bench/database-queries'
import type { Tables } from '../../core/database/tables'
import { feedPage } from '../../core/matching/list/feed'
import type { Caller } from '../../core/model/caller'
import { createTestDatabase, postgresAvailable, type TestDatabase } from '../factories/database'
import { queryIn } from '../factories/engines'

/**
 * The plans of the queries that `npm run bench -- database` measures, as PostgreSQL 15 makes them on a smaller database
 * of the same shape. A plan that changes is reviewed: `npx vitest run tests/contract/plans -u` writes it anew.
 */
const size = { people: 3_000, faces: 5_000, matches: 25_000 }
const folder = join(import.meta.dirname, 'plans')

describe.skipIf(!(await postgresAvailable()))('plans on PostgreSQL', () => {
  let own: TestDatabase
  let askers: Askers
  let details: QueryDefinition
  let major: number

  beforeAll(async () => {
    own = await createTestDatabase('postgres')
    const { database } = own
    askers = await database.asOwner((tx) => fillDatabase((text, values) => queryIn(tx, text, values), size))
    const faces = await database.asService((tx) =>
      queryIn<{ id: string }>(tx, 'select id from faces where profile_id = $1 order by id', [askers.person]),
    )
    details = matchesOfFaces(faces.map(({ id }) => id))
    const [{ version }] = await database.asOwner((tx) =>
      queryIn<{ version: number }>(
        tx,
        `select current_setting('server_version_num')::int / 10000 as version`,
      ),
    )
    major = version
  })
  afterAll(() => own.close())

  const caller = (id: string): Caller => ({
    ...{ id, email: null, role: 'authenticated' },
    claims: { sub: id, role: 'authenticated', aal: 'aal2' },
  })
  const plan = (tx: Transaction<Tables>, query: QueryDefinition) =>
    planOf((text, values) => queryIn(tx, text, values), query)

  async function hold(name: string, text: string, indexes: string[]): Promise<void> {
    for (const index of indexes) expect(text).toContain(index)
    expect(text).not.toContain('Seq Scan on matches')
    // Other versions write the same plan in other words.
    if (major === 15) await expect(text).toMatchFileSnapshot(join(folder, `${name}.txt`))
  }

  test('the live feed walks its index in order, for the service and for the staff', async () => {
    const { database } = own
    await hold('feed-as-service', await database.asService((tx) => plan(tx, liveFeed)), ['idx_matches_feed'])
    const staff = await database.asUser(caller(askers.staff), (tx) => plan(tx, liveFeed))
    await hold('feed-as-staff', staff, ['idx_matches_feed'])
  })

  test('a person’s feed starts from their own photos, best first and newest first', async () => {
    const { database } = own
    const indexes = ['idx_faces_profile_id', 'idx_matches_face_a_id', 'idx_matches_face_b_id']
    for (const sort of ['score', 'newest'] as const) {
      const text = await database.asUser(caller(askers.person), async (tx) => {
        const { sql, parameters } = feedPage({ sort, show: 'all', limit: 24 }, null).compile(tx)
        return plan(tx, { text: sql, values: parameters })
      })
      expect(text).not.toMatch(/Seq Scan on (faces|profiles|users|reactions)/)
      await hold(`own-feed-by-${sort}`, text, indexes)
    }
  })

  test('a person’s matches come by the indexes of both sides', async () => {
    const { database } = own
    const indexes = ['idx_matches_face_a_id', 'idx_matches_face_b_id']
    await hold('own-matches-as-service', await database.asService((tx) => plan(tx, details)), indexes)
    const person = await database.asUser(caller(askers.person), (tx) => plan(tx, details))
    await hold('own-matches-as-person', person, indexes)
  })
})
