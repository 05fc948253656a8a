import type { Session } from '@supabase/supabase-js'

/** What is looked at of a session that this browser keeps. */
export type KeptSession = Pick<Session, 'access_token' | 'expires_at'> & {
  user: Pick<Session['user'], 'id' | 'email'>
}

/** Where Supabase's client keeps sessions: with this browser, or, where that keeps nothing, with this window. */
export interface SessionKeeper {
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  /** The session as it was kept last, ended or not; null where there is none. */
  session: () => KeptSession | null
}

export function createSessionKeeper(key: string): SessionKeeper {
  const storage = browserStorage() ?? windowStorage()
  return {
    storage,
    session: () => {
      try {
        const kept = JSON.parse(storage.getItem(key) ?? 'null') as Partial<KeptSession> | null
        return kept?.access_token && kept.user?.id ? (kept as KeptSession) : null
      } catch {
        return null
      }
    },
  }
}

/** Whether its access token has run out by this machine's clock. */
export function hasEnded({ expires_at: end }: KeptSession): boolean {
  return end !== undefined && end * 1000 <= Date.now()
}

function browserStorage(): Storage | null {
  try {
    const { localStorage } = globalThis
    localStorage.setItem('semblance-probe', '')
    localStorage.removeItem('semblance-probe')
    return localStorage
  } catch {
    return null
  }
}

function windowStorage(): SessionKeeper['storage'] {
  const items = new Map<string, string>()
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  }
}
