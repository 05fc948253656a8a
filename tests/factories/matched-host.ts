import { sql } from 'kysely'
import type { Context } from '../../core/access/context'
import { toVectorText } from '../../core/database/tables'
import { lockSearchScope, searchCelebrities, searchUsers } from '../../core/matching/search/search'
import { writeCelebrityMatches, writeMatches } from '../../core/matching/rows/write'
import { openCallerHost, type CallerHost, type TestCaller } from './callers'
import type { TestEngine } from './database'
import { randomDirection, randomFace } from './people'
import { seeded } from './random'

export interface MatchedPerson {
  caller: TestCaller
  face: string
}

export interface MatchedHost extends CallerHost {
  people: MatchedPerson[]
  /** Searches for a face as a worker does, and writes what it finds. */
  search: (face: string) => Promise<{ found: string[]; inserted: number }>
  /** Columns of an analysed face that nobody has yet. */
  columns: () => ReturnType<typeof analysed>
}

const random = seeded(11)
const centre = randomDirection(random)

function analysed() {
  const face = randomFace(random, centre)
  return {
    embedding: toVectorText(face.embedding ?? []),
    embedding_model: 'test/model',
    geometry_ratios: JSON.stringify(face.geometry_ratios),
    skin_tone_lab: Array.from(face.skin_tone_lab ?? []) as number[],
    age: face.age,
    symmetry_score: face.symmetry_score,
    expression: face.expression as 'happy',
    quality_score: 0.9,
  }
}

/**
 * Six people, matched by the searches themselves with a threshold of 0: two of each gender in the North make four pairs,
 * the South has one; everybody has both celebrities as lookalikes. Real: see openCallerHost; faces are invented.
 */
export async function openMatchedHost(
  engine: TestEngine,
  options: { faces?: Context['faces'] } = {},
): Promise<MatchedHost> {
  const host = await openCallerHost(engine, options)
  await host.database.asOwner((tx) =>
    sql`update public.system_settings set value = '0' where key = 'match_threshold'`.execute(tx),
  )
  await host.database.asService((tx) =>
    tx
      .insertInto('celebrities')
      .values([1, 2].map((i) => ({ name: `Star ${i}`, image_path: `${i}.jpg`, ...analysed() })))
      .execute(),
  )
  const search: MatchedHost['search'] = (face) =>
    host.database.asService(async (tx) => {
      await lockSearchScope(tx, { faceId: face })
      const found = await searchUsers(tx, face)
      const { inserted } = await writeMatches(tx, face, found)
      await writeCelebrityMatches(tx, face, await searchCelebrities(tx, face))
      return { found: found.map(({ face_id }) => face_id), inserted }
    })
  const people: MatchedPerson[] = []
  for (let i = 0; i < 6; i += 1) {
    const gender = i % 2 === 0 ? 'female' : 'male'
    const caller = await host.signUp('user', {
      name: `Person ${i}`,
      gender,
      school: i < 4 ? 'North' : 'South',
    })
    const image_path = host.images.facePath(caller.id, 'jpg')
    await host.images.upload('faces', image_path, new Uint8Array([i]), 'image/jpeg')
    const { id } = await host.database.asService((tx) =>
      tx
        .insertInto('faces')
        .values({ profile_id: caller.id, image_path, ...analysed() })
        .returning('id')
        .executeTakeFirstOrThrow(),
    )
    people.push({ caller, face: id })
    await search(id)
  }
  return { ...host, people, search, columns: analysed }
}
