import { SemblanceError } from '../model/errors'

interface ReadUrl {
  /** `host/name`, with the port where it isn't 5432. */
  location: string
  connectionString: string
  /** Whether it is known to lead through a pooler in transaction mode, where LISTEN hears nothing. */
  isTransactionPooler: boolean
}

/** Checks a database URL and completes it. */
export function readUrl(text: string): ReadUrl {
  let url: URL
  try {
    url = new URL(text)
  } catch (error) {
    throw new SemblanceError(
      'BAD_REQUEST',
      'The database URL is not one: write postgres://user:password@host:5432/name, special characters percent-encoded.',
      {},
      { cause: error },
    )
  }
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') {
    throw new SemblanceError(
      'BAD_REQUEST',
      `A database URL begins with postgres://, not with ${url.protocol}//.`,
    )
  }
  const socket = url.searchParams.get('host')
  if (!url.searchParams.has('sslmode') && socket === null && !isThisMachine(url.hostname)) {
    url.searchParams.set('sslmode', 'require')
  }
  // libpq's meaning of sslmode; by itself pg takes "require" for "verify-full", which Supabase's certificates fail.
  if (url.searchParams.has('sslmode')) url.searchParams.set('uselibpqcompat', 'true')
  const port = url.port === '' || url.port === '5432' ? '' : `:${url.port}`
  const name = decodeURIComponent(url.pathname.slice(1)) || url.username
  return {
    location: `${socket ?? (url.hostname || 'localhost')}${port}/${name}`,
    connectionString: url.href,
    isTransactionPooler: url.port === '6543' && /\.supabase\.(com|co)$/.test(url.hostname),
  }
}

/**
 * The same server and database for another login.
 *
 * @param connectionString as `readUrl` gives it
 * @param owner the role that this URL logs in as. Supabase's pooler wants `role.project`: what the URL's user has
 *   beyond the role goes with the other login as well.
 */
export function urlFor(
  connectionString: string,
  { user, password }: { user: string; password: string },
  owner: string,
): string {
  const url = new URL(connectionString)
  const named = url.searchParams.get('user') ?? decodeURIComponent(url.username)
  const suffix = named.startsWith(`${owner}.`) ? named.slice(owner.length) : ''
  // As parameters, which pg prefers: a URL without a host can't hold a user.
  url.searchParams.set('user', user + suffix)
  url.searchParams.set('password', password)
  return url.href
}

function isThisMachine(host: string): boolean {
  return host === '' || host === 'localhost' || host === '[::1]' || /^127\./.test(host)
}
