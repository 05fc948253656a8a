import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addFace, freshTopic, listening, until } from './channels'
import { signUp, type Person } from './people'
import { openProject, type EmbeddedProject } from './project'
import { openRaw } from './raw-socket'

/** Clients that mean harm or are broken: each is answered or cut off, and everybody else is served on. */
let project: EmbeddedProject
let ada: Person
const failures: unknown[] = []
beforeAll(async () => {
  const onError = (error: unknown) => failures.push(error)
  project = await openProject('pglite', { realtime: { onError } })
  ada = await signUp(project)
})
beforeEach(() => {
  failures.length = 0
})
afterAll(() => project?.close())

const topic = () => `realtime:${freshTopic()}`
const reasonOf = ({ payload }: { payload: { response?: { reason?: string } } }) => payload.response?.reason
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

/** The service does not count any of this as its own fault, and another client gets on as ever. */
async function expectServing() {
  const raw = await openRaw(project)
  expect((await raw.join(topic())).payload.status).toBe('ok')
  raw.socket.close()
  expect(failures).toEqual([])
}

describe('frames', () => {
  test('of a megabyte end the connection', async () => {
    const raw = await openRaw(project)
    raw.send(['1', '1', topic(), 'phx_join', { config: {}, more: 'x'.repeat(1024 * 1024) }])
    expect((await raw.closed).code).toBe(1009)
    await expectServing()
  })

  test.each([
    ['no JSON', 'hello'],
    ['nothing', ''],
    ['a number', '1'],
    ['null', 'null'],
    ['an object, where an array belongs', '{}'],
    ['too short an array', '["1","2"]'],
    ['a topic that is no text', '["1","2",{},"phx_join",{}]'],
    ['refs that are objects', '[{},{},"realtime:x","phx_join",{}]'],
    ['an endless ref', JSON.stringify([null, 'r'.repeat(5000), 'realtime:x', 'phx_join', {}])],
    ['half of a surrogate pair and a NUL', '["1","2","\\ud800\\u0000",'],
    ['very deep JSON in the place of a frame', nested(100_000)],
  ])('with %s end the connection with a reason', async (_, text) => {
    const raw = await openRaw(project)
    raw.send(text)
    const { code, reason } = await raw.closed
    expect(code).toBe(1007)
    expect(reason).not.toBe('')
    await expectServing()
  })

  test.each([
    ['an unknown kind', Buffer.from([9, 0, 0, 0, 0, 0, 0])],
    ['a header that lies about its length', Buffer.from([3, 255, 255, 255, 255, 255, 1, 1, 2])],
    ['nothing at all', Buffer.alloc(0)],
    ['text that is no JSON', Buffer.concat([Buffer.from([3, 0, 0, 1, 1, 0, 1]), Buffer.from('te{')])],
  ])('of bytes with %s end the connection', async (_, bytes) => {
    const raw = await openRaw(project)
    raw.socket.send(bytes)
    expect((await raw.closed).code).toBe(1007)
    await expectServing()
  })

  test('for topics that were never joined are answered', async () => {
    const raw = await openRaw(project)
    raw.send([null, '5', topic(), 'broadcast', { type: 'broadcast', event: 'x', payload: {} }])
    await until(() => raw.frames.length > 0, 'the answer')
    expect(reasonOf(raw.frames[0])).toBe('unmatched topic')
    raw.socket.close()
  })

  test('that never end are cut off', async () => {
    const raw = await openRaw(project)
    const heartbeat = JSON.stringify([null, '1', 'phoenix', 'heartbeat', {}])
    for (let i = 0; i < 20_000; i += 1) raw.socket.send(heartbeat)
    expect(await raw.closed).toEqual({ code: 1008, reason: 'Too many messages per second' })
    await expectServing()
  })
})

describe('joins', () => {
  test('ten thousand of them are refused before anything is asked of the database', async () => {
    const raw = await openRaw(project)
    const wanted = { postgres_changes: [{ event: '*', schema: 'public', table: 'match_jobs' }] }
    const startedAt = performance.now()
    for (let i = 0; i < 10_000; i += 1) {
      raw.send([`${i}`, `${i}`, `realtime:t${i}`, 'phx_join', { config: wanted }])
    }
    expect((await raw.closed).code).toBe(1008)
    expect(performance.now() - startedAt).toBeLessThan(10_000)
    await expectServing()
  })

  test('beyond a hundred channels or too fast are refused, the others stay', async () => {
    const raw = await openRaw(project)
    for (let i = 0; i < 100; i += 1) expect((await raw.join(topic())).payload.status).toBe('ok')
    expect(reasonOf(await raw.join(topic()))).toBe('ChannelRateLimitReached: Too many channels')
    const answers = await Promise.all(Array.from({ length: 300 }, () => raw.join(topic())))
    expect(answers.map(reasonOf)).toContain('ClientJoinRateLimitReached: Too many joins per second')
    expect(raw.socket.readyState).toBe(raw.socket.OPEN)
    raw.socket.close()
    await expectServing()
  })

  test.each([
    ['elsewhere', 'unmatched topic'],
    ['phoenix:x', 'unmatched topic'],
    ['realtime:', 'TopicNameRequired: You must provide a topic name'],
    ['realtime:a\u0000b', 'InvalidTopic: The name has control characters'],
    ['realtime:a\r\nSet-Cookie: x', 'InvalidTopic: The name has control characters'],
    ['realtime:\u001b[2J', 'InvalidTopic: The name has control characters'],
    [`realtime:${'é'.repeat(200)}`, 'InvalidTopic: The name is too long'],
  ])('of the topic %j are refused', async (name, reason) => {
    const raw = await openRaw(project)
    expect(reasonOf(await raw.join(name))).toBe(reason)
    raw.socket.close()
  })

  test.each([
    [{ postgres_changes: 'all' }],
    [{ postgres_changes: [null] }],
    [{ presence: { key: {} } }],
    [{ postgres_changes: Array.from({ length: 101 }, () => ({ event: '*', schema: 'public' })) }],
  ])('with a config like %j are refused', async (config) => {
    const raw = await openRaw(project)
    expect(reasonOf(await raw.join(topic(), config))).toMatch(/^InvalidJoinPayload/)
    raw.socket.close()
    await expectServing()
  })

  test('a second join of a topic takes the place of the first', async () => {
    const raw = await openRaw(project)
    const name = topic()
    await raw.join(name)
    expect((await raw.join(name)).payload.status).toBe('ok')
    expect(raw.frames.map(({ event, joinRef }) => [event, joinRef])).toContainEqual(['phx_close', 'j1'])
    raw.socket.close()
  })
})

describe('filters', () => {
  const refusal = async (filter: string, more: object = {}) => {
    const raw = await openRaw(project)
    const wanted = { event: '*', schema: 'public', table: 'match_jobs', filter, ...more }
    const answer = await raw.join(topic(), { postgres_changes: [wanted] }, ada.session.access_token)
    expect(answer.payload.status).toBe('ok')
    await until(() => raw.frames.some(({ event }) => event === 'system'), 'the word on the rows')
    raw.socket.close()
    return raw.frames.find(({ event }) => event === 'system')!.payload
  }

  test.each([
    'id=in.(1,2);drop',
    'id=in.(1,2);drop table public.match_jobs;--',
    `id=eq.x'; drop table public.match_jobs; --`,
    `id"=eq.1`,
    `"id"=eq.1`,
    `id::text=eq.1`,
    `pg_sleep(10)=eq.1`,
    'constructor=eq.1',
    '__proto__=eq.1',
    'undefined',
    '=eq.1',
    'id=in.()',
    'id=in.(',
    `status=in.(${Array.from({ length: 101 }, (_, i) => i).join(',')})`,
    `status=eq.${'x'.repeat(5000)}`,
    'attempts=eq.1\u0000',
  ])('like %j are refused in words', async (filter) => {
    const { status, message } = await refusal(filter)
    expect(status).toBe('error')
    expect(message).toMatch(/filter|parameters/)
    await expectServing()
  })

  test.each([
    { table: 'match_jobs"; drop table public.match_jobs; --' },
    { table: '__proto__' },
    { schema: `public'; --` },
    { schema: 'pg_catalog', table: 'pg_authid' },
  ])('on %j are refused in words', async (where) => {
    expect((await refusal('id=eq.1', where)).message).toContain('Unable to subscribe')
    await expectServing()
  })

  test('whose value looks like SQL compare with just that', async () => {
    const evil = `x' or 'a'='a`
    const heard = await listening(
      ada.supabase,
      { table: 'match_jobs', event: 'UPDATE', filter: `error_message=eq.${evil}` } as never,
      { table: 'match_jobs', event: 'UPDATE', filter: `error_message=in.("a,b","${evil}")` } as never,
    )
    const { jobId } = await addFace(project.query, ada)
    for (const message of ['harmless', null, evil, 'a,b']) {
      await project.query('update public.match_jobs set error_message = $2 where id = $1', [jobId, message])
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
    await until(() => heard.changes.length >= 3, 'what the filters let through')
    const told = heard.changes.map(({ new: row }) => (row as { error_message: string }).error_message)
    expect(told).toEqual([evil, evil, 'a,b'])
    await ada.supabase.removeAllChannels()
  })
})

describe('presence and broadcast', () => {
  const track = (payload: unknown) => ({ type: 'presence', event: 'track', payload })

  test('states that are none, too large or too deep are refused', async () => {
    const raw = await openRaw(project)
    const name = topic()
    await raw.join(name, { presence: { key: 'k', enabled: true } })
    const states = [JSON.stringify([1]), '"x"', `{"a":${nested(2000)}}`, `{"a":"${'x'.repeat(9000)}"}`]
    for (const [index, state] of states.entries()) {
      raw.send(
        `["j1","p${index}","${name}","presence",{"type":"presence","event":"track","payload":${state}}]`,
      )
      await until(() => raw.frames.some(({ ref }) => ref === `p${index}`), 'the answer')
      expect(raw.frames.find(({ ref }) => ref === `p${index}`)?.payload.status).toBe('error')
    }
    raw.send(['j1', 'good', name, 'presence', track({ ok: true })])
    await until(() => raw.frames.some(({ event }) => event === 'presence_diff'), 'the good one')
    raw.socket.close()
    await expectServing()
  })

  test('keys may be called anything', async () => {
    const name = topic()
    const watcher = await openRaw(project)
    await watcher.join(name, { presence: { key: 'watcher', enabled: true } })
    for (const key of ['__proto__', 'constructor', 'a"b', '\u0000']) {
      const raw = await openRaw(project)
      await raw.join(name, { presence: { key } })
      raw.send(['j1', '2', name, 'presence', track(JSON.parse('{"__proto__":{"polluted":1}}'))])
      await until(
        () => JSON.stringify(watcher.frames.at(-1)?.payload).includes(JSON.stringify(key)),
        `the key ${key}`,
      )
      raw.socket.close()
    }
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
    watcher.socket.close()
    await expectServing()
  })

  test('a payload that is nested deeper than can be written is refused', async () => {
    const raw = await openRaw(project)
    const name = topic()
    await raw.join(name, { broadcast: { self: true } })
    raw.send(`["j1","2","${name}","broadcast",{"type":"broadcast","event":"x","payload":${nested(100_000)}}]`)
    await until(() => raw.frames.some(({ ref }) => ref === '2'), 'the answer')
    expect(reasonOf(raw.frames.find(({ ref }) => ref === '2')!)).toContain('too deep')
    raw.socket.close()
    await expectServing()
  })
})
