import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMigratedDatabase, postgresAvailable } from '../factories/database'
import type { SqlDatabase } from '../factories/engines'
import {
  analysedFace,
  insertCelebrities,
  insertFaces,
  insertPeople,
  randomDirection,
  schoolmates,
  uuidOf,
} from '../factories/people'
import { seeded } from '../factories/random'
import { semblance } from './harness/command'
import { freshHome, type Home } from './harness/directories'

const random = seeded(61)
const centre = randomDirection(random)
const people = schoolmates(6)

/** Real: the command as an operator types it, and the database that it changes. */
describe.runIf(await postgresAvailable())('semblance rescore', () => {
  let home: Home
  let server: Awaited<ReturnType<typeof createMigratedDatabase>>
  let client: pg.Client
  beforeAll(async () => {
    home = await freshHome()
    server = await createMigratedDatabase()
    client = new pg.Client(server.url)
    await client.connect()
    const database = {
      query: async (text: string, values?: readonly unknown[]) =>
        (await client.query(text, values && [...values])).rows as unknown,
    } as SqlDatabase
    await insertPeople(database, people)
    await insertFaces(
      database,
      people.map(({ id }, i) => ({
        ...analysedFace(random, centre),
        id: uuidOf(2, i),
        profile_id: id,
      })),
    )
    await insertCelebrities(
      database,
      Array.from({ length: 12 }, (_, i) => ({
        ...analysedFace(random, centre),
        id: uuidOf(3, i),
      })),
    )
    await setThreshold(0.3)
  }, 120_000)
  afterAll(async () => {
    await client?.end()
    await server?.drop()
    home?.remove()
  })
  const setThreshold = (value: number) =>
    client.query(`update system_settings set value = $1 where key = 'match_threshold'`, [String(value)])
  const rescore = (...words: string[]) =>
    semblance(home, { SEMBLANCE_DATABASE_URL: server.url }, 'rescore', ...words)
  const rows = async (table: string): Promise<unknown[]> =>
    (await client.query<object>(`select * from ${table} order by id`)).rows

  test('shows a plan for people and celebrities, and changes nothing', { timeout: 120_000 }, async () => {
    const { code, output } = await rescore()
    expect(output).toContain('9 pairs are added')
    expect(output).toContain('60 lookalikes are added')
    expect(output).toMatch(/Nothing was changed\. Next: semblance rescore --yes\. There is no way back/)
    expect(code).toBe(0)
    expect([await rows('matches'), await rows('celebrity_matches')]).toEqual([[], []])
  })

  test('executes it with --yes, and then has nothing to do', { timeout: 240_000 }, async () => {
    const first = await rescore('--yes')
    expect(first.output).toContain('People: 0 scores changed, 9 pairs added, 0 removed.')
    expect(first.output).toContain('Celebrities: 0 scores changed, 60 pairs added, 0 removed.')
    expect(first.code).toBe(0)
    expect([(await rows('matches')).length, (await rows('celebrity_matches')).length]).toEqual([9, 60])
    const second = await rescore('--yes')
    expect(second.output).toContain('Nothing to do.')
    expect(second.code).toBe(0)
  })

  test('removes what is below another threshold, and says it as data', { timeout: 120_000 }, async () => {
    await setThreshold(1)
    const { code, output } = await rescore('--yes', '--json')
    const data = output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1)
    expect(JSON.parse(data)).toMatchObject({ executed: true, removed: 9, lookalikes: { removed: 0 } })
    expect(code).toBe(0)
    expect(await rows('matches')).toEqual([])
  })
})
