import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCallerHost, type CallerHost, type TestCaller } from '../../tests/factories/callers'
import { testEngines } from '../../tests/factories/database'
import type { StoredQualityComponents } from '../model/quality'

// Real: router, database, sessions. The analysis is written as the worker writes it.

describe.each(await testEngines())('why a face is not matched, on %s', (engine) => {
  let host: CallerHost
  let anna: TestCaller
  let moderator: TestCaller
  beforeAll(async () => {
    host = await openCallerHost(engine)
    anna = await host.signUp('user', { name: 'Anna' })
    moderator = await host.signUp('moderator', { name: 'Mo' })
    await host.database.asService((tx) =>
      tx
        .insertInto('faces')
        .values({ profile_id: anna.id, image_path: `${anna.id}/photo.jpg` })
        .execute(),
    )
  })
  afterAll(() => host?.close())

  const analysed = (quality_score: number, components: StoredQualityComponents | null) =>
    host.database.asService((tx) =>
      tx
        .updateTable('faces')
        .set({
          quality_score,
          quality_components: components && JSON.stringify(components),
          analyzed_at: new Date(),
        })
        .where('profile_id', '=', anna.id)
        .execute(),
    )
  const ask = (least: object) =>
    host.database.asService((tx) =>
      sql`update public.system_settings set value = ${JSON.stringify(least)}::jsonb where key = 'match_min_components'`.execute(
        tx,
      ),
    )
  const faceSeenBy = async ({ client }: TestCaller) =>
    (await client.accounts.get({ id: anna.id })).face_list[0]

  test('a face that is not analysed yet lacks nothing', async () => {
    expect((await faceSeenBy(moderator)).quality_faults).toEqual([])
  })

  test('the person and the staff are told what it lacks by the settings of this moment', async () => {
    await analysed(0.7, { sharpness: 30, pose_yaw: 90, natural_colour: null })
    for (const caller of [anna, moderator]) {
      expect(await faceSeenBy(caller)).toMatchObject({
        quality_faults: [],
        quality_components: { sharpness: 30, pose_yaw: 90, natural_colour: null },
      })
    }
    await ask({ sharpness: 40, pose_yaw: 80, natural_colour: 50 })
    for (const caller of [anna, moderator]) {
      expect((await faceSeenBy(caller)).quality_faults).toEqual([
        { component: 'sharpness', value: 30, needed: 40 },
      ])
    }
    await analysed(0.3, null)
    expect((await faceSeenBy(moderator)).quality_faults).toEqual([
      { component: 'quality_score', value: 0.3, needed: 0.6 },
    ])
  })

  test('components of another client that make no sense are not known', async () => {
    await analysed(0.7, { sharpness: 300 })
    await ask({})
    expect(await faceSeenBy(moderator)).toMatchObject({ quality_components: null, quality_faults: [] })
  })
})
