import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { qualityComponentNames } from '../../core/model/quality'
import { defaultWeights } from '../../core/model/weights'
import { engines, openSql, type SqlDatabase } from '../factories/engines'
import { createRules, type RulePerson, type Rules } from '../factories/rules'

const weights = (change: object) => JSON.stringify({ ...defaultWeights, ...change })
/** A difference of 1e-6 is forgiven, and no more. */
const nearly = (by: number) => weights({ embedding: 0.2 + by })

const good: [string, string][] = [
  ['matching_weights', weights({})],
  [
    'matching_weights',
    weights({ embedding: 1, geometry: 0, age: 0, symmetry: 0, skin_tone: 0, expression: 0 }),
  ],
  ['matching_weights', nearly(9e-7)],
  ...['0', '1', '0.65', '1e-300'].map((value): [string, string] => ['match_threshold', value]),
  ['match_limit', '20'],
  ['match_limit', '20.0'],
  ['match_min_components', '{}'],
  [
    'match_min_components',
    JSON.stringify(Object.fromEntries(qualityComponentNames.map((name) => [name, 50]))),
  ],
  ['match_min_components', '{"sharpness": 0, "pose_yaw": 100, "luminance_mean": 12.5}'],
  ['match_scope', '"everyone"'],
  ['match_gender', '"any"'],
  ['allow_non_edu_emails', 'true'],
  ['staff_second_factor', 'false'],
  ...['0', '1', '1440'].map((value): [string, string] => ['foreign_job_stale_minutes', value]),
]
const bad: [string, string, RegExp][] = [
  ['matching_weights', nearly(2e-6), /sum to 1; these sum to 1\.000002/],
  ['matching_weights', nearly(-2e-6), /sum to 1/],
  ['matching_weights', weights({ embedding: 1.2, geometry: -0.8 }), /from 0 to 1/],
  ['matching_weights', weights({ embedding: '0.2' }), /from 0 to 1/],
  ['matching_weights', weights({ embedding: 'NaN' }), /from 0 to 1/],
  ['matching_weights', weights({ embedding: null }), /from 0 to 1/],
  ['matching_weights', weights({ embedding: { embedding: 0.2 } }), /from 0 to 1/],
  ['matching_weights', weights({ embedding: undefined }), /exactly these keys/],
  ['matching_weights', weights({ beauty: 0 }), /exactly these keys/],
  ['matching_weights', '[0.2, 0.2, 0.15, 0.15, 0.15, 0.15]', /an object/],
  ['matching_weights', 'null', /an object/],
  ...['-0.01', '1.01', '1e400', '"0.5"', '"NaN"', 'true', 'null', '[0.5]', '{"value": 0.5}'].flatMap(
    (value) =>
      ['match_threshold', 'match_min_quality', 'celebrity_match_threshold'].map(
        (key): [string, string, RegExp] => [key, value, /a number from 0 to 1/],
      ),
  ),
  ...['-1', '1001', '2.5', '"5"', 'null'].map((value): [string, string, RegExp] => [
    'match_limit',
    value,
    /a whole number from 0 to 1000/,
  ]),
  ...['null', '-1', '1.5', '"10"', '525601', 'true'].map((value): [string, string, RegExp] => [
    'foreign_job_stale_minutes',
    value,
    /a whole number of minutes/,
  ]),
  ['match_min_components', '[]', /an object/],
  ['match_min_components', 'null', /an object/],
  ['match_min_components', '{"beauty": 1}', /no keys but these: sharpness/],
  ...['-1', '100.1', '"50"', 'null', '{}'].map((value): [string, string, RegExp] => [
    'match_min_components',
    `{"sharpness": ${value}}`,
    /numbers from 0 to 100/,
  ]),
  ['match_scope', '"world"', /"school" or "everyone"/],
  ['match_scope', '["school"]', /"school" or "everyone"/],
  ['match_gender', 'null', /"different" or "any"/],
  ['allow_non_edu_emails', '"false"', /true or false/],
  ['allow_non_edu_emails', '0', /true or false/],
  ['staff_second_factor', '1', /true or false/],
]

describe.each(engines)('settings on %s', (engine) => {
  let sql: SqlDatabase
  let rules: Rules
  let admin: RulePerson
  beforeAll(async () => {
    sql = await openSql(engine)
    rules = createRules(sql)
    admin = await rules.staff('admin')
  })
  afterAll(() => sql.close())
  const set = (key: string, value: string) =>
    rules.as(
      admin,
      `insert into system_settings (key, value) values ($1, $2)
       on conflict (key) do update set value = excluded.value returning updated_by`,
      [key, value],
    )

  test.each(good)('%s may be %s, and it is kept who said so', async (key, value) => {
    expect(await set(key, value)).toEqual([{ updated_by: admin.id }])
  })

  test.each(bad)('%s may not be %s', async (key, value, message) => {
    await expect(set(key, value)).rejects.toMatchObject({
      ...{ code: '23514' },
      message: expect.stringMatching(message) as string,
    })
    await expect(
      sql.query('update system_settings set value = $2 where key = $1', [key, value]),
    ).rejects.toMatchObject({ code: '23514' })
  })

  test('other clients keep settings of their own, of any shape', async () => {
    expect(await set('their_setting', '{"deep": [null, "NaN"]}')).toHaveLength(1)
  })

  test('nobody says that somebody else did it, or when', async () => {
    const other = await rules.person()
    await rules.as(
      admin,
      `update system_settings set value = '0.5', updated_by = $1, updated_at = '2999-01-01' where key = 'match_threshold'`,
      [other.id],
    )
    expect(
      await sql.query(
        `select updated_by, updated_at <= now() as past from system_settings where key = 'match_threshold'`,
      ),
    ).toEqual([{ updated_by: admin.id, past: true }])
  })

  test('a value of before the rule keeps nobody from being deleted', async () => {
    const editor = await rules.staff('admin')
    await sql.query('alter table system_settings disable trigger guard_setting')
    await sql.query(
      `update system_settings set value = '"x"', updated_by = $1 where key = 'match_min_quality'`,
      [editor.id],
    )
    await sql.query('alter table system_settings enable trigger guard_setting')
    await sql.query('delete from auth.users where id = $1', [editor.id])
    expect(await sql.query(`select updated_by from system_settings where key = 'match_min_quality'`)).toEqual(
      [{ updated_by: null }],
    )
  })
})
