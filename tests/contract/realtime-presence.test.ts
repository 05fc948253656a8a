import type { RealtimeChannel, SupabaseClient } from '@supabase/supabase-js'
import WebSocket from 'ws'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createSupabase } from '../../core/supabase/client'
import { freshTopic, joined, until } from './channels'
import { openTestProject, testProjects, type Project } from './project'

const projects = await testProjects()

/**
 * What Semblance needs of Supabase Realtime besides row changes: presence, broadcast, the socket itself. Nothing here
 * knows who answers.
 */
describe.each(projects.slice(0, 1))('channels, on %s', (which) => {
  let project: Project
  let clients: SupabaseClient[] = []
  beforeAll(async () => {
    project = await openTestProject(which)
  })
  afterEach(async () => {
    for (const client of clients) await client.removeAllChannels()
    clients = []
  })
  afterAll(() => project?.close())

  function client(): SupabaseClient {
    const made = createSupabase({ url: project.url, key: project.publishableKey })
    clients.push(made)
    return made
  }

  describe('presence', () => {
    /** A tab of somebody, and what it is told. */
    async function openTab(topic: string, key: string) {
      const told: string[] = []
      const supabase = client()
      const channel = supabase.channel(topic, { config: { presence: { key } } })
      channel.on('presence', { event: 'join' }, ({ key: who }) => told.push(`+${who}`))
      channel.on('presence', { event: 'leave' }, ({ key: who }) => told.push(`-${who}`))
      await joined(channel)
      return { channel, supabase, told, keys: () => Object.keys(channel.presenceState()).sort() }
    }

    test('who comes, changes and goes is seen by who is there', async () => {
      const topic = freshTopic()
      const ada = await openTab(topic, 'ada')
      expect(await ada.channel.track({ mood: 'curious' })).toBe('ok')
      const bob = await openTab(topic, 'bob')
      await until(() => bob.keys().includes('ada'), 'the state at the join')
      expect(bob.channel.presenceState()['ada']).toMatchObject([{ mood: 'curious' }])
      expect(await bob.channel.track({})).toBe('ok')
      await until(() => ada.keys().length === 2, 'the newcomer')
      await ada.channel.track({ mood: 'content' })
      await until(
        () => (bob.channel.presenceState<{ mood: string }>()['ada']?.[0]?.mood ?? '') === 'content',
        'the change',
      )
      expect(bob.channel.presenceState()['ada']).toHaveLength(1)
      expect(await bob.channel.untrack()).toBe('ok')
      await until(() => ada.told.includes('-bob'), 'the leave')
      expect(ada.keys()).toEqual(['ada'])
    })

    test('somebody with two tabs is there until both are closed', async () => {
      const topic = freshTopic()
      const watcher = await openTab(topic, 'watcher')
      const first = await openTab(topic, 'ada')
      const second = await openTab(topic, 'ada')
      await first.channel.track({ tab: 1 })
      await second.channel.track({ tab: 2 })
      const tabs = () => (watcher.channel.presenceState<{ tab: number }>()['ada'] ?? []).map(({ tab }) => tab)
      await until(() => tabs().length === 2, 'both tabs')
      expect(tabs().sort()).toEqual([1, 2])
      await first.supabase.removeAllChannels()
      await until(() => tabs().length === 1, 'the first tab to close')
      expect(tabs()).toEqual([2])
      // As when a laptop is shut.
      const { conn } = (
        second.supabase.realtime as unknown as { socketAdapter: { getSocket(): { conn: WebSocket } } }
      ).socketAdapter.getSocket()
      conn.terminate()
      await second.supabase.realtime.disconnect()
      await until(() => tabs().length === 0, 'the second tab to close', 20_000)
    })

    test('without a key of its own each client has another', async () => {
      const topic = freshTopic()
      const channels: RealtimeChannel[] = []
      for (let i = 0; i < 2; i += 1) {
        const channel = client().channel(topic, { config: { presence: { enabled: true } } })
        await joined(channel)
        await channel.track({ i })
        channels.push(channel)
      }
      await until(() => Object.keys(channels[0].presenceState()).length === 2, 'both')
      for (const key of Object.keys(channels[0].presenceState())) expect(key).toMatch(/^[0-9a-f-]{36}$/)
    })

    test('other topics are other rooms', async () => {
      const here = await openTab(freshTopic(), 'ada')
      const there = await openTab(freshTopic(), 'bob')
      await there.channel.track({})
      await until(() => there.keys().length === 1, 'the own presence')
      expect(here.keys()).toEqual([])
    })
  })

  describe('broadcast', () => {
    async function openSpeaker(topic: string, config: { self?: boolean; ack?: boolean } = {}) {
      const heard: unknown[] = []
      const channel = client().channel(topic, { config: { broadcast: config } })
      channel.on('broadcast', { event: 'said' }, ({ payload }) => heard.push(payload))
      await joined(channel)
      return { channel, heard }
    }
    const said = (payload: object) => ({ type: 'broadcast' as const, event: 'said', payload })

    test('reaches the others, and the speaker where it asks for it', async () => {
      const topic = freshTopic()
      const quiet = await openSpeaker(topic)
      const loud = await openSpeaker(topic, { self: true })
      await quiet.channel.send(said({ from: 'quiet', text: 'grüße 🙂' }))
      await loud.channel.send(said({ from: 'loud' }))
      await until(() => loud.heard.length === 2 && quiet.heard.length === 1, 'the broadcasts')
      expect(loud.heard).toEqual([{ from: 'quiet', text: 'grüße 🙂' }, { from: 'loud' }])
      expect(quiet.heard).toEqual([{ from: 'loud' }])
    })

    test('is acknowledged where that is asked for', async () => {
      const { channel } = await openSpeaker(freshTopic(), { ack: true })
      expect(await channel.send(said({}))).toBe('ok')
    })

    test('carries bytes', async () => {
      const topic = freshTopic()
      const speaker = await openSpeaker(topic)
      const listener = await openSpeaker(topic)
      await speaker.channel.send(said(new Uint8Array([0, 1, 254, 255]).buffer))
      await until(() => listener.heard.length === 1, 'the bytes')
      expect([...new Uint8Array(listener.heard[0] as ArrayBuffer)]).toEqual([0, 1, 254, 255])
    })
  })

  test('a private channel that no policy opens is refused', async () => {
    const channel = client().channel(freshTopic(), { config: { private: true } })
    await expect(joined(channel)).rejects.toThrow(
      /You do not have permissions to read from this Channel topic/,
    )
  })

  test('heartbeats are answered', async () => {
    const supabase = client()
    await joined(supabase.channel(freshTopic()))
    const answered = new Promise((resolve) =>
      supabase.realtime.onHeartbeat((status) => status !== 'sent' && resolve(status)),
    )
    await supabase.realtime.sendHeartbeat()
    expect(await answered).toBe('ok')
  })

  test.each(['sb_publishable_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', ''])(
    'the key "%s" opens no socket',
    async (key) => {
      const url = `${project.url.replace(/^http/, 'ws')}/realtime/v1/websocket?apikey=${key}&vsn=2.0.0`
      const socket = new WebSocket(url)
      const status = await new Promise<number | undefined>((resolve, reject) => {
        socket.on('unexpected-response', (_, { statusCode }) => resolve(statusCode))
        socket.on('open', () => reject(new Error('It is open.')))
      })
      expect([401, 403]).toContain(status)
    },
  )
})
