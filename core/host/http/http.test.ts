import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { Hono } from 'hono'
import WebSocket from 'ws'
import { createApp, listen } from './http'

// Real: the routes. No call is answered here.
const app = createApp({
  url: 'http://127.0.0.1:47100',
  supabaseUrl: 'http://127.0.0.1:47100',
  rpc: { handleRequest: () => Promise.resolve(null), handlePort: () => undefined },
  services: {},
  pages: tmpdir(),
})
const ask = (path: string, host: string, method = 'GET') =>
  app.request(`http://${host}${path}`, { method, headers: { host } })

test('answers under its own address alone', async () => {
  expect((await ask('/health', '127.0.0.1:47100')).status).toBe(200)
  for (const host of ['evil.example:47100', '127.0.0.1', '127.0.0.1:80', 'localhost:80']) {
    expect((await ask('/health', host)).status, host).toBe(421)
  }
})

test('leads from localhost to the address that calls are taken from', async () => {
  const answer = await ask('/console/matches?sort=newest', 'localhost:47100')
  expect(answer.status).toBe(302)
  expect(answer.headers.get('location')).toBe('http://127.0.0.1:47100/console/matches?sort=newest')
  expect((await ask('/rpc/overview/hello', 'localhost:47100', 'POST')).status).toBe(421)
})

test('refuses calls from pages of other origins', async () => {
  const call = (origin: string) =>
    app.request('http://127.0.0.1:47100/rpc/overview/hello', {
      method: 'POST',
      headers: { host: '127.0.0.1:47100', origin },
    })
  expect((await call('http://evil.example')).status).toBe(403)
  expect((await call('http://localhost:47100')).status).toBe(403)
})

test('pages may reach the project of the host, and nobody else', async () => {
  const policyFor = async (supabaseUrl: string) => {
    const parts = { rpc: { handleRequest: () => Promise.resolve(null), handlePort: () => undefined } }
    const url = 'http://127.0.0.1:47100'
    const other = createApp({ ...parts, url, supabaseUrl, services: {}, pages: tmpdir() })
    const answer = await other.request(`${url}/console/`, { headers: { host: '127.0.0.1:47100' } })
    const policy = answer.headers.get('content-security-policy') ?? ''
    return Object.fromEntries(
      policy.split('; ').map((part) => [part.split(' ')[0], part.split(' ').slice(1).join(' ')]),
    )
  }
  expect(await policyFor('https://school.supabase.co')).toMatchObject({
    'default-src': "'self'",
    'connect-src': "'self' https://school.supabase.co wss://school.supabase.co",
    'img-src': "'self' data: blob: https://school.supabase.co",
  })
  expect(await policyFor('http://127.0.0.1:47100')).toMatchObject({
    'connect-src': "'self' ws://127.0.0.1:47100",
    'img-src': "'self' data: blob:",
  })
})

test('refuses WebSockets until something answers them, and closes in spite of them', async () => {
  const server = await listen(0)
  const shake = () =>
    new Promise<number | undefined>((resolve) => {
      const socket = new WebSocket(server.url.replace('http', 'ws'))
      socket.on('unexpected-response', (_, { statusCode }) => resolve(statusCode))
    })
  expect(await shake()).toBe(503)
  server.mount(new Hono())
  expect(await shake()).toBe(404)
  server.mount(new Hono(), (_, socket) => socket.end('HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n'))
  expect(await shake()).toBe(418)
  await server.close()
})
