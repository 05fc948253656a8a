import { type AuthError, createClient, type Session, type SupabaseClient } from '@supabase/supabase-js'
import type { Hello } from '../../core/overview/contract'

/** Where signing in stands. `starting` until the remembered session was looked at. */
export type SessionSnapshot =
  | { state: 'starting' }
  | { state: 'signed-out' }
  | { state: 'signed-in'; userId: string; email: string | null }

/** One person's session on this machine: remembered, renewed before it runs out. */
export interface SessionStore {
  /** Makes the Supabase client that the host speaks of; the same host twice changes nothing. */
  open: (hello: Pick<Hello, 'supabase_url' | 'publishable_key'>) => void
  getToken: () => Promise<string | undefined>
  /** Throws Supabase's AuthError. */
  signIn: (email: string, password: string) => Promise<void>
  /** Ends the session here; works without a connection too. */
  signOut: () => Promise<void>
  /** Throws before {@link SessionStore.open}. */
  supabase: () => SupabaseClient
  subscribe: (listener: () => void) => () => void
  snapshot: () => SessionSnapshot
}

/**
 * A session store without a client yet; {@link SessionStore.open} gives it one.
 * @param storageKey Under which name the browser keeps the session: console and site share an origin, not a person.
 */
export function createSession(storageKey: 'semblance-session' | 'semblance-site-session'): SessionStore {
  const listeners = new Set<() => void>()
  let opened: { address: string; supabase: SupabaseClient; stop: () => void } | undefined
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

  return {
    open: ({ supabase_url, publishable_key }) => {
      const address = `${supabase_url} ${publishable_key}`
      if (opened?.address === address) return
      opened?.stop()
      const client = createClient(supabase_url, publishable_key, {
        auth: { storageKey, persistSession: true, autoRefreshToken: true, detectSessionInUrl: false },
      })
      const { data } = client.auth.onAuthStateChange((_event, session) => follow(session))
      const stop = () => {
        data.subscription.unsubscribe()
        void client.auth.stopAutoRefresh()
      }
      opened = { address, supabase: client, stop }
    },
    getToken: async () => (await opened?.supabase.auth.getSession())?.data.session?.access_token,
    signIn: async (email, password) => throwOn(await supabase().auth.signInWithPassword({ email, password })),
    signOut: async () => {
      await supabase().auth.signOut({ scope: 'local' })
      follow(null)
    },
    supabase,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    snapshot: () => snapshot,
  }
}

function throwOn({ error }: { error: AuthError | null }): void {
  if (error) throw error
}
