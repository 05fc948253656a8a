import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** A way to a server that can be cut, stalled and closed, as networks do. */
export interface Proxy {
  /** The same URL through the proxy. */
  urlThrough: (url: string) => string
  /** Connections made since the start. */
  count: () => number
  /** Ends what is connected. New connections go through. */
  cut: () => void
  /** Nothing passes any more, in either direction; nobody is told. New connections are taken and stall as well. */
  stall: () => void
  /** Ends what is connected and refuses new connections. */
  refuse: () => Promise<void>
  /** Everything passes again, but what was connected while nothing passed stays dead. */
  heal: () => Promise<void>
  close: () => Promise<void>
}

/** @param target host and port of a PostgreSQL URL */
export async function startProxy(target: string): Promise<Proxy> {
  const { hostname, port: targetPort } = new URL(target)
  const sockets = new Set<Socket>()
  let stalled = false
  let count = 0
  let server: Server | null = null
  let port = 0

  function accept(client: Socket): void {
    count += 1
    const upstream = stalled ? null : connect(Number(targetPort || 5432), hostname)
    for (const socket of [client, upstream]) {
      if (!socket) continue
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        if (!stalled) (socket === client ? upstream : client)?.destroy()
      })
    }
    if (!upstream) return
    client.pipe(upstream)
    upstream.pipe(client)
  }

  const listen = () =>
    new Promise<void>((resolve) => {
      server = createServer({ pauseOnConnect: false }, accept).listen(port, '127.0.0.1', () => {
        port = (server?.address() as AddressInfo).port
        resolve()
      })
    })
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  const refuse = async () => {
    const closed = new Promise((resolve) => (server ? server.close(resolve) : resolve(null)))
    server = null
    cut()
    await closed
  }

  await listen()
  return {
    urlThrough(text) {
      const url = new URL(text)
      url.hostname = '127.0.0.1'
      url.port = String(port)
      return url.href
    },
    count: () => count,
    cut,
    stall() {
      stalled = true
      for (const socket of sockets) socket.unpipe().pause()
    },
    refuse,
    async heal() {
      stalled = false
      if (!server) await listen()
    },
    close: refuse,
  }
}
