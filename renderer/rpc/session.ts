import {
  createClient,
  isAuthRetryableFetchError,
  type Session,
  type SupabaseClient,
} from '@supabase/supabase-js'
import type { Hello } from '../../core/overview/contract'
import { HostAwayError } from './errors'
import { ProjectAwayError } from './project-away'

/** Where signing in stands. `starting` until the remembered session was looked at. */
export type SessionSnapshot =
  | { state: 'starting' }
  | { state: 'signed-out' }
  | { state: 'signed-in'; userId: string; email: string | null }

/** One person's session on this machine: remembered, renewed before it runs out. */
export interface SessionStore {
  /** Makes the Supabase client that the host speaks of; the same host twice changes nothing. */
  open: (hello: Pick<Hello, 'mode' | 'supabase_url' | 'publishable_key'>) => void
  /** Throws where a token had to be renewed and nobody answered: nobody is signed out by that. */
  getToken: () => Promise<string | undefined>
  /** Throws what {@link SessionStore.explain} gives of Supabase's AuthError. */
  signIn: (email: string, password: string) => Promise<void>
  /** Ends the session here; works without a connection too. */
  signOut: () => Promise<void>
  /** Throws before {@link SessionStore.open}. */
  supabase: () => SupabaseClient
  /** What Supabase's client has met: where nobody answered, the error that names who, this host or the project. */
  explain: (error: unknown) => unknown
  subscribe: (listener: () => void) => () => void
  snapshot: () => SessionSnapshot
}

interface Opened {
  address: string
  supabase: SupabaseClient
  awayError: () => Error
  stop: () => void
}

/**
 * A session store without a client yet; {@link SessionStore.open} gives it one.
 * @param storageKey Under which name the browser keeps the session: console and site share an origin, not a person.
 */
export function createSession(storageKey: 'semblance-session' | 'semblance-site-session'): SessionStore {
  const listeners = new Set<() => void>()
  let opened: Opened | undefined
  let snapshot: SessionSnapshot = { state: 'starting' }

  const follow = (session: Session | null) => {
    const next: SessionSnapshot = session
      ? { state: 'signed-in', userId: session.user.id, email: session.user.email ?? null }
      : { state: 'signed-out' }
    // Tokens are renewed every hour: nobody needs to hear of the same person again.
    if (JSON.stringify(next) === JSON.stringify(snapshot)) return
    snapshot = next
    for (const tell of listeners) tell()
  }

  const supabase = () => {
    if (!opened) throw new Error('The session is not open yet.')
    return opened.supabase
  }

  const explain = (error: unknown) =>
    isUnanswered(error) ? (opened?.awayError() ?? new HostAwayError()) : error

  return {
    open: ({ mode, supabase_url, publishable_key }) => {
      const address = `${supabase_url} ${publishable_key}`
      if (opened?.address === address) return
      opened?.stop()
      const { host } = new URL(supabase_url)
      const client = createClient(supabase_url, publishable_key, {
        // No project is ever shown the session of another.
        auth: {
          storageKey: mode === 'shared' ? `${storageKey}-${host}` : storageKey,
          persistSession: true,
          autoRefreshToken: true,
          detectSessionInUrl: false,
        },
      })
      const { data } = client.auth.onAuthStateChange((_event, session) => follow(session))
      const stop = () => {
        data.subscription.unsubscribe()
        void client.auth.stopAutoRefresh()
      }
      const awayError = () => (mode === 'shared' ? new ProjectAwayError(host) : new HostAwayError())
      opened = { address, supabase: client, awayError, stop }
    },
    getToken: async () => {
      const found = await opened?.supabase.auth.getSession()
      if (isUnanswered(found?.error)) throw explain(found?.error)
      return found?.data.session?.access_token
    },
    signIn: async (email, password) => {
      const { error } = await supabase().auth.signInWithPassword({ email, password })
      if (error) throw explain(error)
    },
    signOut: async () => {
      await supabase().auth.signOut({ scope: 'local' })
      follow(null)
    },
    supabase,
    explain,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    snapshot: () => snapshot,
  }
}

/** Whether fetch itself failed, as the clients of Auth and of Storage say it: no word about the person or their session. */
function isUnanswered(error: unknown): boolean {
  return isAuthRetryableFetchError(error) || (error instanceof Error && error.name === 'StorageUnknownError')
}
