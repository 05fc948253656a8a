import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openCallerHost, type CallerHost, type TestCaller } from '../../../tests/factories/callers'
import { testEngines } from '../../../tests/factories/database'
import { confirmedForMs, openConfirmedStaff } from '../../access/confirmed-staff'
import type { Client } from '../../api/contract'
import { router } from '../../api/router'
import { SemblanceError } from '../../model/errors'
import type { Import } from '../contract-import-schemas'
import { createTokenVerifier } from '../../supabase/sessions'

// Who may work on imports while the shared database is away. Real: router, database, Auth, tokens. Not real: that the
// database and the project are away.

const [engine] = await testEngines()
const hour = 60 * 60_000

describe('while the shared database is away', { timeout: 240_000 }, () => {
  let host: CallerHost
  let folder: string
  let clock: number
  /** `databaseWhenAsked`: nobody knows yet that it is away. */
  let away: { database: boolean; project: boolean; databaseWhenAsked?: boolean }
  let clientOf: (token: string | null) => Client

  beforeAll(async () => {
    host = await openCallerHost(engine)
  })
  afterAll(() => host.close())

  beforeEach(async () => {
    away = { database: false, project: false }
    clock = Date.now()
    folder = await mkdtemp(join(tmpdir(), 'semblance-away-'))
    const confirmed = await openConfirmedStaff({
      ...{ file: join(folder, 'confirmed.json'), project: 'p', write: writeFile, now: () => clock },
      onProblem: (error) => {
        throw error
      },
    })
    const { context } = host
    const { database, project } = host
    const refuse = () => Promise.reject(new SemblanceError('UNAVAILABLE', 'The database is away.'))
    const isGone = () => (away.database ||= away.databaseWhenAsked === true)
    const switched: typeof database = {
      ...database,
      outage: () => (away.database ? { since: new Date(), reason: 'gone', nextTryAt: new Date() } : null),
      asUser: (caller, work) => (isGone() ? refuse() : database.asUser(caller, work)),
      asService: (work) => (isGone() ? refuse() : database.asService(work)),
    }
    const authAway = () => Promise.resolve(away.project)
    const verify = createTokenVerifier({
      ...{ url: project.url, jwks: project.keys.jwks, clock: () => new Date(clock) },
    })
    clientOf = (token) =>
      createRouterClient(router, {
        context: {
          ...{ ...context, mode: 'shared' as const, database: switched, authAway, verify, confirmed },
          request: { authorization: token === null ? null : `Bearer ${token}`, local: true },
        },
      })
    return () => rm(folder, { recursive: true })
  })

  const setRole = ({ id }: TestCaller, role: 'user' | 'curator') =>
    host.database.asService((tx) => tx.updateTable('profiles').set({ role }).where('id', '=', id).execute())

  test.each(['curator', 'admin'] as const)('a %s whom it confirmed goes on with imports', async (role) => {
    const { id, token, email } = await host.signUp(role)
    const client = clientOf(token)
    await client.accounts.me()
    away.database = true
    expect(await client.imports.list()).toEqual([])
    expect(await client.accounts.me()).toMatchObject({ id, email, role })
  })

  test('and with nothing that is the database’s', async () => {
    const { id, token } = await host.signUp('admin')
    const client = clientOf(token)
    await client.imports.list()
    away.database = true
    const calls = [
      () => client.celebrities.list({}),
      () => client.accounts.list({}),
      () => client.jobs.setMachine({ cpu_share: 0.5 }),
      () => client.samples.status(),
      () => client.imports.publish({ id }),
      () => client.imports.undo({ id }),
      () => client.imports.published(),
      () => client.imports.kept({ id }),
      () => client.imports.effects({ id }),
    ]
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  test.each(['user', 'moderator'] as const)('a %s has nothing of it', async (role) => {
    const { token } = await host.signUp(role)
    const client = clientOf(token)
    await client.accounts.me()
    await expect(client.imports.list()).rejects.toMatchObject({ code: 'FORBIDDEN' })
    away.database = true
    await expect(client.imports.list()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await expect(client.accounts.me()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  test('whoever follows an import is asked for their role again: gone with it, and kept without a database', async () => {
    const [one, other] = [await host.signUp('curator'), await host.signUp('admin')]
    const [client, admin] = [clientOf(one.token), clientOf(other.token)]
    const { id } = await admin.imports.create({})
    try {
      const followed = await client.imports.watch({ id })
      const next = async () => ((await followed.next()).value as Import | undefined)?.defaults.licence
      expect(await next()).toBeNull()
      away.database = true
      await admin.imports.update({ id, defaults: { licence: 'CC0' } })
      expect(await next()).toBe('CC0')
      away.database = false
      await setRole(one, 'user')
      await admin.imports.update({ id, defaults: { licence: 'CC BY' } })
      await expect(next()).rejects.toMatchObject({ code: 'FORBIDDEN' })
    } finally {
      await admin.imports.discard({ id })
    }
  })

  test('a curator whom it never confirmed here has to connect once', async () => {
    const { token } = await host.signUp('curator')
    away.database = true
    await expect(clientOf(token).imports.list()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('Connect once') as string,
    })
  })

  test('no token, and one that is none, are no sign-in', async () => {
    away = { database: true, project: true }
    for (const token of [null, 'something']) {
      await expect(clientOf(token).imports.list()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    }
  })

  test('a demotion that was seen meanwhile ends it', async () => {
    const curator = await host.signUp('curator')
    const client = clientOf(curator.token)
    await client.imports.list()
    await setRole(curator, 'user')
    await client.accounts.me()
    away.database = true
    await expect(client.imports.list()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  test('a ban that was seen meanwhile ends it', async () => {
    const { id, token } = await host.signUp('admin')
    const client = clientOf(token)
    await client.imports.list()
    await host.database.asOwner((tx) =>
      sql`update auth.users set banned_until = now() + interval '1 day' where id = ${id}`.execute(tx),
    )
    await expect(client.imports.list()).rejects.toMatchObject({ code: 'FORBIDDEN' })
    away.database = true
    await expect(client.imports.list()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  test('an account that was removed, as was seen, has nothing of it', async () => {
    const { id, token } = await host.signUp('curator')
    const client = clientOf(token)
    await client.imports.list()
    await host.users.remove(id)
    await expect(client.imports.list()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    away.database = true
    await expect(client.imports.list()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  test('what it confirmed says nothing where it answers', async () => {
    const curator = await host.signUp('curator')
    const client = clientOf(curator.token)
    await client.imports.list()
    await setRole(curator, 'user')
    await expect(client.imports.list()).rejects.toMatchObject({ code: 'FORBIDDEN' })
    // That alone was to see it.
    await setRole(curator, 'curator')
    expect(await client.imports.list()).toEqual([])
  })

  test('a sign-in that has ended goes on for seven days, only while Auth is away as well', async () => {
    const { token } = await host.signUp('curator')
    const client = clientOf(token)
    await client.imports.list()
    clock += 2 * hour
    await expect(client.imports.list()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    away.project = true
    await expect(client.imports.list()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    away = { database: true, project: false }
    await expect(client.imports.list()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    away.project = true
    expect(await client.imports.list()).toEqual([])
    clock += confirmedForMs
    await expect(client.imports.list()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  })

  test('the first call with a token that has ended finds out that the network is gone', async () => {
    const { token } = await host.signUp('curator')
    const client = clientOf(token)
    await client.imports.list()
    clock += 2 * hour
    // Neither has been met yet: the database is found away by whoever asks it next.
    away = { database: false, project: true, databaseWhenAsked: true }
    expect(await client.imports.list()).toEqual([])
    away = { database: false, project: false, databaseWhenAsked: true }
    await expect(client.imports.list()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  })

  test('a confirmation is forgotten after seven days', async () => {
    const { token } = await host.signUp('curator')
    const client = clientOf(token)
    await client.imports.list()
    away = { database: true, project: true }
    // The token would still do: it ends an hour later than it was confirmed.
    clock += confirmedForMs + 60_000
    await expect(client.imports.list()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })
})
