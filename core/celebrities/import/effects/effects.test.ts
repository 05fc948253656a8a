import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSql, queryIn, type SqlDatabase } from '../../../../tests/factories/engines'
import {
  insertCelebrities,
  insertFaces,
  insertPeople,
  randomDirection,
  randomFace,
  uuidOf,
} from '../../../../tests/factories/people'
import { insertFiles, insertImport } from '../../../../tests/factories/planned-files'
import { silentLog } from '../../../../tests/factories/queue-host'
import { seeded } from '../../../../tests/factories/random'
import { createStaging, type TestStaging } from '../../../../tests/factories/staging'
import { toVectorText } from '../../../database/tables'
import { searchCelebrities } from '../../../matching/search/search'
import { importEffects } from './effects'

const random = seeded(7)
const centres = Array.from({ length: 5 }, () => randomDirection(random))
const people = Array.from({ length: 9 }, (_, i) => ({ id: uuidOf(1, i), school: 'North', gender: 'female' }))
const drawn = (i: number) => ({
  ...randomFace(random, centres[i % 5]),
  quality_score: 0.9,
  embedding_model: 'p/1',
})
// The first two are one person's.
const faces = Array.from({ length: 10 }, (_, i) => ({
  ...drawn(i),
  ...{ id: uuidOf(2, i), profile_id: people[Math.max(0, i - 1)].id },
}))
const stars = Array.from({ length: 12 }, (_, i) => ({ ...drawn(i), id: uuidOf(3, i) }))
const fresh = Array.from({ length: 5 }, (_, i) => drawn(i + 2))

let shared: SqlDatabase
let staging: TestStaging
let importId: string
beforeAll(async () => {
  shared = await openSql('pglite')
  staging = await createStaging()
  await insertPeople(shared, people)
  await insertFaces(shared, faces)
  await insertCelebrities(shared, stars)
  await shared.query(`update public.system_settings set value = '3' where key = 'celebrity_match_limit'`)
  // One has no lookalike yet.
  for (const { id } of faces.slice(0, 9)) {
    for (const found of await search(id)) {
      await shared.query(
        `insert into public.celebrity_matches (face_id, celebrity_id, similarity_score) values ($1, $2, $3)`,
        [id, found.celebrity_id, found.similarity_score],
      )
    }
  }
  importId = await insertImport(staging)
  await stageFresh()
}, 300_000)
afterAll(async () => {
  await shared.close()
  await staging.close()
})

const search = (faceId: string) => shared.transact((tx) => searchCelebrities(tx, faceId))

/** The first two take the place of photos that the gallery has; the others are new. */
async function stageFresh() {
  const ids = await insertFiles(
    staging,
    importId,
    fresh.map((_, i) => ({ path: `${i}.jpg`, name: `New ${i}`, faces: [{ of: i }] })),
  )
  await staging.transaction(async (tx) => {
    for (const [i, face] of fresh.entries()) {
      const { id } = await tx
        .insertInto('people')
        .values({ import_id: importId, name: `New ${i}`, celebrity_id: i < 2 ? stars[i].id : null })
        .returning('id')
        .executeTakeFirstOrThrow()
      await tx
        .updateTable('files')
        .set({ person_id: id, outcome: i < 2 ? 'replaces_photo' : 'new_celebrity', face_index: 0 })
        .set({ embedding_model: 'p/1' })
        .where('id', '=', String(ids[`${i}.jpg`]))
        .execute()
      const { embedding, age, quality_score, embedding_model, ...attributes } = face
      await tx
        .updateTable('found_faces')
        .set({ embedding: toVectorText(embedding ?? []), age, quality_score })
        .set({ attributes: JSON.stringify({ ...attributes, embedding_model }) })
        .where('file_id', '=', String(ids[`${i}.jpg`]))
        .execute()
    }
  })
}

/** Publishes it in a transaction that is given up, and searches for everybody in there. */
async function published() {
  const after = new Map<string, string[]>()
  class GivenUp extends Error {}
  await shared
    .transact(async (tx) => {
      const inside: SqlDatabase = { ...shared, query: (text, values) => queryIn(tx, text, values) }
      await sql`delete from public.celebrities where id = any (${stars.slice(0, 2).map(({ id }) => id)}::uuid[])`.execute(
        tx,
      )
      await insertCelebrities(
        inside,
        fresh.map((face, i) => ({ ...face, id: i < 2 ? stars[i].id : uuidOf(4, i) })),
      )
      for (const { id } of faces) {
        after.set(
          id,
          (await searchCelebrities(tx, id)).map((found) => found.celebrity_id),
        )
      }
      throw new GivenUp()
    })
    .catch((error: unknown) => {
      if (!(error instanceof GivenUp)) throw error
    })
  return after
}

const effectsNow = () =>
  importEffects(
    {
      staging,
      database: shared.database,
      log: silentLog,
      images: { signedUrls: async () => new Map() } as never,
    },
    importId,
  )

test('says what a search of everybody finds once it is published, and writes nothing', async () => {
  const rows = () => shared.query('select * from public.celebrity_matches order by id')
  const before = await rows()
  const standing = (id: string) =>
    before.filter((row) => row['face_id'] === id).map((row) => String(row['celebrity_id']))
  const after = await published()
  const changed = (differs: (had: string[], has: string[]) => boolean) =>
    new Set(
      faces
        .filter(({ id }) => differs(standing(id), after.get(id) ?? []))
        .map(({ profile_id }) => profile_id),
    )
  const gaining = changed((had, has) => has.some((id) => !had.includes(id)))
  const losing = changed((had, has) => had.some((id) => !has.includes(id)))
  expect(gaining.size).toBeGreaterThan(1)
  expect(losing.size).toBeGreaterThan(1)

  const effects = await effectsNow()
  expect(effects).toMatchObject({ gaining: gaining.size, losing: losing.size, first: 1 })
  expect(
    effects.examples
      .filter(({ kind }) => kind === 'gain')
      .map((one) => one.profile_id)
      .toSorted(),
  ).toEqual([...gaining].toSorted())
  expect(await rows()).toEqual(before)
})

test.each([
  ['suspended', `update auth.users set banned_until = '2999-01-01' where id = $1`],
  ['gone', `update auth.users set deleted_at = now() where id = $1`],
  [
    'known to be a minor',
    `update public.profiles set birth_year = extract(year from now())::int - 18 where id = $1`,
  ],
])('neither names nor counts who is %s', async (_, change) => {
  const before = await effectsNow()
  const gains = before.examples.filter(({ kind }) => kind === 'gain')
  const loses = (id: string) => before.examples.some((one) => one.kind === 'loss' && one.profile_id === id)
  const one = gains.find(({ profile_id }) => loses(profile_id))
  if (!one) throw new Error('nobody gains and loses')
  await shared.query(change, [one.profile_id])
  const after = await effectsNow()
  expect(after.examples.map(({ profile_id }) => profile_id)).not.toContain(one.profile_id)
  expect(after).toMatchObject({ gaining: before.gaining - 1, losing: before.losing - 1 })
  await shared.query(`update auth.users set banned_until = null, deleted_at = null`)
  await shared.query(`update public.profiles set birth_year = null`)
  expect(await effectsNow()).toEqual(before)
})

test('takes nobody for lost who is stored, but not among the best that are shown', async () => {
  const before = await effectsNow()
  await shared.query(`
    insert into public.celebrity_matches (face_id, celebrity_id, similarity_score)
    select f.id, other.id, 0.01 from public.faces f
    cross join lateral (
      select c.id from public.celebrities c
      where not exists (
        select from public.celebrity_matches m where m.face_id = f.id and m.celebrity_id = c.id
      )
      order by c.id desc limit 1
    ) as other
    where exists (select from public.celebrity_matches m where m.face_id = f.id)`)
  expect(await effectsNow()).toEqual(before)
  await shared.query('delete from public.celebrity_matches where similarity_score = 0.01')
})
