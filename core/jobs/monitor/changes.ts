import { sql, type Transaction } from 'kysely'
import { toClientError } from '../../access/failures'
import type { SignedInContext } from '../../access/procedure'
import { pause } from '../../database/pause'
import type { Tables } from '../../database/tables'
import { SemblanceError } from '../../model/errors'

type Tx = Transaction<Tables>

/** Not more often than twice a second. */
const leastPauseMs = 500
/** Ages and rates change by themselves. */
const longestPauseMs = 5000

const watched = ['match_jobs', 'celebrity_jobs', 'embedding_jobs', 'workers']

interface Watching {
  signal?: AbortSignal | undefined
  /** For the log. */
  procedure: string
}

/**
 * What a question about the queue answers, at once and then after each change of the queue or every five seconds, at
 * most twice a second. Each time it is asked as the caller, who has to be staff still.
 */
export async function* watchQueue<T>(
  context: SignedInContext,
  ask: (tx: Tx) => Promise<T>,
  { signal, procedure }: Watching,
): AsyncGenerator<T, void> {
  const ending = new AbortController()
  const signals = signal ? AbortSignal.any([signal, ending.signal]) : ending.signal
  let changed = wakeable()
  const unsubscribe = context.changes.subscribe(watched, () => changed.wake())
  try {
    while (!signals.aborted) {
      changed = wakeable()
      yield await context.transaction(async (tx) => {
        await requireStaff(tx)
        return ask(tx)
      })
      await pause(leastPauseMs, signals)
      const waiting = new AbortController()
      await Promise.race([
        changed.woken,
        pause(longestPauseMs - leastPauseMs, AbortSignal.any([signals, waiting.signal])),
      ])
      waiting.abort()
    }
  } catch (error) {
    if (!signals.aborted) throw toClientError(error, context.log, procedure)
  } finally {
    unsubscribe()
    ending.abort()
  }
}

function wakeable() {
  let wake: () => void = () => undefined
  const woken = new Promise<void>((resolve) => (wake = resolve))
  return { woken, wake: () => wake() }
}

/** @throws SemblanceError FORBIDDEN where the caller has lost their role since the watching began */
async function requireStaff(tx: Tx): Promise<void> {
  const { rows } = await sql<{ is_staff: boolean }>`
    select private.current_staff_role() is not null as is_staff`.execute(tx)
  if (!rows[0].is_staff) {
    throw new SemblanceError('FORBIDDEN', 'Only staff may watch the queue; you no longer are.')
  }
}
