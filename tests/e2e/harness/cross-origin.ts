import { once } from 'node:events'
import { createServer, request, type OutgoingHttpHeaders } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

/** What a hosted Supabase lets pages of other origins do; the embedded services let none. */
const crossOrigin: OutgoingHttpHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS',
  'access-control-expose-headers': 'X-Total-Count, Link, X-Supabase-Api-Version',
}

export interface CrossOriginProxy {
  /** Makes a browser reach `target` through the proxy, while pages go on to use its own address. */
  browserArguments: string[]
  /** What has passed, like `POST /auth/v1/token`; without what browsers ask beforehand. */
  passed: string[]
  close: () => Promise<void>
}

/**
 * Stands before embedded services as the gateway does before those of a hosted project. The browser alone goes through
 * it: tokens name the address of their project, which therefore stays what it is.
 * @param target like `http://127.0.0.1:47100`
 */
export async function startCrossOriginProxy(target: string): Promise<CrossOriginProxy> {
  const { hostname, port, host } = new URL(target)
  const passed: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((asked, answer) => {
    if (asked.method === 'OPTIONS') {
      const wanted = asked.headers['access-control-request-headers']
      answer.writeHead(204, { ...crossOrigin, 'access-control-allow-headers': wanted }).end()
      return
    }
    const { method, headers, url: path = '' } = asked
    passed.push(`${method} ${path.split('?')[0]}`)
    const forwarded = request({ hostname, port, method, path, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, { ...answered.headers, ...crossOrigin })
      answered.pipe(answer)
    })
    forwarded.on('error', () => answer.destroy())
    asked.pipe(forwarded)
  })
  server.on('upgrade', (asked, socket: Socket, head) => {
    passed.push(`UPGRADE ${asked.url?.split('?')[0]}`)
    // The embedded Realtime lets in what is no browser, and names no origin.
    const lines = Object.entries(asked.headers).flatMap(([name, value]) =>
      name === 'origin' ? [] : [`${name}: ${String(value)}`],
    )
    const forwarded = connect(Number(port), hostname)
    forwarded.write(`GET ${asked.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
    forwarded.write(head)
    forwarded.pipe(socket).pipe(forwarded)
    for (const one of [socket, forwarded]) {
      sockets.add(one)
      one.on('error', () => undefined).on('close', () => (one === socket ? forwarded : socket).destroy())
    }
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const own = (server.address() as AddressInfo).port
  return {
    browserArguments: [`--host-resolver-rules=MAP ${host} 127.0.0.1:${own}`],
    passed,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}
