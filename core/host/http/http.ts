import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { type HttpBindings, serve } from '@hono/node-server'
import { Hono, type Context as HonoContext } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { SemblanceError } from '../../model/errors'
import { readPage } from './pages'
import type { Rpc } from './rpc'

/** A listening server of this machine alone. */
export interface HttpServer {
  url: string
  close(): Promise<void>
}

type Bindings = { Bindings: HttpBindings }

/** Takes over a connection that asks for another protocol: it answers the handshake, or refuses it and ends the socket. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** An open port on which the application is hung once it is made. */
export interface MountableServer extends HttpServer {
  /** @param upgrade answers WebSocket handshakes; without it they are refused. */
  mount(app: Hono<Bindings>, upgrade?: UpgradeHandler): void
}

/**
 * Opens the port before anything hangs on it, so that the services know their own URL.
 * @throws SemblanceError UNAVAILABLE where the port is taken.
 */
export async function listen(port: number): Promise<MountableServer> {
  let upgrade = refuseUpgrade('503 Service Unavailable', 'Semblance is starting.')
  let app = new Hono<Bindings>().all('*', (c) =>
    c.text('Semblance is starting.', 503, { 'retry-after': '1' }),
  )
  const server = await new Promise<ReturnType<typeof serve>>((resolve, reject) => {
    const opened = serve(
      { fetch: (request, env) => app.fetch(request, env), hostname: '127.0.0.1', port },
      () => resolve(opened),
    )
    opened.once('error', (error: NodeJS.ErrnoException) => reject(portError(error, port)))
    // A kept connection that the server closes after Node's 5 s may be the one that a client's next call goes out on.
    if ('keepAliveTimeout' in opened) opened.keepAliveTimeout = 65_000
    opened.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      upgrade(request, socket, head),
    )
  })
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('The server has no address.')
  return {
    url: `http://127.0.0.1:${address.port}`,
    mount(next, nextUpgrade = refuseUpgrade('404 Not Found', 'No WebSocket here.')) {
      app = next
      upgrade = nextUpgrade
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        // Event streams stay open for as long as their clients do.
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  }
}

function refuseUpgrade(status: string, message: string): UpgradeHandler {
  return (_, socket) => {
    // Whoever asks may be gone already.
    socket.on('error', () => undefined)
    socket.end(
      `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: ${message.length}\r\n\r\n${message}`,
      // Whoever keeps its half open would keep the port from closing.
      () => socket.destroy(),
    )
  }
}

interface AppParts {
  url: string
  /** The one other address that pages may talk to and show photos from; the same as `url` in embedded mode. */
  supabaseUrl: string
  rpc: Rpc
  /** Embedded Auth and Storage, by the path they live under. */
  services: Record<string, Hono>
  /** Built pages: `console/` and `site/`. */
  pages: string
}

/** The whole of what the port answers: services, calls, pages. */
export function createApp({ url, supabaseUrl, rpc, services, pages }: AppParts): Hono<Bindings> {
  const app = new Hono<Bindings>()
  app.use(onlyThisHost(url))
  app.get('/health', (c) => c.json({ ok: true }))
  for (const [path, service] of Object.entries(services)) app.route(path, service)
  app.all('/rpc/*', async (c) => {
    const origin = c.req.header('origin')
    if (origin && origin !== new URL(url).origin) return c.text('This origin may not call.', 403)
    const local = isLoopback(c.env.incoming.socket.remoteAddress)
    return (await rpc.handleRequest(c.req.raw, { local })) ?? c.notFound()
  })
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:', ...photoSources(url, supabaseUrl)],
        connectSrc: ["'self'", ...callSources(url, supabaseUrl)],
        // React Aria positions overlays by style attributes.
        styleSrc: ["'self'", "'unsafe-inline'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
      referrerPolicy: 'no-referrer',
      xFrameOptions: 'DENY',
    }),
  )
  app.get('/', (c) => c.redirect('/site/'))
  app.get('/console', (c) => c.redirect('/console/'))
  app.get('/*', (c) => servePage(c, pages))
  return app
}

function photoSources(url: string, supabaseUrl: string): string[] {
  const { origin } = new URL(supabaseUrl)
  return origin === new URL(url).origin ? [] : [origin]
}

/** Calls and live changes. What 'self' means for a WebSocket is not the same in every browser. */
function callSources(url: string, supabaseUrl: string): string[] {
  const { origin } = new URL(supabaseUrl)
  return [...photoSources(url, supabaseUrl), origin.replace(/^http/, 'ws')]
}

/**
 * A page of another site whose name was made to resolve to 127.0.0.1 sends its own name as the host: refused. Who types
 * localhost is led to the address that sessions and calls belong to.
 */
function onlyThisHost(url: string) {
  const { host, port } = new URL(url)
  return async (c: HonoContext<Bindings>, next: () => Promise<void>) => {
    const asked = c.req.header('host')
    if (asked === `localhost:${port}` && c.req.method === 'GET') {
      const { pathname, search } = new URL(c.req.url)
      return c.redirect(url + pathname + search)
    }
    if (asked !== host) return c.text('Unknown host.', 421)
    await next()
    return undefined
  }
}

async function servePage(c: HonoContext<Bindings>, pages: string) {
  const page = await readPage(pages, c.req.path)
  if (!page) return c.notFound()
  return c.body(page.body, 200, { 'content-type': page.type, 'cache-control': page.caching })
}

function isLoopback(address: string | undefined): boolean {
  const plain = address?.replace(/^::ffff:/, '') ?? ''
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'))
}

function portError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new SemblanceError(
      'UNAVAILABLE',
      `Port ${port} of this machine is in use by another program. Close it, or choose another port: SEMBLANCE_PORT=${port + 1} npm start`,
      { port },
    )
  }
  if (error.code === 'EACCES') {
    return new SemblanceError(
      'UNAVAILABLE',
      `Port ${port} may not be opened. Choose one above 1024: SEMBLANCE_PORT=47100`,
      { port },
    )
  }
  return error
}
