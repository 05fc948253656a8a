import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, testEngines, type TestDatabase } from '../../../tests/factories/database'
import type { QualityFault } from '../../model/quality'

describe.each(await testEngines())('the quality gate on %s', (engine) => {
  let made: TestDatabase
  beforeAll(async () => {
    made = await createTestDatabase(engine)
  })
  afterAll(() => made?.close())

  const gate = (components: object, score = 0.6) => JSON.stringify({ score, components })
  const judge = async (score: number | null, components: object | null, least: string) => {
    const stored = components && JSON.stringify(components)
    const { rows } = await made.database.asService((tx) =>
      sql<{ passes: boolean; faults: QualityFault[] }>`
        select
          private.passes_quality(${score}::float8, ${stored}::jsonb, ${least}::jsonb) as passes,
          (
            select coalesce(jsonb_agg(to_jsonb(f)), '[]')
            from private.quality_faults(${score}::float8, ${stored}::jsonb, ${least}::jsonb) f
          ) as faults`.execute(tx),
    )
    expect(rows[0].passes).toBe(rows[0].faults.length === 0)
    return rows[0].faults
  }

  test('asks for the score alone where no component is named', async () => {
    expect(await judge(0.6, { sharpness: 0 }, gate({}))).toEqual([])
    expect(await judge(0.59, { sharpness: 100 }, gate({}))).toEqual([
      { component: 'quality_score', value: 0.59, needed: 0.6 },
    ])
    expect(await judge(null, null, gate({}))).toEqual([
      { component: 'quality_score', value: null, needed: 0.6 },
    ])
  })

  test('names every component that is too low', async () => {
    const least = gate({ sharpness: 50, pose_yaw: 70.5, eyes_open: 20 })
    expect(await judge(0.9, { sharpness: 50, pose_yaw: 71, eyes_open: 20 }, least)).toEqual([])
    const faults = await judge(0.5, { sharpness: 49, pose_yaw: 70, eyes_open: 100 }, least)
    expect(faults.toSorted((a, b) => a.component.localeCompare(b.component))).toEqual([
      { component: 'pose_yaw', value: 70, needed: 70.5 },
      { component: 'quality_score', value: 0.5, needed: 0.6 },
      { component: 'sharpness', value: 49, needed: 50 },
    ])
  })

  test('holds nothing against a face that is not known of it', async () => {
    const least = gate({ natural_colour: 50, eyes_open: 50 })
    expect(await judge(0.9, { natural_colour: null }, least)).toEqual([])
    expect(await judge(0.9, { natural_colour: 'grey' }, least)).toEqual([])
    expect(await judge(0.9, null, least)).toEqual([])
    expect(await judge(0.9, { natural_colour: null, eyes_open: 10 }, least)).toHaveLength(1)
  })

  test('follows the settings', async () => {
    const passes = () =>
      made.database.asService(async (tx) => {
        const { rows } = await sql<{
          passes: boolean
        }>`select private.passes_quality(.7, '{"sharpness": 40}') as passes`.execute(tx)
        return rows[0].passes
      })
    expect(await passes()).toBe(true)
    const set = (key: string, value: string) =>
      made.database.asService((tx) =>
        sql`update public.system_settings set value = ${value}::jsonb where key = ${key}`.execute(tx),
      )
    await set('match_min_components', '{"sharpness": 41}')
    expect(await passes()).toBe(false)
    await set('match_min_components', '{"sharpness": 40}')
    expect(await passes()).toBe(true)
    await set('match_min_quality', '0.71')
    expect(await passes()).toBe(false)
  })
})
