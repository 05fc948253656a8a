import { sql } from 'kysely'
import type { Database } from '../../database/connect'
import type { Outage } from '../../database/engine'
import { SemblanceError } from '../../model/errors'

/** Milliseconds after which a database that was refused is looked at again. */
const againMs = 30_000

interface Options {
  /** Rejects with UNAVAILABLE and what to do where the schema is not this version's, or with whatever keeps it from looking. */
  verify: () => Promise<void>
  /** Told once it is in order, and each time why it is not. */
  say: (line: string) => void
}

/**
 * A shared database that could not be reached when the host started: nobody has looked at its schema since. Until that is
 * found to be this version's it counts as away, so that nothing is read from it or written to it, and what lies on this
 * machine alone goes on. It is looked at as soon as it answers, and again where it was refused.
 */
export function untilVerified(database: Database, { verify, say }: Options): Database {
  let isVerified = false
  let refused: Outage | null = null
  let looking: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined
  const listeners = new Set<(outage: Outage | null) => void>()
  const since = new Date()
  const outage = () => (isVerified ? database.outage() : (database.outage() ?? refused ?? unseen()))
  const unseen = (): Outage => ({
    since,
    reason: 'The shared database is back; whether it is of this version is being looked at.',
    nextTryAt: new Date(),
  })
  const tell = () => listeners.forEach((listener) => listener(outage()))

  async function look(): Promise<void> {
    clearTimeout(timer)
    try {
      await verify()
      isVerified = true
      refused = null
      tell()
    } catch (error) {
      // Where it is away again, that says so itself.
      if (database.outage()) return
      refuse(
        error instanceof SemblanceError ? error.message : 'The schema of the shared database can’t be read.',
      )
    }
  }

  function refuse(reason: string): void {
    const isNews = refused?.reason !== reason
    refused = { since, reason, nextTryAt: new Date(Date.now() + againMs) }
    timer = setTimeout(() => void lookOnce(), againMs)
    timer.unref()
    if (!isNews) return
    say(`${reason} Until then nothing is published from here; only imports on this machine go on.`)
    tell()
  }

  const lookOnce = () => (looking ??= look().finally(() => (looking = null)))

  /** @throws SemblanceError UNAVAILABLE */
  async function admit(): Promise<void> {
    if (isVerified) return
    // Whoever calls in an outage tries it once more, as ever; what was called for waits until somebody has looked.
    if (database.outage()) await database.asOwner((tx) => sql`select 1`.execute(tx))
    if (!refused) await lookOnce()
    if (isVerified) return
    throw new SemblanceError('UNAVAILABLE', outage()?.reason ?? '')
  }

  const unsubscribe = database.onOutage((found) => {
    if (isVerified || found) tell()
    else void lookOnce()
  })
  return {
    ...database,
    outage,
    onOutage(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    asUser: (caller, work) => admit().then(() => database.asUser(caller, work)),
    asAnonymous: (work) => admit().then(() => database.asAnonymous(work)),
    asService: (work) => admit().then(() => database.asService(work)),
    asOwner: (work) => admit().then(() => database.asOwner(work)),
    close() {
      clearTimeout(timer)
      unsubscribe()
      return database.close()
    },
  }
}
