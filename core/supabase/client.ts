import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import WebSocket from 'ws'

export interface SupabaseOptions {
  /** The project's base URL; in embedded mode the host's own. */
  url: string
  /** The publishable key for a person's client, the secret key for the host's own work. */
  key: string
  /** Gives the person's access token. The client's `auth` can't be used then: somebody else keeps the session. */
  accessToken?: () => Promise<string | null>
}

/** A client of the project that keeps nothing: no session on the disk, no timer that refreshes one. */
export function createSupabase({ url, key, accessToken }: SupabaseOptions): SupabaseClient {
  return createClient(url, key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    // Node 20 has no WebSocket of its own.
    realtime: { transport: WebSocket as never },
    ...(accessToken ? { accessToken } : {}),
  }) as SupabaseClient
}
