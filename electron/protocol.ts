import { protocol } from 'electron/main'
import { readPage } from '../core/host/http/pages'
import { isOwn } from './addresses'
import { contentPolicy } from './content-policy'

/** Must be called before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

interface Options {
  /** The folder of the built pages. */
  pages: string
  /** The page for the time without a host. */
  notice: () => string
  /** The Supabase that pages may talk to now; null while there is none. */
  supabaseUrl: () => string | null
  /** The host's own address; null while there is no host. */
  hostUrl: () => string | null
}

/** Where the notice lies, apart from the built pages. */
export const noticePath = '/-/notice'

/** Answers `app://semblance`: the console and its files, and the notice. The public site has no place in the window. */
export function serveScheme({ pages, notice, supabaseUrl, hostUrl }: Options): void {
  protocol.handle('app', async (request) => {
    const { pathname } = new URL(request.url)
    const headers = {
      'content-security-policy': contentPolicy(supabaseUrl(), hostUrl()),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    }
    if (!isOwn(request.url) || request.method !== 'GET') return new Response(null, { status: 403, headers })
    if (pathname === noticePath) {
      return new Response(notice(), { headers: { ...headers, 'content-type': 'text/html; charset=utf-8' } })
    }
    const isServed = pathname.startsWith('/console/') || pathname.startsWith('/assets/')
    const page = isServed ? await readPage(pages, pathname) : null
    if (!page) return new Response(null, { status: 404, headers })
    return new Response(page.body, {
      headers: { ...headers, 'content-type': page.type, 'cache-control': page.caching },
    })
  })
}
