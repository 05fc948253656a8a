import { randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSupabase } from '../../core/supabase/client'
import { postgresAvailable } from '../factories/database'
import { addFace, freshTopic, isSubscribed, listening, until } from './channels'
import { signUp, type Person } from './people'
import { openProject, type EmbeddedProject } from './project'
import { openRaw, type RawSocket } from './raw-socket'

const origin = 'https://console.example'
const hasServer = await postgresAvailable()

/** What only the embedded Realtime promises: who is let in, what tokens are worth, what ends. */
let project: EmbeddedProject
let ada: Person
beforeAll(async () => {
  project = await openProject('pglite', { origins: [origin] })
  ada = await signUp(project)
})
afterAll(() => project?.close())

const rows = { postgres_changes: [{ event: '*', schema: 'public', table: 'match_jobs' }] }
const topic = () => `realtime:${freshTopic()}`
const reasonOf = ({ payload }: { payload: { response?: { reason?: string } } }) =>
  payload.response?.reason ?? ''

/** A token of this project's own key, with other claims than Auth gives. */
async function tokenOf(person: Person, change: Record<string, unknown> = {}, seconds = 3600) {
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT({ role: 'authenticated', ...change })
    .setProtectedHeader({ alg: 'ES256', kid: project.keys.signingKey.kid })
    .setSubject(person.user.id)
    .setIssuer(`${project.url}/auth/v1`)
    .setAudience('authenticated')
    .setIssuedAt(now - 10)
    .setExpirationTime(now + seconds)
    .sign(await importJWK(project.keys.signingKey, 'ES256'))
}

describe('the handshake', () => {
  test.each([
    ['without a key', { key: '' }, '401'],
    ['with a wrong key', { key: 'sb_secret_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }, '401'],
    ['from a page of another origin', { headers: { origin: 'https://evil.example' } }, '403'],
    ['from a page that hides its origin', { headers: { origin: 'null' } }, '403'],
    ['under another host name', { headers: { host: 'evil.example' } }, '403'],
    ['in an unknown version', { vsn: '3.0.0' }, '403'],
    ['at another path', { path: '/realtime/v1/websocket/x' }, '404'],
    ['at a path that is none', { path: '//' }, '404'],
  ])('%s is refused', async (_, options, status) => {
    await expect(openRaw(project, options)).rejects.toThrow(status)
  })

  test('a key in the header and a known origin are let in', async () => {
    const headers = { apikey: project.publishableKey, origin }
    const url = `${project.url.replace('http', 'ws')}/realtime/v1/websocket?vsn=2.0.0`
    const raw = await openRaw({ ...project, url: url.replace(/\/realtime.*/, '') }, { headers })
    expect((await raw.join(topic())).payload.status).toBe('ok')
    raw.socket.close()
  })

  test('clients of protocol 1.0.0 are answered in objects', async () => {
    const raw = await openRaw(project, { vsn: '1.0.0' })
    const name = topic()
    expect((await raw.join(name, rows, ada.session.access_token)).payload.status).toBe('ok')
    await until(() => raw.frames.some(({ event }) => event === 'system'), 'the rows')
    const { jobId } = await addFace(project.query, ada)
    await until(() => raw.frames.some(({ event }) => event === 'postgres_changes'), 'the job')
    const change = raw.frames.find(({ event }) => event === 'postgres_changes')!
    expect(change).toMatchObject({ topic: name, payload: { data: { record: { id: jobId } } } })
    raw.socket.close()
  })
})

describe('tokens', () => {
  const refusedJoin = async (token: string) => {
    const raw = await openRaw(project)
    const answer = await raw.join(topic(), rows, token)
    raw.socket.close()
    expect(answer.payload.status).toBe('error')
    return reasonOf(answer)
  }

  test('of another project, unsigned, with a broken signature, run out: none lets in', async () => {
    const { privateKey } = await generateKeyPair('ES256')
    const claims = { sub: ada.user.id, role: 'authenticated', aud: 'authenticated' }
    const stranger = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: randomUUID() })
      .setIssuer(`${project.url}/auth/v1`)
      .setExpirationTime('1h')
      .sign(privateKey)
    expect(await refusedJoin(stranger)).toContain('Failed to validate JWT signature')
    const unsigned = new UnsecuredJWT(claims).setExpirationTime('1h').encode()
    expect(await refusedJoin(unsigned)).toContain('not a valid JWT')
    const [head, body] = ada.session.access_token.split('.')
    expect(await refusedJoin(`${head}.${body}.${'A'.repeat(86)}`)).toContain('signature')
    expect(await refusedJoin(await tokenOf(ada, {}, -5))).toMatch(/Token has expired \d+ seconds ago/)
    expect(await refusedJoin('sb_secret_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')).toContain('not a valid JWT')
    // The public key taken for a shared secret.
    const secret = Buffer.from(JSON.stringify(await exportJWK(await importJWK(project.keys.jwks.keys[0]))))
    const confused = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: project.keys.signingKey.kid })
      .setExpirationTime('1h')
      .sign(secret)
    expect(await refusedJoin(confused)).not.toBe('')
  })

  test('a session that has ended lets nobody in, and ends the channel at the next refresh', async () => {
    const eve = await signUp(project)
    const raw = await openRaw(project)
    const name = topic()
    expect((await raw.join(name, rows, eve.session.access_token)).payload.status).toBe('ok')
    await eve.supabase.auth.signOut()
    raw.send([null, '9', name, 'access_token', { access_token: eve.session.access_token }])
    await until(() => raw.frames.some(({ event }) => event === 'phx_close'), 'the end of the channel')
    expect(raw.frames.find(({ payload }) => payload.status === 'error')?.payload.message).toContain(
      'The session has ended',
    )
    expect(reasonOf(await raw.join(name, rows, eve.session.access_token))).toContain('The session has ended')
    raw.socket.close()
  })

  test('one that runs out ends the channel with a word', async () => {
    const raw = await openRaw(project)
    const name = topic()
    expect((await raw.join(name, rows, await tokenOf(ada, {}, 1))).payload.status).toBe('ok')
    await until(() => raw.frames.some(({ event }) => event === 'phx_close'), 'the end of the channel')
    const said = raw.frames.filter(({ event }) => event === 'system').at(-1)
    expect(said?.payload).toMatchObject({
      status: 'error',
      extension: 'system',
      message: expect.stringMatching(/Token has expired/) as string,
    })
    const before = raw.frames.length
    await addFace(project.query, ada)
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(raw.frames).toHaveLength(before)
    raw.socket.close()
  })

  test('one that is refreshed in time keeps the channel, and its claims count from then on', async () => {
    const bob = await signUp(project)
    const raw = await openRaw(project)
    const name = topic()
    await raw.join(name, rows, await tokenOf(ada, {}, 1))
    raw.send([null, '9', name, 'access_token', { access_token: await tokenOf(bob) }])
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(raw.frames.some(({ event }) => event === 'phx_close')).toBe(false)
    await addFace(project.query, ada)
    const { jobId } = await addFace(project.query, bob)
    await until(() => raw.frames.some(({ event }) => event === 'postgres_changes'), "bob's job")
    await new Promise((resolve) => setTimeout(resolve, 100))
    const told = raw.frames.filter(({ event }) => event === 'postgres_changes')
    expect(told.map(({ payload }) => (payload.data as { record: { id: string } }).record.id)).toEqual([jobId])
    raw.socket.close()
  })

  test('whoever signs out in supabase-js is a stranger from then on', async () => {
    const dan = await signUp(project)
    const heard = await listening(dan.supabase, { table: 'match_jobs' })
    await dan.supabase.auth.signOut()
    await dan.supabase.realtime.setAuth()
    await addFace(project.query, dan)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(heard.changes).toEqual([])
    expect(heard.states).toEqual(['SUBSCRIBED'])
    await dan.supabase.removeAllChannels()
  })

  test('a forged one in the middle ends the channel', async () => {
    const raw = await openRaw(project)
    const name = topic()
    await raw.join(name, rows, ada.session.access_token)
    raw.send([null, '9', name, 'access_token', { access_token: 'x.y.z' }])
    await until(() => raw.frames.some(({ event }) => event === 'phx_close'), 'the end of the channel')
    raw.socket.close()
  })
})

describe('last seen', () => {
  const lastSeen = async ({ user }: Person) => {
    const [profile] = await project.query<{ last_seen: Date | null }>(
      'select last_seen from public.profiles where id = $1',
      [user.id],
    )
    return profile.last_seen
  }
  const enter = async (person: Person): Promise<RawSocket> => {
    const raw = await openRaw(project)
    await raw.join('realtime:presence-global', {}, person.session.access_token)
    return raw
  }

  test('is written when the last tab of a person leaves presence-global', async () => {
    const bob = await signUp(project)
    const first = await enter(bob)
    const second = await enter(bob)
    first.socket.terminate()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(await lastSeen(bob)).toBeNull()
    second.socket.terminate()
    let seen: Date | null = null
    for (let i = 0; i < 100 && !seen; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      seen = await lastSeen(bob)
    }
    expect(Math.abs(Number(seen) - Date.now())).toBeLessThan(10_000)
  })

  test('is written for all who are there when the host ends', async () => {
    const carol = await signUp(project)
    const raw = await enter(carol)
    await project.restartRealtime()
    expect((await raw.closed).code).toBe(1001)
    expect(await lastSeen(carol)).not.toBeNull()
  })
})

describe('healing', () => {
  test('a host that ends says so at once, and clients come back by themselves', async () => {
    const heard = await listening(ada.supabase, { table: 'match_jobs' })
    const raw = await openRaw(project)
    const startedAt = performance.now()
    await project.restartRealtime()
    expect(performance.now() - startedAt).toBeLessThan(1500)
    expect(await raw.closed).toEqual({ code: 1001, reason: 'The host is closing' })
    await until(
      () => heard.states.filter((state) => state === 'SUBSCRIBED').length === 2,
      'the return',
      20_000,
    )
    const { jobId } = await addFace(project.query, ada)
    await until(() => heard.changes.some(({ new: row }) => (row as { id: string }).id === jobId), 'the job')
    await ada.supabase.removeAllChannels()
  })

  test('a table that is emptied at once is told as an interruption', async () => {
    const service = createSupabase({ url: project.url, key: project.secretKey })
    const heard = await listening(service, { table: 'messages' })
    await project.query('truncate public.messages')
    await until(() => heard.states.includes('CHANNEL_ERROR'), 'the interruption')
    expect(heard.systems.at(-1)).toMatchObject({ status: 'error', message: 'The table messages was emptied' })
    await until(
      () => heard.states.filter((state) => state === 'SUBSCRIBED').length === 2,
      'the return',
      20_000,
    )
    await service.removeAllChannels()
  })

  test.skipIf(!hasServer)(
    'a database that was away is told as an interruption, and is heard again',
    async () => {
      const failures: unknown[] = []
      const onServer = await openProject('postgres', {
        realtime: { onError: (error) => failures.push(error) },
      })
      const bob = await signUp(onServer)
      const heard = await listening(bob.supabase, { table: 'match_jobs' })
      // Not the one that asks: what listens, and whatever else is open.
      await onServer.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
      )
      await until(() => heard.states.includes('CHANNEL_ERROR'), 'the interruption')
      expect(heard.systems.at(-1)?.message).toMatch(/The connection to the database was lost/)
      await until(
        () => heard.states.filter((state) => state === 'SUBSCRIBED').length === 2,
        'the return',
        20_000,
      )
      await until(() => isSubscribed(heard), 'the rows')
      const { jobId } = await addFace(onServer.query, bob)
      await until(() => heard.changes.some(({ new: row }) => (row as { id: string }).id === jobId), 'the job')
      await bob.supabase.removeAllChannels()
      await onServer.close()
    },
  )
})
