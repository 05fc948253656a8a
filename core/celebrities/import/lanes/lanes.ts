import type { Logger } from 'pino'
import type { ImportState } from '../../contract-import-schemas'
import type { Pace } from '../describe'
import { createPaceMeter, type PaceMeter } from './pace'
import { createRetries, type Retries } from './retries'
import type { Staging } from '../staging/staging'
import { troubleOf } from './troubles'

/** Does one kind of step, one import at a time, the oldest first. */
export interface LaneWork {
  state: ImportState
  /** Looks at imports that are paused, too: a plan costs nobody anything. */
  evenPaused?: boolean
  /** Ends the step, with the state that follows. Goes on where it was left when it is called again. */
  run: (importId: string, step: Step) => Promise<void>
  /** Whether there is something to do; where not given, the state says so. */
  isDue?: (row: { revision: string; planned_revision: string | null }) => boolean
}

export interface Step {
  signal: AbortSignal
  /** Counts files for the rate. */
  note: (files: number) => void
  /** Tells whoever watches that there is something new, without counting. */
  touch: () => void
}

export interface Lanes {
  /** Looks whether there is something to do. */
  wake: () => void
  /** Stops what runs for an import, if anything does, and resolves when it has. */
  stop: (importId: string) => Promise<void>
  /** Tries again at once what waits. */
  hurry: (importId: string) => void
  paceOf: (importId: string, left: number | null) => Pace
  /** Resolves when nothing is under way and nothing is due. */
  settled: () => Promise<void>
  close: () => Promise<void>
}

interface Parts {
  staging: Staging
  log: Logger
  lanes: readonly LaneWork[]
  changed: (importId: string) => void
  /** Told when all lanes have found nothing to do. */
  onIdle: () => void
  /** Milliseconds until what waits is tried again, first and at most. Default 2 s and a minute. */
  retryMs?: { first: number; most: number }
}

interface Running {
  abort: AbortController
  done: Promise<void>
  meter: PaceMeter
}

class Stopped extends Error {
  override readonly name = 'Stopped'
}

export function createLanes(parts: Parts): Lanes {
  const { staging, log, changed, retryMs = { first: 2_000, most: 60_000 } } = parts
  const running = new Map<string, Running>()
  const retries = createRetries(retryMs, () => wake())
  const busy = new Map<LaneWork, Promise<void>>()
  const again = new Set<LaneWork>()
  let isClosed = false

  async function findNext(lane: LaneWork): Promise<string | null> {
    const rows = await staging.transaction((tx) =>
      tx
        .selectFrom('imports')
        .select(['id', 'revision', 'planned_revision'])
        .where('state', '=', lane.state)
        .$if(!lane.evenPaused, (query) => query.where('paused', '=', false))
        .orderBy('created_at')
        .orderBy('id')
        .execute(),
    )
    const isFree = (id: string) => !running.has(id) && !retries.isWaiting(id)
    return rows.find((row) => isFree(row.id) && (lane.isDue?.(row) ?? true))?.id ?? null
  }

  async function work(lane: LaneWork): Promise<void> {
    while (!isClosed) {
      again.delete(lane)
      const id = await findNext(lane).catch((error: unknown) => {
        log.error({ err: error }, 'the staging area can’t be read')
        return null
      })
      if (id !== null && !isClosed) await runOne(lane, id)
      else if (!again.has(lane)) return
    }
  }

  async function runOne(lane: LaneWork, id: string): Promise<void> {
    const abort = new AbortController()
    const meter = createPaceMeter()
    const step: Step = {
      signal: abort.signal,
      note(files) {
        meter.note(files)
        changed(id)
      },
      touch: () => changed(id),
    }
    const done = isStill(staging, lane, id)
      .then((is) => (is ? lane.run(id, step).then(() => succeeded(staging, id, retries)) : undefined))
      .catch((error: unknown) => (abort.signal.aborted ? undefined : failed(id, error)))
      .finally(() => {
        running.delete(id)
        changed(id)
        wake()
      })
    running.set(id, { abort, done, meter })
    changed(id)
    await done
  }

  async function failed(id: string, error: unknown): Promise<void> {
    const { problem, then, isUnexpected } = troubleOf(error)
    log[isUnexpected ? 'error' : 'warn']({ err: error, import: id }, 'an import stands still')
    if (then === 'wait') retries.later(id)
    await setProblem(staging, id, { problem, ...(then === 'pause' ? { paused: true } : {}) }).catch(
      (failure: unknown) => {
        // Where not even this can be written it is tried again, and says so once it can.
        log.error({ err: failure, import: id }, 'why an import stands still could not be written')
        if (then === 'pause') retries.later(id)
      },
    )
  }

  function wake(): void {
    if (isClosed) return
    for (const lane of parts.lanes) {
      again.add(lane)
      if (busy.has(lane)) continue
      const task = work(lane).finally(() => {
        busy.delete(lane)
        if (again.has(lane)) wake()
        else if (busy.size === 0 && !isClosed) parts.onIdle()
      })
      busy.set(lane, task)
    }
  }

  return {
    wake,
    hurry: retries.now,
    async stop(id) {
      const run = running.get(id)
      run?.abort.abort(new Stopped('The import was stopped.'))
      await run?.done
      retries.forget(id)
    },
    paceOf: (id, left) => running.get(id)?.meter.pace(left) ?? { rate: null, seconds_left: null },
    async settled() {
      while (busy.size > 0) await Promise.all(busy.values())
    },
    async close() {
      isClosed = true
      retries.close()
      for (const { abort } of running.values()) abort.abort(new Stopped('The host ends.'))
      await Promise.all(busy.values())
    },
  }
}

/** Whoever paused it before it counted as running has stopped nothing. */
async function isStill(staging: Staging, lane: LaneWork, id: string): Promise<boolean> {
  const row = await staging.transaction((tx) =>
    tx.selectFrom('imports').select(['state', 'paused']).where('id', '=', id).executeTakeFirst(),
  )
  return row?.state === lane.state && (lane.evenPaused === true || !row.paused)
}

function setProblem(
  staging: Staging,
  id: string,
  change: { problem: string | null; paused?: boolean },
): Promise<unknown> {
  return staging.transaction((tx) => tx.updateTable('imports').set(change).where('id', '=', id).execute())
}

async function succeeded(staging: Staging, id: string, retries: Retries): Promise<void> {
  retries.forget(id)
  await staging.transaction((tx) =>
    tx
      .updateTable('imports')
      .set({ problem: null })
      .where('id', '=', id)
      .where('problem', 'is not', null)
      .execute(),
  )
}
