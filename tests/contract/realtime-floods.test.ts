import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSupabase } from '../../core/supabase/client'
import { testEngines } from '../factories/database'
import { addFace, freshTopic, listening, until } from './channels'
import { signUp, type Person } from './people'
import { openProject, type EmbeddedProject } from './project'
import { openRaw } from './raw-socket'

const engines = await testEngines()

/** More changes than anybody could be told of, and clients that do not listen. */
describe.each(engines)('floods, on %s', (engine) => {
  let project: EmbeddedProject
  let ada: Person
  beforeAll(async () => {
    project = await openProject(engine)
    ada = await signUp(project)
  })
  afterAll(() => project?.close())
  test('ten thousand changes at once are told as an interruption, and the host stays awake', async () => {
    const { faceId } = await addFace(project.query, ada)
    await project.query(
      `insert into public.match_jobs (face_id, user_id)
       select $1::uuid, $2::uuid from generate_series(1, 10000)`,
      [faceId, ada.user.id],
    )
    const service = createSupabase({ url: project.url, key: project.secretKey })
    const heard = await listening(service, { table: 'match_jobs' })
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    await project.query('update public.match_jobs set attempts = 1')
    await until(() => heard.states.includes('CHANNEL_ERROR'), 'the interruption')
    delay.disable()
    expect(heard.systems.at(-1)?.message).toMatch(/Too many changes of match_jobs/)
    expect(delay.max / 1e6).toBeLessThan(500)
    // And then goes on as if nothing had been.
    await until(
      () => heard.states.filter((state) => state === 'SUBSCRIBED').length === 2,
      'the return',
      20_000,
    )
    heard.changes.length = 0
    const { jobId } = await addFace(project.query, ada)
    await until(() => heard.changes.some(({ new: row }) => (row as { id: string }).id === jobId), 'a job')
    await service.removeAllChannels()
  })

  test('a thousand changes at once all arrive', async () => {
    const bob = await signUp(project)
    const { faceId } = await addFace(project.query, bob)
    const heard = await listening(bob.supabase, { table: 'match_jobs', event: 'INSERT' } as never)
    await project.query(
      `insert into public.match_jobs (face_id, user_id)
       select $1::uuid, $2::uuid from generate_series(1, 1000)`,
      [faceId, bob.user.id],
    )
    await until(() => heard.changes.length >= 1000, 'all of them')
    const ids = heard.changes.map(({ new: row }) => (row as { id: string }).id)
    expect(new Set(ids).size).toBe(1000)
    await bob.supabase.removeAllChannels()
  })

  test('a client that does not read is cut off', async () => {
    const slow = await openProject(engine, {
      database: project.database,
      realtime: { limits: { bufferedBytes: 64 * 1024, frames: { burst: 1e6, perSecond: 1e6 } } },
    })
    const name = `realtime:${freshTopic()}`
    const deaf = await openRaw(slow)
    await deaf.join(name)
    const { _socket: stream } = deaf.socket as unknown as { _socket: { pause(): void; resume(): void } }
    stream.pause()
    const speaker = await openRaw(slow)
    await speaker.join(name, { broadcast: { ack: true } })
    const payload = 'x'.repeat(100_000)
    for (let i = 0; i < 200; i += 1) {
      speaker.send(['j1', `b${i}`, name, 'broadcast', { type: 'broadcast', event: 'x', payload }])
    }
    await until(() => speaker.frames.some(({ ref }) => ref === 'b199'), 'all that was said')
    stream.resume()
    expect((await deaf.closed).code).toBe(1006)
    speaker.socket.close()
    await slow.close()
  })
})

describe('measures', () => {
  test('connections, presences and silence have theirs', async () => {
    const limits = { sockets: 2, presencesPerTopic: 1, idleMs: 600 }
    const project = await openProject('pglite', { realtime: { limits } })
    const name = `realtime:${freshTopic()}`
    const first = await openRaw(project)
    const second = await openRaw(project)
    await expect(openRaw(project)).rejects.toThrow('503')
    for (const [index, raw] of [first, second].entries()) {
      await raw.join(name, { presence: { key: `${index}` } })
      raw.send(['j1', 'track', name, 'presence', { type: 'presence', event: 'track', payload: {} }])
      await until(() => raw.frames.some(({ ref }) => ref === 'track'), 'the answer')
    }
    const answerOf = ({ frames }: typeof first) => frames.find(({ ref }) => ref === 'track')?.payload.status
    expect([answerOf(first), answerOf(second)]).toEqual(['ok', 'error'])
    const beating = setInterval(() => second.send([null, 'h', 'phoenix', 'heartbeat', {}]), 100)
    await first.closed
    expect(second.socket.readyState).toBe(second.socket.OPEN)
    clearInterval(beating)
    await second.closed
    await project.close()
  })
})
