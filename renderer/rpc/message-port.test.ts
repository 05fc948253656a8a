import { createORPCClient } from '@orpc/client'
import { implement } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Client } from '../../core/api/contract'
import { overviewContract } from '../../core/overview/contract'
import { authorized } from './authorization'
import { messagePortLink } from './message-port'

/** The window as far as the transport knows it: somebody who receives messages. */
const page = new EventTarget()

/** A host at the other end of a real port: it says its name as `version`, and keeps the tokens that it was shown. */
function startHost(name: string) {
  const tokens: (string | undefined)[] = []
  const os = implement({ overview: overviewContract }).$context<object>()
  const hello = { mode: 'embedded' as const, supabase_url: '', publishable_key: '', needs_first_admin: false }
  const router = {
    overview: {
      hello: os.overview.hello.handler(() => ({ ...hello, version: name })),
      changes: os.overview.changes.handler(async function* () {
        yield ['faces']
        yield ['matches', 'profiles']
      }),
    },
  }
  const handler = new RPCHandler(router, {
    rootInterceptors: [
      (call) => {
        tokens.push(String(call.request.headers.authorization))
        return call.next()
      },
    ],
  })
  const { port1, port2 } = new MessageChannel()
  handler.upgrade(port1)
  port1.start()
  return { port: port2, tokens, stop: () => port1.close() }
}

/** What the preload does: hands over a port. */
function handOver(port: MessagePort, data = 'port', source: unknown = page): void {
  page.dispatchEvent(Object.assign(new Event('message'), { data, ports: [port], source }))
}

function createClient(token?: string): Client {
  const tokens = { getToken: () => Promise.resolve(token), renewed: () => Promise.resolve(false) }
  return createORPCClient(authorized(messagePortLink(), tokens))
}

beforeEach(() => void vi.stubGlobal('window', page))
afterEach(() => void vi.unstubAllGlobals())

describe('calls over the port', () => {
  it('wait for it, then go through with the token', async () => {
    const client = createClient('secret')
    const answer = client.overview.hello()
    const host = startHost('first')
    handOver(host.port)
    expect((await answer).version).toBe('first')
    expect(host.tokens).toEqual(['Bearer secret'])
    host.stop()
  })

  it('carry streams', async () => {
    const client = createClient()
    const host = startHost('first')
    handOver(host.port)
    const seen: string[][] = []
    for await (const tables of await client.overview.changes()) seen.push(tables)
    expect(seen).toEqual([['faces'], ['matches', 'profiles']])
    host.stop()
  })

  it('go to the next port after the host was restarted', async () => {
    const client = createClient()
    const first = startHost('first')
    handOver(first.port)
    await client.overview.hello()
    const isClosed = new Promise((resolve) => first.port.addEventListener('close', resolve))
    first.stop()
    await isClosed
    const answer = client.overview.hello()
    const second = startHost('second')
    handOver(second.port)
    expect((await answer).version).toBe('second')
    second.stop()
  })

  it('never use a port that somebody else sent', async () => {
    const client = createClient()
    const stranger = startHost('stranger')
    const host = startHost('host')
    handOver(stranger.port, 'port', new EventTarget())
    handOver(stranger.port, 'something else')
    handOver(host.port)
    expect((await client.overview.hello()).version).toBe('host')
    stranger.stop()
    host.stop()
  })
})
