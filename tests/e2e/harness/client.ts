import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import type { Client } from '../../../core/api/contract'
import { createSupabase } from '../../../core/supabase/client'

const admin = { name: 'Ada Admin', email: 'ada@school.edu', password: 'correct horse battery' }

/** The host's procedures as the admin, who is made where there is none yet. */
export async function signInAsAdmin(url: string): Promise<Client> {
  const stranger = connect(url)
  const hello = await stranger.overview.hello()
  if (hello.needs_first_admin) await stranger.accounts.createFirstAdmin(admin)
  const supabase = createSupabase({ url: hello.supabase_url, key: hello.publishable_key })
  const { data, error } = await supabase.auth.signInWithPassword(admin)
  if (error) throw error
  return connect(url, { authorization: `Bearer ${data.session.access_token}` })
}

/** The host's procedures for whoever these headers name. */
export function connect(url: string, headers: Record<string, string> = {}): Client {
  return createORPCClient(new RPCLink({ url: `${url}/rpc`, headers }))
}
