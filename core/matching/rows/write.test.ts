import { setTimeout as sleep } from 'node:timers/promises'
import { sql, type Transaction } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { engines, openSql, type SqlDatabase } from '../../../tests/factories/engines'
import {
  analysedFace,
  insertCelebrities,
  insertFaces,
  insertPeople,
  randomDirection,
  schoolmates,
  uuidOf,
  type NewFace,
} from '../../../tests/factories/people'
import { seeded } from '../../../tests/factories/random'
import { toVectorText, type Tables } from '../../database/tables'
import { lockSearchScope, searchCelebrities, searchUsers } from '../search/search'
import { matchCelebrityToFaces, writeCelebrityMatches, writeMatches } from './write'

const random = seeded(11)
const centre = randomDirection(random)
const people = schoolmates(8)
const faces = people.map((person, i) => ({
  ...analysedFace(random, centre),
  ...{ id: uuidOf(2, i), profile_id: person.id },
}))
const celebrities = Array.from({ length: 14 }, (_, i) => ({
  ...analysedFace(random, centre),
  id: uuidOf(3, i),
}))

async function prepare(database: SqlDatabase): Promise<void> {
  await insertPeople(database, people)
  await insertFaces(database, faces)
  await insertCelebrities(database, celebrities)
  await database.query(`update system_settings set value = '0.3' where key = 'match_threshold'`)
}

/** As the worker does it, with the rights of the service role. */
async function runJob(tx: Transaction<Tables>, faceId: string) {
  await sql`select set_config('role', 'service_role', true)`.execute(tx)
  await lockSearchScope(tx, { faceId })
  const users = await writeMatches(tx, faceId, await searchUsers(tx, faceId))
  const lookalikes = await writeCelebrityMatches(tx, faceId, await searchCelebrities(tx, faceId))
  return { users: users.inserted, lookalikes: lookalikes.inserted }
}

describe.each(engines)('writing matches on %s', (engine) => {
  let database: SqlDatabase
  beforeAll(async () => {
    database = await openSql(engine)
    await prepare(database)
  })
  afterAll(() => database.close())
  beforeEach(async () => {
    await database.query('delete from matches')
    await database.query('delete from celebrity_matches')
  })
  const job = (faceId: string) => database.transact((tx) => runJob(tx, faceId))
  const matches = () =>
    database.query<{ face_a_id: string; face_b_id: string; similarity_score: number }>(
      'select face_a_id, face_b_id, similarity_score from matches order by 1, 2',
    )

  test('every pair of the other gender becomes one row, smaller id first, however often and in whichever order', async () => {
    for (const face of faces) await job(face.id)
    const once = await matches()
    expect(once).toHaveLength(4 * 4)
    for (const match of once) expect(match.face_a_id < match.face_b_id).toBe(true)
    for (const face of faces.toReversed()) expect(await job(face.id)).toEqual({ users: 0, lookalikes: 0 })
    expect(await matches()).toEqual(once)
  })

  test('a row that another client wrote the other way round is the same pair', async () => {
    const [low, high] = [faces[0].id, faces[1].id]
    await database.query(
      'insert into matches (face_a_id, face_b_id, similarity_score) values ($1, $2, 0.1)',
      [high, low],
    )
    expect(await job(low)).toMatchObject({ users: 3 })
    const pair = (await matches()).filter((match) => [match.face_a_id, match.face_b_id].includes(high))
    expect(pair).toHaveLength(1)
    expect(pair[0].similarity_score).toBeGreaterThan(0.3)
  })

  test('analysing again freshens every score of the face, also below the threshold, and removes none', async () => {
    const [face, other] = [faces[0], faces[1]]
    await job(face.id)
    const before = await matches()
    await database.query('update faces set age = age + 60, symmetry_score = 0 where id = $1', [face.id])
    await database.query(`update system_settings set value = '0.99' where key = 'match_threshold'`)
    try {
      expect(await job(face.id)).toMatchObject({ users: 0 })
      const after = await matches()
      expect(after).toHaveLength(before.length)
      for (const [i, match] of after.entries())
        expect(match.similarity_score).toBeLessThan(before[i].similarity_score)
      expect(after.some((match) => match.face_b_id === other.id)).toBe(true)
    } finally {
      await database.query('update faces set age = $2, symmetry_score = $3 where id = $1', [
        face.id,
        face.age,
        face.symmetry_score,
      ])
      await database.query(`update system_settings set value = '0.3' where key = 'match_threshold'`)
    }
  })

  test('a new celebrity lands where it is among the best ten, with the score that a search of the face gives', async () => {
    const late = celebrities[3]
    await database.query('update celebrities set embedding = null where id = $1', [late.id])
    for (const face of faces) expect(await job(face.id)).toMatchObject({ lookalikes: 10 })
    await database.query('update celebrities set embedding = $2::extensions.vector where id = $1', [
      late.id,
      toVectorText(late.embedding!),
    ])
    const arrive = () =>
      database.transact(async (tx) => {
        await sql`select set_config('role', 'service_role', true)`.execute(tx)
        await lockSearchScope(tx, { celebrityId: late.id })
        return matchCelebrityToFaces(tx, late.id)
      })
    const { written } = await arrive()
    const rows = await database.query<{ face_id: string; similarity_score: number }>(
      'select face_id, similarity_score from celebrity_matches where celebrity_id = $1 order by face_id',
      [late.id],
    )
    expect(rows).toHaveLength(written)
    const expected: typeof rows = []
    for (const face of faces) {
      const best = await database.transact((tx) => searchCelebrities(tx, face.id))
      const found = best.find((result) => result.celebrity_id === late.id)
      if (found) expected.push({ face_id: face.id, similarity_score: found.similarity_score })
    }
    expect(rows).toEqual(expected)
    expect(written).toBeGreaterThan(0)
    expect(await arrive()).toEqual({ written })
  })
})

describe.runIf(engines.includes('postgres'))('two jobs at the same time', () => {
  let database: SqlDatabase
  beforeAll(async () => {
    database = await openSql('postgres')
    await prepare(database)
  })
  afterAll(() => database.close())
  afterEach(async () => {
    await database.query('delete from matches')
    await database.query('delete from celebrity_matches')
  })

  /**
   * Runs two jobs so that, without a lock, each would miss the other: both write, the first searches, the second
   * searches while the first has not committed.
   */
  async function interleave({ transact }: SqlDatabase, first: Job, second: Job): Promise<void> {
    const bothWrote = barrier(2)
    const firstSearched = barrier(1)
    await Promise.all([
      transact(async (tx) => {
        await first.write(tx)
        await bothWrote()
        await first.search(tx)
        await firstSearched()
        await sleep(200)
      }),
      transact(async (tx) => {
        await second.write(tx)
        await bothWrote()
        await firstSearched.opened
        await second.search(tx)
      }),
    ])
  }
  const faceJob = (face: NewFace): Job => ({
    write: (tx) => setEmbedding(tx, 'faces', face),
    search: (tx) => runJob(tx, face.id),
  })
  const celebrityJob = (celebrity: (typeof celebrities)[number]): Job => ({
    write: (tx) => setEmbedding(tx, 'celebrities', celebrity),
    search: async (tx) => {
      await lockSearchScope(tx, { celebrityId: celebrity.id })
      return matchCelebrityToFaces(tx, celebrity.id)
    },
  })

  test('two faces find each other', async () => {
    const [one, other] = faces
    await database.query('update faces set embedding = null where id = any ($1)', [[one.id, other.id]])
    await interleave(database, faceJob(one), faceJob(other))
    const pair = 'select 1 from matches where face_a_id = $1 and face_b_id = $2'
    expect(await database.query(pair, [one.id, other.id])).toHaveLength(1)
  })

  test.each(['face', 'celebrity'])('a face and a celebrity find each other, the %s first', async (leader) => {
    const [face, celebrity] = [faces[2], celebrities[0]]
    await database.query(`update system_settings set value = '100' where key = 'celebrity_match_limit'`)
    await database.query('update faces set embedding = null where id = $1', [face.id])
    await database.query('update celebrities set embedding = null where id = $1', [celebrity.id])
    const jobs = [faceJob(face), celebrityJob(celebrity)] as const
    await (leader === 'face' ? interleave(database, ...jobs) : interleave(database, jobs[1], jobs[0]))
    const pair = 'select 1 from celebrity_matches where face_id = $1 and celebrity_id = $2'
    expect(await database.query(pair, [face.id, celebrity.id])).toHaveLength(1)
  })

  test('many at once end without a deadlock and miss no pair', async () => {
    const { transact, query } = database
    await Promise.all([...faces, ...faces.toReversed()].map((face) => transact((tx) => runJob(tx, face.id))))
    expect(await query('select 1 from matches')).toHaveLength(4 * 4)
  })
})

interface Job {
  write: (tx: Transaction<Tables>) => Promise<unknown>
  search: (tx: Transaction<Tables>) => Promise<unknown>
}

async function setEmbedding(
  tx: Transaction<Tables>,
  table: 'faces' | 'celebrities',
  { id, embedding }: Pick<NewFace, 'id' | 'embedding'>,
): Promise<void> {
  await sql`update ${sql.table(table)} set embedding = ${toVectorText(embedding ?? [])}::extensions.vector
            where id = ${id}`.execute(tx)
}

/** A function that resolves for all of its callers when the last of `count` has called. */
function barrier(count: number): (() => Promise<void>) & { opened: Promise<void> } {
  let waiting = count
  let open: () => void
  const opened = new Promise<void>((resolve) => (open = resolve))
  const arrive = () => {
    waiting -= 1
    if (waiting === 0) open()
    return opened
  }
  return Object.assign(arrive, { opened })
}
