import { createClient, isAuthRetryableFetchError, type SupabaseClient } from '@supabase/supabase-js'
import type { Hello } from '../../core/overview/contract'
import type { Tokens } from './authorization'
import { HostAwayError } from './errors'
import { createSessionKeeper, hasEnded, type KeptSession } from './kept-session'
import { ProjectAwayError } from './project-away'
import { createRenewal, type Renewal } from './renewal'

/** Where signing in stands. `starting` until the remembered session was looked at. */
export type SessionSnapshot =
  | { state: 'starting' }
  | { state: 'signed-out' }
  | { state: 'signed-in'; userId: string; email: string | null }

/** One person's session on this machine: remembered, renewed before it runs out. */
export interface SessionStore extends Tokens {
  /** Makes the Supabase client that the host speaks of; the same host twice changes nothing. */
  open: (hello: Pick<Hello, 'mode' | 'supabase_url' | 'publishable_key'>) => void
  /**
   * Also a token that has ended, where nobody answers who could renew it: nobody is signed out by that, and the host
   * knows what such a token is still good for.
   */
  getToken: Tokens['getToken']
  /** Throws where the token has ended and nobody answers who could renew it. */
  requireFresh: () => Promise<void>
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
  renewal: Renewal
  kept: () => KeptSession | null
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

  const follow = (session: KeptSession | null) => {
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

  const explainAway = () => opened?.awayError() ?? new HostAwayError()
  const explain = (error: unknown) => (isUnanswered(error) ? explainAway() : error)

  /** The session, renewed where it has ended, or as it is where that is known to be in vain. */
  const upToDate = async (inVain: (renewal: Renewal) => Promise<void>): Promise<KeptSession | null> => {
    const session = opened?.kept() ?? null
    if (!opened || !session || !hasEnded(session)) return session
    const { supabase: client, renewal, kept } = opened
    await Promise.race([client.auth.getSession(), inVain(renewal)])
    return kept()
  }

  return {
    open: ({ mode, supabase_url, publishable_key }) => {
      const address = `${supabase_url} ${publishable_key}`
      if (opened?.address === address) return
      opened?.stop()
      const { host } = new URL(supabase_url)
      // No project is ever shown the session of another.
      const key = mode === 'shared' ? `${storageKey}-${host}` : storageKey
      const { storage, session: kept } = createSessionKeeper(key)
      const renewal = createRenewal()
      const client = createClient(supabase_url, publishable_key, {
        auth: {
          storageKey: key,
          storage,
          persistSession: true,
          autoRefreshToken: true,
          detectSessionInUrl: false,
        },
        global: { fetch: renewal.fetch },
      })
      const { data } = client.auth.onAuthStateChange((event, session) =>
        follow(event === 'SIGNED_OUT' ? null : (session ?? kept())),
      )
      const stop = () => {
        data.subscription.unsubscribe()
        void client.auth.stopAutoRefresh()
        renewal.giveUp()
      }
      const awayError = () => (mode === 'shared' ? new ProjectAwayError(host) : new HostAwayError())
      opened = { address, supabase: client, renewal, kept, awayError, stop }
      // One that has ended is renewed before Supabase's client speaks of it, which an outage delays for as long as it lasts.
      if (kept()) follow(kept())
    },
    getToken: async () => (await upToDate((renewal) => renewal.unanswered()))?.access_token,
    requireFresh: async () => {
      const session = await upToDate((renewal) => renewal.unanswered())
      if (session && hasEnded(session)) throw explainAway()
    },
    renewed: async (refused) => {
      const session = await upToDate((renewal) => renewal.tryNow())
      if (session?.access_token === refused && hasEnded(session)) throw explainAway()
      return session !== null && session.access_token !== refused
    },
    signIn: async (email, password) => {
      const { error } = await supabase().auth.signInWithPassword({ email, password })
      if (error) throw explain(error)
    },
    signOut: async () => {
      // One that has ended is renewed before it is signed out, which without a network would wait for it.
      opened?.renewal.giveUp()
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
