import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openCallerHost, type CallerHost } from '../../tests/factories/callers'
import { testEngines } from '../../tests/factories/database'
import type { Client } from '../api/contract'
import type { Role } from '../model/roles'

/** Real: router, database with its rules, Auth over HTTP, tokens. */
describe.each(await testEngines())('settings on %s', (engine) => {
  let host: CallerHost
  const clients = {} as Record<Role, Client>
  beforeAll(async () => {
    host = await openCallerHost(engine)
    for (const role of ['admin', 'curator'] as const) {
      clients[role] = (await host.signUp(role, { name: `The ${role}` })).client
    }
  })
  afterAll(() => host?.close())
  afterEach(() =>
    host.database.asOwner((tx) =>
      sql`update public.system_settings set value = '20' where key = 'match_limit'`.execute(tx),
    ),
  )

  const settingOf = async (key: string) =>
    (await clients.curator.settings.list()).find((setting) => setting.key === key)!
  const set = async (key: 'match_limit', value: number) => {
    const { updated_at } = await settingOf(key)
    return clients.admin.settings.set({ key, value, expected_updated_at: updated_at })
  }

  test('an admin changes one; who and when stand beside it', async () => {
    const before = await settingOf('match_limit')
    const after = await set('match_limit', 33)
    expect(after).toMatchObject({ key: 'match_limit', value: 33, updated_by_name: 'The admin' })
    expect(after.updated_at.getTime()).toBeGreaterThan(before.updated_at.getTime())
    expect(await settingOf('match_limit')).toEqual(after)
  })

  test('what somebody else wrote meanwhile is not written over', async () => {
    const seen = await settingOf('match_limit')
    await set('match_limit', 40)
    const late = clients.admin.settings.set({
      key: 'match_limit',
      value: 50,
      expected_updated_at: seen.updated_at,
    })
    await expect(late).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(/^The admin has changed/) as string,
      data: { value: 40 },
    })
    expect((await settingOf('match_limit')).value).toBe(40)
  })

  test('of two at a time one is told', async () => {
    const { updated_at } = await settingOf('match_limit')
    const outcomes = await Promise.allSettled(
      [41, 42].map((value) =>
        clients.admin.settings.set({ key: 'match_limit', value, expected_updated_at: updated_at }),
      ),
    )
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })

  test.each([
    ['match_limit', 1001, 'At most 1000.'],
    ['match_limit', 1.5, 'Enter a whole number.'],
    ['match_threshold', -0.1, 'At least 0.'],
    ['match_threshold', '0.5', 'Enter a number.'],
    ['match_min_components', { sharpness: 101 }, 'At most 100.'],
    ['match_min_components', { beauty: 1 }, 'beauty'],
    ['allow_non_edu_emails', 'no', 'Choose yes or no.'],
    ['match_scope', 'planet', 'Invalid option'],
    ['matching_weights', { embedding: 1 }, 'value.geometry'],
  ] as const)('%s does not take %j', async (key, value, words) => {
    const { updated_at } = await settingOf(key)
    const refused = clients.admin.settings.set({ key, value, expected_updated_at: updated_at })
    await expect(refused).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    await expect(refused).rejects.toThrow(words)
  })

  test('a curator reads, and changes nothing', async () => {
    const { updated_at } = await settingOf('match_limit')
    await expect(
      clients.curator.settings.set({ key: 'match_limit', value: 1, expected_updated_at: updated_at }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  test('the database judges by the same rules, whoever writes', async () => {
    const write = (value: string) =>
      host.database.asService((tx) =>
        sql`update public.system_settings set value = ${value}::jsonb where key = 'match_limit'`.execute(tx),
      )
    await expect(write('1001')).rejects.toThrow('match_limit')
    await expect(write('1.5')).rejects.toThrow('match_limit')
  })
})
