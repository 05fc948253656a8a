import { randomUUID } from 'node:crypto'
import { REALTIME_SUBSCRIBE_STATES, type SupabaseClient } from '@supabase/supabase-js'

/** The tables whose rows Supabase Realtime tells of: those of the publication `supabase_realtime` (migration 0014). */
export const realtimeTables = [
  'matches',
  'celebrity_matches',
  'notifications',
  'messages',
  'mutual_connections',
  'match_jobs',
] as const

interface SystemMessage {
  status?: string
  message?: string
  extension?: string
}

/**
 * Hears through Supabase Realtime which tables changed, where the database itself can't be listened to.
 *
 * @param service a client that carries the secret key, which hears of every row
 * @returns a function that tells of each change until the signal, and of null once it hears and after every
 *   interruption, since anything may have changed then. It rejects where the project refuses; a connection that is lost
 *   it makes again by itself.
 */
export function createRealtimeChanges(
  service: SupabaseClient,
): (tell: (table: string | null) => void, signal: AbortSignal) => Promise<void> {
  return async (tell, signal) => {
    const channel = service.channel(`semblance-changes-${randomUUID()}`)
    for (const table of realtimeTables) {
      channel.on('postgres_changes', { event: '*', schema: 'public', table }, () => tell(table))
    }
    try {
      await new Promise<void>((resolve, reject) => {
        if (signal.aborted) return resolve()
        signal.addEventListener('abort', () => resolve(), { once: true })
        channel.on('system', {}, ({ status, message, extension }: SystemMessage) => {
          if (extension === 'postgres_changes' && status === 'ok') tell(null)
          else if (extension === 'postgres_changes' && status === 'error' && !isPassing(message)) {
            reject(new Error(`Supabase Realtime tells of no rows: ${message}`))
          }
        })
        // Errors and timeouts the client mends by joining again; a channel that is closed it forgets.
        channel.subscribe((state) => {
          if (state === REALTIME_SUBSCRIBE_STATES.CLOSED)
            reject(new Error('Supabase Realtime has closed the channel.'))
        })
      })
    } finally {
      await service.removeChannel(channel)
      // Otherwise the client keeps its socket for most of a minute, and the process with it.
      if (service.realtime.getChannels().length === 0) await service.realtime.disconnect()
    }
  }
}

/** Said of changes that were lost: the channel is joined again, and then everything counts as changed. */
function isPassing(message: string | undefined): boolean {
  return !message?.startsWith('Unable to subscribe')
}
