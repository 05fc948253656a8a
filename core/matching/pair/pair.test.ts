import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestCaller } from '../../../tests/factories/callers'
import { testEngines } from '../../../tests/factories/database'
import { queryIn } from '../../../tests/factories/engines'
import { openMatchedHost, type MatchedHost } from '../../../tests/factories/matched-host'
import { defaultWeights, factorNames } from '../../model/weights'

describe.each(await testEngines())('a pair seen through on %s', (engine) => {
  let host: MatchedHost
  let moderator: TestCaller
  let match: string
  const owner = (text: string, values: unknown[] = []) =>
    host.database.asOwner((tx) => queryIn<Record<string, string>>(tx, text, values))
  const get = () => moderator.client.matching.get({ id: match })
  const setFace = (side: 'a' | 'b', columns: string) =>
    owner(`update faces set ${columns} where id = (select face_${side}_id from matches where id = $1)`, [
      match,
    ])

  beforeAll(async () => {
    host = await openMatchedHost(engine)
    moderator = await host.signUp('moderator')
    match = (await moderator.client.matching.list({})).items[0].id
  })
  afterAll(() => host.close())

  test('facts are what the pair’s own factors are, within 1e-9, and follow the analyses', async () => {
    const holes = [
      'symmetry_score = symmetry_score',
      'age = null',
      "expression = null, skin_tone_lab = '{300,0,0}'",
      "geometry_ratios = geometry_ratios - 'eye_width', age = 93",
      'embedding = embedding operator(extensions.*) array_fill(-1::real, array[512])::extensions.vector',
      'embedding = null',
    ]
    for (const hole of holes) {
      await setFace('a', hole)
      const { factors } = await get()
      const [facts] = await owner('select * from match_facts where id = $1', [match])
      for (const name of factorNames) {
        if (factors[name] === null) expect(facts[name], `${hole}: ${name}`).toBeNull()
        else expect(facts[name], `${hole}: ${name}`).toBeCloseTo(factors[name], 9)
      }
    }
    expect((await get()).factors).toMatchObject({ embedding: null, age: expect.any(Number) as number })
  })

  test('each factor’s part in the score, and which side lacks what', async () => {
    const pair = await get()
    expect(pair.current_score).toBeNull()
    const missing = Object.fromEntries(pair.contributions.map(({ factor, missing }) => [factor, missing]))
    expect(missing).toEqual({
      ...{ embedding: 'a', geometry: 'both', age: null, symmetry: null, skin_tone: 'both', expression: 'a' },
    })
    expect(pair.contributions.every(({ contribution }) => contribution === 0)).toBe(true)
    const columns = host.columns()
    await owner(
      `update faces set embedding = $2::extensions.vector, geometry_ratios = $3::jsonb, age = null,
       skin_tone_lab = '{60,14,17}', expression = 'happy' where id = (select face_a_id from matches where id = $1)`,
      [match, columns.embedding, columns.geometry_ratios],
    )
    const whole = await get()
    const sum = whole.contributions.reduce((total, { contribution }) => total + contribution, 0)
    expect(sum).toBeCloseTo(whole.current_score!, 12)
    const weights = whole.contributions.map(({ effective_weight }) => effective_weight)
    expect(weights.reduce((total, weight) => total + weight, 0)).toBeCloseTo(1, 12)
    expect(whole.contributions[2]).toMatchObject({
      factor: 'age',
      missing: 'a',
      effective_weight: 0,
      value: null,
    })
    expect(whole.contributions[0].effective_weight).toBeCloseTo(0.2 / 0.85, 12)
  })

  test('reactions, connections and babies, by side; curators see reactions alone', async () => {
    const { a, b } = await get()
    for (const side of [a, b]) {
      await owner(
        `insert into reactions (match_id, user_profile_id, reaction_type) values ($1, $2, 'like')`,
        [match, side.profile_id],
      )
    }
    await owner(
      `insert into babies (match_id, generated_by_profile_id, image_url) values ($1, $2, 'b.png')`,
      [match, b.profile_id],
    )
    const pair = await get()
    expect(pair.reactions.map(({ side, reaction_type }) => `${side} ${reaction_type}`).toSorted()).toEqual([
      'a like',
      'b like',
    ])
    expect(pair.connections).toMatchObject([{ status: 'active', messages: 0 }])
    expect(pair.babies).toMatchObject([{ image_url: 'b.png', generated_by: 'b' }])
    const curator = await host.signUp('curator')
    const seen = await curator.client.matching.get({ id: match })
    expect(seen.reactions).toHaveLength(2)
    expect({ connections: seen.connections, babies: seen.babies }).toEqual({
      connections: null,
      babies: null,
    })
  })

  test('every score it had, with its weights and why', async () => {
    const history = () => moderator.client.matching.history({ id: match })
    expect((await history()).scores).toMatchObject([{ why: 'found', weights: defaultWeights }])
    const [{ before, after }] = (await moderator.client.matching.recompute({ ids: [match] })).results
    expect(after).toBeCloseTo((await get()).current_score!, 9)
    expect(before).not.toBe(after)
    // What has not changed is not written again.
    expect(await moderator.client.matching.recompute({ ids: [match, randomUUID()] })).toMatchObject({
      changed: 0,
      results: [{ id: match }],
    })
    await setFace('a', 'age = 22')
    const { a } = await get()
    await host.search(a.face_id!)
    const weights = { ...defaultWeights, embedding: 0.3, geometry: 0.1 }
    await owner(`update system_settings set value = $1::jsonb where key = 'matching_weights'`, [
      JSON.stringify(weights),
    ])
    await host.search(a.face_id!)
    const { scores } = await history()
    expect(scores.map(({ why }) => why)).toEqual(['settings', 'reanalysis', 'recompute', 'found'])
    expect(scores[0].weights).toEqual(weights)
    expect(scores[0].score).toBe((await get()).similarity_score)
    await owner(`update system_settings set value = $1::jsonb where key = 'matching_weights'`, [
      JSON.stringify(defaultWeights),
    ])
    await host.search(a.face_id!)
  })

  test('a lookalike has a history since its first change; the jobs of both sides stand in order', async () => {
    // Of somebody whom no test before has changed.
    const [{ id }] = await owner(
      `select l.id from celebrity_matches l
       join matches m on m.id = $1 and l.face_id not in (m.face_a_id, m.face_b_id) limit 1`,
      [match],
    )
    const history = () => moderator.client.matching.history({ id, kind: 'lookalike' })
    expect((await history()).scores).toEqual([])
    await owner('update celebrity_matches set similarity_score = 0.123 where id = $1', [id])
    const { changed } = await moderator.client.matching.recompute({ ids: [id], kind: 'lookalike' })
    expect(changed).toBe(1)
    const { scores, jobs } = await history()
    expect(scores.map(({ why }) => why)).toEqual(['recompute', 'reanalysis', 'found'])
    expect(scores[2].weights).toBeNull()
    expect(jobs.map(({ kind, side }) => `${kind} ${side}`)).toEqual(['face a'])

    const [{ id: job }] = await owner(
      'select id from match_jobs where face_id = (select face_b_id from matches where id = $1)',
      [match],
    )
    for (const [attempt, outcome] of ['retrying', 'completed'].entries()) {
      await owner(
        `insert into job_attempts (match_job_id, attempt, started_at, outcome, worker_id)
         values ($1, $2, now() - interval '1 minute', $3, 'w')`,
        [job, attempt + 1, outcome],
      )
    }
    const ofMatch = await moderator.client.matching.history({ id: match })
    expect(ofMatch.jobs.map(({ side }) => side).toSorted()).toEqual(['a', 'b'])
    expect(ofMatch.jobs.find(({ side }) => side === 'b')?.attempts).toMatchObject([
      { attempt: 1, outcome: 'retrying', started_at: expect.any(Date) as Date },
      { attempt: 2, outcome: 'completed', worker_id: 'w' },
    ])
  })

  test('what speaks against a score is said of the side that it is about', async () => {
    await setFace(
      'b',
      `quality_score = 0.25, faces_found = 3, quality_components = '{"pose_yaw": 12, "sharpness": 40}'`,
    )
    const { doubts, b } = await get()
    expect(doubts.map(({ side, code, severity }) => `${side} ${code} ${severity}`)).toEqual([
      'b low_quality high',
      'b weak_component high',
      'b weak_component low',
      'b several_faces low',
    ])
    expect(doubts[1].because).toBe(`the photo of ${b.name} is weak: turned away (12 of 100)`)
    await setFace('a', `embedding_model = 'other/model'`)
    const other = await get()
    expect(other.doubts[0]).toMatchObject({ side: 'pair', code: 'different_models', severity: 'high' })
    expect(other.contributions[0].missing).toBe('models')
  })

  test('what is gone is said to be', async () => {
    const id = randomUUID()
    for (const kind of ['match', 'lookalike'] as const) {
      await expect(moderator.client.matching.standing({ id, kind })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      })
      await expect(moderator.client.matching.history({ id, kind })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      })
    }
    await expect(moderator.client.matching.nearest({ face_id: id })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })
})
