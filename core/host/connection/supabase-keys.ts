import { decodeJwt } from 'jose'

/** Whether only programs of this machine answer there. */
export function isLoopbackUrl(text: string): boolean {
  const { hostname } = new URL(text)
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}

/** The paths under which a project's services live; people copy them along. */
const servicePath = /\/(rest|auth|storage|realtime|functions|graphql|pg)\/v\d+(\/.*)?$/
const dashboardPath = /\/(?:dashboard\/)?project\/([\w-]+)/

/**
 * The base URL of a Supabase project, without a slash at its end; or what is wrong with the text. Nothing is asked.
 */
export function checkProjectUrl(
  text: string,
): { url: string; problem?: never } | { problem: string; url?: never } {
  if (!URL.canParse(text)) return { problem: 'must be a URL like https://abcdefghijkl.supabase.co' }
  const url = new URL(text)
  if (/^postgres/.test(url.protocol)) {
    return { problem: "is the database's URL; the project's own looks like https://abcdefghijkl.supabase.co" }
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return { problem: `must begin with https://, not with ${url.protocol}//` }
  }
  const dashboard = dashboardPath.exec(url.pathname)
  if (dashboard && /(^|\.)supabase\.(com|io)$/.test(url.hostname)) {
    return { problem: `is the dashboard's address; the project's own is https://${dashboard[1]}.supabase.co` }
  }
  const database = /^db\.([a-z0-9]+)\.supabase\.co$/.exec(url.hostname)
  if (database)
    return { problem: `is the database's address; the project's own is https://${database[1]}.supabase.co` }
  if (dashboard || url.pathname.startsWith('/dashboard')) {
    return { problem: "is the dashboard's address; the project's own stands in its settings, under Data API" }
  }
  const path = url.pathname.replace(/\/+$/, '')
  if (servicePath.test(path)) {
    return { problem: `must end before the service: write ${url.origin}${path.replace(servicePath, '')}` }
  }
  if (url.username || url.password || url.search || url.hash) {
    return { problem: `must hold nothing but the address: write ${url.origin}${path}` }
  }
  if (url.protocol === 'http:' && !isLoopbackUrl(text)) {
    return {
      problem: `must begin with https://: over http:// anybody in between reads passwords. Write https://${url.host}${path}`,
    }
  }
  return { url: url.origin + path }
}

/** What is wrong with the key that pages are handed; null where nothing is. */
export function checkPublishableKey(key: string, url: string | null): string | null {
  const { kind, ref } = readKey(key)
  if (kind === 'secret') {
    return 'is a secret key, and every page is handed this one: give the publishable key (sb_publishable_…), and the secret one as SEMBLANCE_SUPABASE_SECRET_KEY'
  }
  if (kind !== 'publishable') {
    return 'is no publishable key: it begins with sb_publishable_, or is the older anon key'
  }
  return anotherProject(ref, url)
}

/** What is wrong with the key that the host alone uses; null where nothing is. */
export function checkSecretKey(key: string, url: string | null): string | null {
  const { kind, ref } = readKey(key)
  if (kind === 'publishable') return 'is the publishable key; a secret one begins with sb_secret_'
  if (kind !== 'secret')
    return 'is no secret key: it begins with sb_secret_, or is the older service_role key'
  return anotherProject(ref, url)
}

type KeyKind = 'publishable' | 'secret' | 'unknown'

/** What a key is by its own words; of the older ones, JWTs, the project too. Nothing is verified. */
function readKey(key: string): { kind: KeyKind; ref: string | null } {
  if (/^sb_publishable_[\w-]+$/.test(key)) return { kind: 'publishable', ref: null }
  // Whatever follows: a secret key with a typing mistake in it must not reach pages either.
  if (key.startsWith('sb_secret_')) return { kind: 'secret', ref: null }
  try {
    const { role, ref } = decodeJwt<{ role?: unknown; ref?: unknown }>(key)
    const kind = role === 'service_role' ? 'secret' : role === 'anon' ? 'publishable' : 'unknown'
    return { kind, ref: typeof ref === 'string' ? ref : null }
  } catch {
    return { kind: 'unknown', ref: null }
  }
}

function anotherProject(ref: string | null, url: string | null): string | null {
  const host = url === null ? null : /^([a-z0-9]+)\.supabase\.co$/.exec(new URL(url).hostname)
  if (ref === null || !host || host[1] === ref) return null
  return `belongs to the project ${ref}, and the URL to ${host[1]}`
}
