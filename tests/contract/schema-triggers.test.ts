import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { migrate } from '../../core/database/migrate'
import { createEmptyDatabase, migrationsDirectory, openTestEngine } from '../factories/database'
import { engines, openSql, type SqlDatabase } from '../factories/engines'
import { uuidOf } from '../factories/people'

const [ada, bob, celebrity] = [uuidOf(1, 1), uuidOf(1, 2), uuidOf(3, 1)]

describe.each(engines)('what happens by itself on %s', (engine) => {
  let database: SqlDatabase
  let query: SqlDatabase['query']
  beforeAll(async () => {
    database = await openSql(engine)
    query = database.query
  })
  afterAll(() => database.close())
  beforeEach(async () => {
    await query('delete from auth.users')
    await query('delete from celebrities')
  })

  const signUp = (id: string, metadata: object = {}) =>
    query('insert into auth.users (id, email, raw_user_meta_data) values ($1, $2, $3)', [
      id,
      `${id}@school.edu`,
      JSON.stringify(metadata),
    ])
  const upload = async (profile: string, path = 'photo.jpg') => {
    const [face] = await query<{ id: string }>(
      'insert into faces (profile_id, image_path) values ($1, $2) returning id',
      [profile, path],
    )
    return face.id
  }
  const profileOf = async (id: string) => (await query('select * from profiles where id = $1', [id]))[0]

  test('signing up makes a profile from the metadata, but never a role', async () => {
    await signUp(ada, {
      name: '  Ada ',
      gender: 'female',
      school: 'North',
      role: 'admin',
      profile_type: 'celebrity',
    })
    expect(await profileOf(ada)).toMatchObject({
      profile_type: 'user',
      name: 'Ada',
      email: `${ada}@school.edu`,
      gender: 'female',
      school: 'North',
      role: 'user',
    })
    await signUp(bob, { name: '', gender: 'robot' })
    expect(await profileOf(bob)).toMatchObject({ name: null, gender: null, school: null, role: 'user' })
  })

  test('the profile follows the address and goes with the account', async () => {
    await signUp(ada)
    await query('update auth.users set email = $2 where id = $1', [ada, 'new@school.edu'])
    expect(await profileOf(ada)).toMatchObject({ email: 'new@school.edu' })
    await query('delete from auth.users where id = $1', [ada])
    expect(await profileOf(ada)).toBeUndefined()
  })

  test('an upload makes a job for both searches, and the first face the default', async () => {
    await signUp(ada)
    const [first, second] = [await upload(ada), await upload(ada)]
    expect(
      await query('select face_id, user_id, job_type, status, attempts from match_jobs order by created_at'),
    ).toEqual(
      [first, second].map((face) => ({
        face_id: face,
        user_id: ada,
        job_type: 'both',
        status: 'pending',
        attempts: 0,
      })),
    )
    expect(await profileOf(ada)).toMatchObject({ default_face_id: first })
    await query('delete from faces where id = $1', [first])
    expect(await profileOf(ada)).toMatchObject({ default_face_id: second })
    await query('delete from faces where id = $1', [second])
    expect(await profileOf(ada)).toMatchObject({ default_face_id: null })
  })

  test('a default face that can not be analysed gives way to one that is, whichever job ends first', async () => {
    const vector = `(select array_agg(1)::real[]::extensions.vector from generate_series(1, 512))`
    const end = async (face: unknown, status: string) => {
      if (status === 'completed') await query(`update faces set embedding = ${vector} where id = $1`, [face])
      await query('update match_jobs set status = $2 where face_id = $1', [face, status])
    }
    for (const [person, failsFirst] of [
      [ada, true],
      [bob, false],
    ] as const) {
      await signUp(person)
      const [bad, good] = [await upload(person), await upload(person)]
      if (failsFirst) await end(bad, 'failed')
      else await end(good, 'completed')
      expect(await profileOf(person)).toMatchObject({ default_face_id: bad })
      if (failsFirst) await end(good, 'completed')
      else await end(bad, 'failed')
      expect(await profileOf(person)).toMatchObject({ default_face_id: good })
    }
  })

  test('one statement that ends the jobs of several people sees to the default face of each', async () => {
    const vector = `(select array_agg(1)::real[]::extensions.vector from generate_series(1, 512))`
    const faces = []
    for (const person of [ada, bob]) {
      await signUp(person)
      faces.push({ bad: await upload(person), good: await upload(person) })
    }
    for (const { good } of faces) await query(`update faces set embedding = ${vector} where id = $1`, [good])
    await query(
      `update match_jobs set status = case when face_id = any ($1::uuid[]) then 'completed' else 'failed' end`,
      [faces.map(({ good }) => good)],
    )
    expect(await profileOf(ada)).toMatchObject({ default_face_id: faces[0].good })
    expect(await profileOf(bob)).toMatchObject({ default_face_id: faces[1].good })
  })

  test('an analysed default face stays', async () => {
    const vector = `(select array_agg(1)::real[]::extensions.vector from generate_series(1, 512))`
    await signUp(ada)
    const [first, second] = [await upload(ada), await upload(ada)]
    await query(`update faces set embedding = ${vector}`)
    await query(`update match_jobs set status = 'failed' where face_id = $1`, [first])
    await query(`update match_jobs set status = 'completed' where face_id = $1`, [second])
    expect(await profileOf(ada)).toMatchObject({ default_face_id: first })
  })

  test('a default face is one of the own', async () => {
    await signUp(ada)
    await signUp(bob)
    const face = await upload(ada)
    await expect(
      query('update profiles set default_face_id = $2 where id = $1', [bob, face]),
    ).rejects.toThrow(/own/)
  })

  test("a face carries its owner's school and gender, also when they change, and nobody can fake them", async () => {
    await signUp(ada, { school: 'North', gender: 'female' })
    const face = await upload(ada)
    const owner = async () =>
      (await query('select owner_school, owner_gender from faces where id = $1', [face]))[0]
    expect(await owner()).toEqual({ owner_school: 'North', owner_gender: 'female' })
    await query(`update profiles set school = 'South', gender = null where id = $1`, [ada])
    expect(await owner()).toEqual({ owner_school: 'South', owner_gender: null })
    await query(`update faces set owner_school = 'East' where id = $1`, [face])
    expect(await owner()).toEqual({ owner_school: 'South', owner_gender: null })
  })

  test('a celebrity without an embedding gets a job, one with it none; both queues are one view', async () => {
    const vector = `(select array_agg(1)::real[]::extensions.vector from generate_series(1, 512))`
    await query(`insert into celebrities (id, name, image_path) values ($1, 'A', 'a.jpg')`, [celebrity])
    await query(`insert into celebrities (name, image_path, embedding) values ('B', 'b.jpg', ${vector})`)
    await signUp(ada)
    const face = await upload(ada)
    expect(
      await query('select kind, subject_id, owner_id, status, job_type from jobs order by kind'),
    ).toEqual([
      {
        kind: 'celebrity',
        subject_id: celebrity,
        owner_id: null,
        status: 'pending',
        job_type: 'celebrity_match',
      },
      { kind: 'face', subject_id: face, owner_id: ada, status: 'pending', job_type: 'both' },
    ])
  })

  test('geometry and skin tone become vectors, or nothing where something is missing or absurd', async () => {
    await signUp(ada)
    const face = await upload(ada)
    const names = [
      'face_width_height_ratio',
      'eye_spacing',
      'eye_width',
      'eye_height',
      'eyebrow_height',
      'nose_length',
    ]
    names.push('nose_width', 'mouth_width', 'lip_height', 'chin_height', 'jaw_width', 'upper_face_height')
    const ratios = Object.fromEntries(names.map((name, i) => [name, i + 1]))
    const derive = async (geometry: unknown, lab: string | null) => {
      const [row] = await query<{ geometry: string | null; skin_tone: string | null }>(
        `update faces set geometry_ratios = $2, skin_tone_lab = $3::float8[] where id = $1 returning geometry, skin_tone`,
        [face, JSON.stringify(geometry), lab],
      )
      return row
    }
    expect(await derive(ratios, '{50,1.5,-2}')).toEqual({
      geometry: '[1,2,3,4,5,6,7,8,9,10,11,12]',
      skin_tone: '[50,1.5,-2]',
    })
    const nothing = { geometry: null, skin_tone: null }
    expect(await derive({ ...ratios, jaw_width: undefined }, '{50,1.5}')).toEqual(nothing)
    expect(await derive({ ...ratios, jaw_width: '1' }, '{50,1.5,NaN}')).toEqual(nothing)
    expect(await derive({ ...ratios, jaw_width: 1e300 }, '{101,0,0}')).toEqual(nothing)
    expect(await derive([1, 2], '{50,null,0}')).toEqual(nothing)
  })

  test('updated_at is the time of the update, whatever the writer says', async () => {
    await signUp(ada)
    await query(`update profiles set name = 'Ada', updated_at = '2001-01-01' where id = $1`, [ada])
    const [{ fresh }] = await query(`select updated_at > now() - interval '1 minute' as fresh from profiles`)
    expect(fresh).toBe(true)
  })

  test('a pair of faces stands once, in whichever order', async () => {
    await signUp(ada)
    await signUp(bob)
    const faces = [await upload(ada), await upload(bob)]
    const insert = 'insert into matches (face_a_id, face_b_id, similarity_score) values ($1, $2, 0.5)'
    await query(insert, faces)
    await expect(query(insert, faces.toReversed())).rejects.toThrow(/ux_matches_pair/)
  })

  test('a write says its table on semblance_changes once a transaction', async () => {
    const heard: (string | null)[] = []
    const stop = await database.database.listen('semblance_changes', (payload) => void heard.push(payload))
    await signUp(ada)
    await database.transact(async (tx) => {
      await tx.updateTable('profiles').set({ name: 'A' }).where('id', '=', ada).execute()
      await tx.updateTable('profiles').set({ name: 'B' }).where('id', '=', ada).execute()
      await tx
        .insertInto('notifications')
        .values({ user_id: ada, type: 'mutual_match', title: 'x' })
        .execute()
    })
    while (!heard.includes('notifications')) await sleep(10)
    await stop()
    expect(heard.filter((table) => table !== null).sort()).toEqual(['notifications', 'profiles', 'profiles'])
  })
})

describe.each(engines)('migrating on %s', (engine) => {
  test('a second time does nothing', async () => {
    const embedded = engine === 'pglite' ? await openTestEngine() : undefined
    const server = embedded ? undefined : await createEmptyDatabase()
    const source = embedded ? { engine: embedded } : { url: server!.url }
    try {
      const first = await migrate(source, { directory: migrationsDirectory })
      expect(first.applied.length).toBeGreaterThanOrEqual(7)
      expect(await migrate(source, { directory: migrationsDirectory })).toEqual({
        applied: [],
        current: first.current,
      })
    } finally {
      await embedded?.close()
      await server?.drop()
    }
  })
})
