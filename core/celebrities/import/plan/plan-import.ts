import type { Staging } from '../staging/staging'
import { computeIn, createSession, readAll, readSome, type Session } from './session'
import { storePlan } from './store'

/** Imports of which something is kept in memory; the one that was used last is the last. */
const sessionsOf = new WeakMap<Staging, Map<string, { session: Session; queue: Promise<unknown> }>>()
const mostSessions = 2

/**
 * Plans an import: gives every file that was looked at its one outcome, with a reason, the face and the person it is
 * about. What is published later is exactly this. Returns once the plan is of the import as it is.
 * @returns ids of the files whose outcome is another than before
 * @throws SemblanceError NOT_FOUND
 */
export function planImport(staging: Staging, importId: string): Promise<{ changed: number[] }> {
  return inTurn(staging, importId, async (session) => {
    if (await isPlanned(staging, importId, session)) return { changed: [] }
    await readAll(staging, importId, session)
    return planAndStore(staging, importId, session)
  })
}

/** A decision plans what it changes by itself. */
async function isPlanned(staging: Staging, importId: string, session: Session): Promise<boolean> {
  const row = await staging.transaction((tx) =>
    tx
      .selectFrom('imports')
      .select(['revision', 'planned_revision'])
      .where('id', '=', importId)
      .executeTakeFirst(),
  )
  return row?.planned_revision === row?.revision && row?.revision === session.revision
}

/**
 * Does something that changes decisions or descriptions, and plans anew what it changes.
 * @param change in a transaction of its own, which must raise the revision. Gives that, the one before, and the ids of
 *   files whose rows it changed
 */
export function changeAndPlan<T extends { before: string; after: string; fileIds: readonly number[] }>(
  staging: Staging,
  importId: string,
  change: () => Promise<T>,
): Promise<T & { changed: number[] }> {
  return inTurn(staging, importId, async (session) => {
    const done = await change()
    if (session.revision === done.before && done.before !== '') {
      session.revision = done.after
      await readSome(staging, { importId, ids: done.fileIds, session })
    } else await readAll(staging, importId, session)
    return { ...done, ...(await planAndStore(staging, importId, session)) }
  })
}

async function planAndStore(
  staging: Staging,
  importId: string,
  session: Session,
): Promise<{ changed: number[] }> {
  const changed = new Set<number>()
  for (;;) {
    const plan = await computeIn(staging, importId, session)
    const stored = await staging.transaction((tx) => storePlan(tx, { importId, session, plan }))
    if (stored) {
      for (const [id, next] of stored.written) {
        const known = session.files.get(id)
        if (known) known.stored = next
      }
      for (const id of stored.changed) changed.add(id)
      return { changed: [...changed].toSorted((a, b) => a - b) }
    }
    // Somebody changed it meanwhile.
    await readAll(staging, importId, session)
  }
}

/** One after the other for one import: each works with what the one before left in memory. */
function inTurn<T>(staging: Staging, importId: string, work: (session: Session) => Promise<T>): Promise<T> {
  const sessions = sessionsOf.get(staging) ?? new Map<string, { session: Session; queue: Promise<unknown> }>()
  sessionsOf.set(staging, sessions)
  const entry = sessions.get(importId) ?? { session: createSession(), queue: Promise.resolve() }
  sessions.delete(importId)
  sessions.set(importId, entry)
  const done = entry.queue.then(() =>
    work(entry.session).catch((error: unknown) => {
      // Whatever it had read, it is read anew.
      entry.session = createSession()
      throw error
    }),
  )
  entry.queue = done.catch(() => undefined)
  for (const old of [...sessions.keys()].slice(0, -mostSessions)) sessions.delete(old)
  return done
}
