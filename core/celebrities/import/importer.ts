import { sql } from 'kysely'
import type { Logger } from 'pino'
import { SemblanceError } from '../../model/errors'
import type { Import } from '../contract-import-schemas'
import { createImport, type NewImport } from './source/create'
import { describeImport, describeImports, leftOf } from './describe'
import { createGalleryKeeper } from './gallery/keeper'
import {
  advance,
  applyUpdate,
  type ImportChange,
  isAnythingLeft,
  lockImport,
  removeDiscarded,
} from './import-row'
import { createLanes } from './lanes/lanes'
import { after, inWords, isRunning } from './phases'
import type { StagingTx } from './staging/staging'
import type { StagingDoor } from './staging/staging-door'
import { stepsOf, type StepParts } from './lanes/steps'
import { createUndoing } from './undo/undoing'
import { modelsToPublish } from './publish/publish-items'
import { requireSource } from './source/read-file'
import { type Piece, storePiece, uploadTurn } from './source/uploads'
import { createWatchers } from './lanes/watchers'

/** The imports of this machine: what is asked of them, and what goes on by itself. */
export interface Importer {
  /** For what reads and decides; whoever changes something says so with `changed`. */
  readonly staging: StagingDoor
  list: () => Promise<Import[]>
  /** @throws SemblanceError NOT_FOUND */
  get: (id: string) => Promise<Import>
  /** The import at once and whenever it changes, at most twice a second, until it is gone. */
  watch: (id: string, signal?: AbortSignal) => AsyncGenerator<Import, void>
  /** @param by who begins it; null for the command line. @throws SemblanceError BAD_REQUEST where there is nothing to read */
  create: (given: NewImport, by: string | null) => Promise<Import>
  /** @returns how many bytes of the file are there. @throws SemblanceError BAD_REQUEST, CONFLICT, NOT_FOUND */
  upload: (id: string, piece: Piece) => Promise<number>
  /** All is uploaded: it is scanned. @throws SemblanceError CONFLICT, NOT_FOUND */
  uploaded: (id: string) => Promise<Import>
  /** Nothing runs for it once this resolves. @throws SemblanceError CONFLICT where nothing could, NOT_FOUND */
  pause: (id: string) => Promise<Import>
  /** Goes on, also with what stood still for a problem. */
  resume: (id: string) => Promise<Import>
  /** @throws SemblanceError CONFLICT where some of it is published, NOT_FOUND */
  discard: (id: string) => Promise<void>
  /** Defaults and rules; the plan is made anew. @throws SemblanceError CONFLICT where it is published, NOT_FOUND */
  update: (id: string, change: ImportChange) => Promise<Import>
  /**
   * Executes the plan as it stands, in the background.
   * @param by in whose name; null for the command line
   * @throws SemblanceError CONFLICT where it is not reviewed, or its plan is old; UNAVAILABLE where its photos can't be
   *   reached; NOT_FOUND
   */
  publish: (id: string, by: string | null) => Promise<Import>
  /**
   * Takes up an import again that is published: what was left open is planned anew and decided, and what comes of that is
   * published as part of the same import. One that is being published stops, with what is published by then: where the
   * rest can't be, there is no other end. Needs no network.
   * @throws SemblanceError CONFLICT where it is neither published nor on its way, or goes on meanwhile; NOT_FOUND
   */
  reopen: (id: string) => Promise<Import>
  /**
   * Takes back what was published by it, wherever that was. It goes on by itself where it is broken off, also after a
   * restart; whoever asks again waits for the same.
   * @param by in whose name; null for the command line
   * @throws SemblanceError CONFLICT where nothing was published or it was paused; FORBIDDEN; UNAVAILABLE where it goes on
   *   later
   */
  undo: (id: string, by: string | null) => Promise<{ undone: number; kept: number }>
  /** The shared gallery may be another one now. */
  galleryChanged: () => void
  /** Something of this import was changed by somebody else: whoever watches is told, and a plan that is old is made anew. */
  changed: (id: string) => void
  /** Goes on with what an earlier life of this host left undone, where it left anything. */
  start: () => void
  /** Resolves when nothing is under way and nothing is due. */
  settled: () => Promise<void>
  /** Stops what runs, and closes the staging area. */
  close: () => Promise<void>
}

export interface ImporterParts extends StepParts {
  staging: StagingDoor
  log: Logger
  /** Told whenever an import came, went or reached another state. */
  onChange?: () => void
  /** Remembers, outside of the staging area, whether something is left to do in it: see left-over.ts. */
  leftOver: { note: () => Promise<void>; forget: () => Promise<void>; isThere: () => boolean }
  retryMs?: { first: number; most: number }
  /** Items that an undo takes back at once. Default 50. */
  undoChunk?: number
}

export function createImporter(parts: ImporterParts): Importer {
  const { staging, log, leftOver, onChange = () => undefined } = parts
  const watchers = createWatchers()
  const gallery = createGalleryKeeper({ ...parts, onNew: () => lanes.wake() })
  const undoing = createUndoing(parts, { chunkSize: parts.undoChunk ?? 50 })
  const lanes = createLanes({
    ...{ staging, log, lanes: [...stepsOf(parts, gallery), undoing.lane], changed: watchers.changed },
    ...(parts.retryMs ? { retryMs: parts.retryMs } : {}),
    onIdle: () =>
      void tidy(parts).catch((error: unknown) => log.warn({ err: error }, 'tidying the staging area')),
  })

  async function get(id: string): Promise<Import> {
    const found = await staging.transaction((tx) => describeImport(tx, id))
    return { ...found, ...lanes.paceOf(id, leftOf(found)) }
  }

  /** Something happens to an import that it goes on after. @throws what the change throws */
  async function changing(id: string, change: (tx: StagingTx) => Promise<void>): Promise<Import> {
    await leftOver.note()
    await staging.transaction(change)
    told(id)
    return get(id)
  }

  function told(id: string): void {
    watchers.changed(id)
    onChange()
    lanes.wake()
  }

  return {
    staging,
    get,
    async list() {
      void gallery.refresh()
      // A plan that an earlier life did not come to is made once somebody looks.
      lanes.wake()
      const all = await staging.transaction((tx) => describeImports(tx))
      return all.map((each) => ({ ...each, ...lanes.paceOf(each.id, leftOf(each)) }))
    },
    watch: (id, signal) => watchers.follow(id, () => orNull(get(id)), signal),
    async create(given, by) {
      await leftOver.note()
      const id = await createImport(staging, given, by)
      told(id)
      return get(id)
    },
    upload: (id, piece) => storePiece(staging, id, piece),
    uploaded: (id) => uploadTurn(id, () => changing(id, (tx) => advance(tx, id, 'uploaded'))),
    async pause(id) {
      await staging.transaction((tx) => markPaused(tx, id))
      undoing.standsStill(id, new SemblanceError('CONFLICT', 'The undo was paused. Resume it to go on.'))
      await lanes.stop(id)
      told(id)
      return get(id)
    },
    async resume(id) {
      const resumed = await changing(id, (tx) => markResumed(tx, id))
      lanes.hurry(id)
      return resumed
    },
    async discard(id) {
      // From here on nothing begins for it; what runs is stopped before anything of it goes.
      await uploadTurn(id, () => staging.transaction((tx) => markDiscarded(tx, id)))
      told(id)
      await lanes.stop(id)
      await removeDiscarded(staging)
      told(id)
    },
    update: (id, change) => changing(id, (tx) => applyUpdate(tx, id, change)),
    async publish(id, by) {
      if ((await modelsToPublish(staging, id)).length > 0) await requireSource(staging, id)
      return changing(id, (tx) => beginPublishing(tx, id, by))
    },
    async reopen(id) {
      await staging.transaction((tx) => markStopped(tx, id))
      await lanes.stop(id)
      // What it published itself is in the gallery by now.
      gallery.changed()
      return changing(id, (tx) => takeUpAgain(tx, id))
    },
    async undo(id, by) {
      await leftOver.note()
      return undoing.undo(id, by, {
        stop: () => lanes.stop(id),
        begin() {
          lanes.hurry(id)
          told(id)
        },
      })
    },
    galleryChanged: gallery.changed,
    changed: told,
    start() {
      if (leftOver.isThere()) lanes.wake()
    },
    settled: () => lanes.settled(),
    async close() {
      watchers.close()
      undoing.close()
      await Promise.all([lanes.close(), gallery.close()])
      await staging.close()
    },
  }
}

async function tidy({ staging, leftOver }: ImporterParts): Promise<void> {
  await removeDiscarded(staging)
  if (!(await isAnythingLeft(staging))) await leftOver.forget()
}

async function markPaused(tx: StagingTx, id: string): Promise<void> {
  const { state } = await lockImport(tx, id)
  if (!isRunning(state)) {
    const message = `This import ${inWords[state]}: nothing runs that could be paused.`
    throw new SemblanceError('CONFLICT', message, { state })
  }
  await tx.updateTable('imports').set({ paused: true }).where('id', '=', id).execute()
}

/** Nothing of it is published from here on. */
async function markStopped(tx: StagingTx, id: string): Promise<void> {
  const { state } = await lockImport(tx, id)
  after(state, 'reopen')
  if (state === 'publishing')
    await tx.updateTable('imports').set({ paused: true }).where('id', '=', id).execute()
}

async function takeUpAgain(tx: StagingTx, id: string): Promise<void> {
  const { state, paused } = await lockImport(tx, id)
  if (state === 'publishing' && !paused)
    throw new SemblanceError('CONFLICT', 'Somebody has resumed this import meanwhile; it is being published.')
  const revision = sql`revision + 1` as never
  await advance(tx, id, 'reopen', { revision, paused: false, problem: null, held_back: false })
}

async function markResumed(tx: StagingTx, id: string): Promise<void> {
  await lockImport(tx, id)
  await tx.updateTable('imports').set({ paused: false, problem: null }).where('id', '=', id).execute()
}

/** Files that an undo left count for published, too: of those there is nothing to undo any more. */
async function markDiscarded(tx: StagingTx, id: string): Promise<void> {
  const { state } = await lockImport(tx, id)
  await advance(tx, id, 'discard')
  if (state !== 'review') return
  const published = await tx
    .selectFrom('files')
    .select('id')
    .where('import_id', '=', id)
    .where('published_at', 'is not', null)
    .executeTakeFirst()
  if (!published) return
  const message = 'Some of this import is published. Undo it first; then it can be discarded.'
  throw new SemblanceError('CONFLICT', message)
}

async function beginPublishing(tx: StagingTx, id: string, by: string | null): Promise<void> {
  const { state, revision, planned_revision } = await lockImport(tx, id)
  after(state, 'publish')
  if (planned_revision !== revision) {
    throw new SemblanceError(
      'CONFLICT',
      'The plan is being made anew. Look at it once it is there, then publish it.',
    )
  }
  await advance(tx, id, 'publish', { published_by: by, paused: false, problem: null })
  // Something may be held back of it: what was taken back before was about another import.
  await tx.updateTable('decisions').set({ can_redo: false }).where('import_id', '=', id).execute()
}

async function orNull<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found
  } catch (error) {
    if (error instanceof SemblanceError && error.code === 'NOT_FOUND') return null
    throw error
  }
}
