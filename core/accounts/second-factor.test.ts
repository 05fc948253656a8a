import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { codeOf } from '../../tests/contract/codes'
import { openCallerHost, type CallerHost, type TestCaller } from '../../tests/factories/callers'
import { testEngines } from '../../tests/factories/database'
import type { Client } from '../api/contract'
import type { Role } from '../model/roles'
import { createSupabase } from '../supabase/client'

const password = 'correct horse battery'
const demanded = 'staff_second_factor'

/** Real: router, database with its policies, Auth over HTTP, codes, tokens. */
describe.each(await testEngines())('a second factor of staff on %s', (engine) => {
  let host: CallerHost
  beforeAll(async () => {
    host = await openCallerHost(engine)
  })
  afterAll(() => host?.close())
  afterEach(() => demand(false))

  /** As the operator does it at the database. */
  const demand = (value: boolean) =>
    host.database.asOwner((tx) =>
      sql`update public.system_settings set value = ${JSON.stringify(value)}::jsonb where key = ${demanded}`.execute(
        tx,
      ),
    )
  const settingOf = async (client: Client) =>
    (await client.settings.list()).find(({ key }) => key === demanded)!
  const turnOn = async (client: Client) => {
    const { updated_at } = await settingOf(client)
    return client.settings.set({ key: demanded, value: true, expected_updated_at: updated_at })
  }

  /** The same person once more, in a session that has shown a second factor. */
  async function withSecondFactor({ email }: TestCaller): Promise<Client> {
    const { project } = host
    const supabase = createSupabase({ url: project.url, key: project.publishableKey })
    await supabase.auth.signInWithPassword({ email, password })
    const { data } = await supabase.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'Phone' })
    const factorId = data!.id
    const code = codeOf((data as { totp: { secret: string } }).totp.secret)
    const answer = await supabase.auth.mfa.challengeAndVerify({ factorId, code })
    if (answer.error) throw answer.error
    return host.clientFor(`Bearer ${answer.data.access_token}`)
  }

  test('nobody is asked for one by default, and everybody is told where they stand', async () => {
    const admin = await host.signUp('admin')
    expect((await admin.client.accounts.me()).second_factor).toEqual({
      ...{ set_up: false, required: false, done: false },
    })
    const raised = await withSecondFactor(admin)
    expect((await raised.accounts.me()).second_factor).toEqual({ set_up: true, required: false, done: true })
    const { second_factor } = await admin.client.accounts.me()
    expect(second_factor).toEqual({ set_up: true, required: false, done: false })
  })

  test('it is demanded only by who has shown one', async () => {
    const admin = await host.signUp('admin')
    await expect(turnOn(admin.client)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringMatching(/Set up your own second factor first/) as string,
      data: { reason: 'second_factor' },
    })
    expect((await settingOf(admin.client)).value).toBe(false)
    const raised = await withSecondFactor(admin)
    expect((await turnOn(raised)).value).toBe(true)
    expect((await raised.accounts.me()).second_factor.required).toBe(true)
  })

  test('while it is demanded, staff without one are refused by name and see nothing', async () => {
    const people = {} as Record<Role, TestCaller>
    for (const role of ['moderator', 'curator', 'admin', 'user'] as const)
      people[role] = await host.signUp(role)
    await demand(true)
    for (const role of ['moderator', 'curator', 'admin'] as const) {
      const { client } = people[role]
      await expect(client.accounts.list({}), role).rejects.toMatchObject({
        code: 'FORBIDDEN',
        message: expect.stringMatching(/second factor/) as string,
        data: { reason: 'second_factor', needed: 'moderator' },
      })
      // They learn what to do, and stay the persons that they are.
      expect(await client.accounts.me()).toMatchObject({
        role,
        second_factor: { set_up: false, required: true, done: false },
      })
      expect((await client.accounts.get({ id: people[role].id })).id).toBe(people[role].id)
    }
    await expect(people.user.client.accounts.list({})).rejects.toMatchObject({
      data: { role: 'user', needed: 'moderator' },
      message: 'Only staff may do this; your role is user.',
    })
    expect((await people.user.client.accounts.me()).second_factor.required).toBe(false)
  })

  test('staff who have one are staff only with it, whatever is demanded', async () => {
    const admin = await host.signUp('admin')
    expect((await admin.client.accounts.list({})).total).toBeGreaterThan(0)
    const raised = await withSecondFactor(admin)
    await expect(admin.client.accounts.list({})).rejects.toMatchObject({
      code: 'FORBIDDEN',
      data: { reason: 'second_factor', needed: 'moderator' },
    })
    expect((await raised.accounts.list({})).total).toBeGreaterThan(0)
    expect(await raised.accounts.removeSecondFactors({ id: admin.id })).toEqual({ removed: 1 })
    expect((await admin.client.accounts.list({})).total).toBeGreaterThan(0)
  })

  test('policies say the same to every client', async () => {
    const admin = await host.signUp('admin')
    await demand(true)
    const seen = (claims: object) =>
      host.database.asUser(
        { id: admin.id, email: admin.email, role: 'authenticated', claims: { sub: admin.id, ...claims } },
        (tx) => tx.selectFrom('profiles').select('id').execute(),
      )
    expect((await seen({ aal: 'aal1' })).map(({ id }) => id)).toEqual([admin.id])
    expect((await seen({})).map(({ id }) => id)).toEqual([admin.id])
    expect((await seen({ aal: 'aal2' })).length).toBeGreaterThan(1)
    const off = (claims: object) =>
      host.database.asUser(
        { id: admin.id, email: admin.email, role: 'authenticated', claims: { sub: admin.id, ...claims } },
        (tx) =>
          tx.updateTable('system_settings').set({ value: 'false' }).where('key', '=', demanded).execute(),
      )
    expect((await off({ aal: 'aal1' }))[0].numUpdatedRows).toBe(0n)
    expect((await off({ aal: 'aal2' }))[0].numUpdatedRows).toBe(1n)
  })

  test('a second factor opens everything again', async () => {
    const curator = await host.signUp('curator')
    await demand(true)
    const raised = await withSecondFactor(curator)
    expect((await raised.accounts.list({})).total).toBeGreaterThan(0)
    await expect(raised.samples.load()).rejects.toMatchObject({
      message: 'Only an admin may do this; your role is curator.',
    })
  })

  test('an admin removes the factors of who has lost theirs, nobody else does', async () => {
    const lost = await host.signUp('moderator')
    await withSecondFactor(lost)
    const curator = await host.signUp('curator')
    await expect(curator.client.accounts.removeSecondFactors({ id: lost.id })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
    const admin = await host.signUp('admin')
    expect(await admin.client.accounts.removeSecondFactors({ id: lost.id })).toEqual({ removed: 1 })
    expect((await lost.client.accounts.me()).second_factor.set_up).toBe(false)
    expect(await admin.client.accounts.removeSecondFactors({ id: lost.id })).toEqual({ removed: 0 })
  })
})
