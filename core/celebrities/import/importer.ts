import { rm } from 'node:fs/promises'
import { sql, type Updateable } from 'kysely'
import type { Logger } from 'pino'
import type { FacePool } from '../../faces/pool'
import { SemblanceError } from '../../model/errors'
import type { Import, ImportDefaults, ImportRules } from '../contract-import-schemas'
import { analyzeImport } from './analyze'
import { createImport, type NewImport } from './create'
import { describeImport, describeImports } from './describe'
import { createLanes, type LaneWork } from './lanes'
import { after, inWords, isRunning, type Happening } from './phases'
import { readStagedFile } from './read-file'
import { scanImport } from './scan/scan'
import type { StagingTx } from './staging'
import type { StagingDoor } from './staging-door'
import type { ImportsTable } from './staging-tables'
import { type Piece, storePiece } from './uploads'
import { createWatchers } from './watchers'

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
  /** @throws SemblanceError CONFLICT where it was published, NOT_FOUND */
  discard: (id: string) => Promise<void>
  update: (
    id: string,
    change: { defaults?: Partial<ImportDefaults> | undefined; rules?: Partial<ImportRules> | undefined },
  ) => Promise<Import>
  /** Something of this import was changed by somebody else: whoever watches is told, and a plan that is old is made anew. */
  changed: (id: string) => void
  /** Goes on with what an earlier life of this host left undone, where it left anything. */
  start: () => void
  /** Resolves when nothing is under way and nothing is due. */
  settled: () => Promise<void>
  /** Stops what runs, and closes the staging area. */
  close: () => Promise<void>
}

export interface ImporterParts {
  staging: StagingDoor
  faces: () => Promise<FacePool>
  log: Logger
  /** Told whenever an import came, went or reached another state. */
  onChange?: () => void
  /** Remembers, outside of the staging area, whether something is left to do in it: see left-over.ts. */
  leftOver: { note: () => Promise<void>; forget: () => Promise<void>; isThere: () => boolean }
  retryMs?: { first: number; most: number }
}

export function createImporter(parts: ImporterParts): Importer {
  const { staging, log, leftOver, onChange = () => undefined } = parts
  const watchers = createWatchers()
  const works: LaneWork[] = [scanLane(parts), analysisLane(parts)]
  const lanes = createLanes({
    ...{ staging, log, lanes: works, changed: watchers.changed },
    ...(parts.retryMs ? { retryMs: parts.retryMs } : {}),
    onIdle: () => void tidy().catch((error: unknown) => log.warn({ err: error }, 'tidying the staging area')),
  })

  async function get(id: string): Promise<Import> {
    const found = await staging.transaction((tx) => describeImport(tx, id))
    return { ...found, ...lanes.paceOf(id, found.found) }
  }

  /** Something happens to an import. @throws SemblanceError CONFLICT, NOT_FOUND */
  async function happen(id: string, happening: Happening, set: Updateable<ImportsTable> = {}): Promise<void> {
    await staging.transaction((tx) => advance(tx, id, happening, set))
    told(id)
  }

  function told(id: string): void {
    watchers.changed(id)
    onChange()
    lanes.wake()
  }

  async function tidy(): Promise<void> {
    await removeDiscarded(staging)
    if (await isAnythingLeft(staging)) return
    await leftOver.forget()
  }

  return {
    staging,
    get,
    async list() {
      const all = await staging.transaction((tx) => describeImports(tx))
      return all.map((each) => ({ ...each, ...lanes.paceOf(each.id, each.found) }))
    },
    watch: (id, signal) => watchers.follow(id, () => orNull(get(id)), signal),
    async create(given, by) {
      await leftOver.note()
      const id = await createImport(staging, given, by)
      told(id)
      return get(id)
    },
    upload: (id, piece) => storePiece(staging, id, piece),
    async uploaded(id) {
      await leftOver.note()
      await happen(id, 'uploaded')
      return get(id)
    },
    async pause(id) {
      await staging.transaction(async (tx) => {
        const { state } = await lockImport(tx, id)
        if (!isRunning(state)) throw nothingRuns(state)
        await tx.updateTable('imports').set({ paused: true }).where('id', '=', id).execute()
      })
      await lanes.stop(id)
      told(id)
      return get(id)
    },
    async resume(id) {
      await leftOver.note()
      await staging.transaction(async (tx) => {
        await lockImport(tx, id)
        await tx.updateTable('imports').set({ paused: false, problem: null }).where('id', '=', id).execute()
      })
      lanes.hurry(id)
      told(id)
      return get(id)
    },
    async discard(id) {
      // From here on nothing begins for it; what runs is stopped before anything of it goes.
      await happen(id, 'discard')
      await lanes.stop(id)
      await removeDiscarded(staging)
      told(id)
    },
    async update(id, change) {
      await staging.transaction((tx) => applyUpdate(tx, id, change))
      told(id)
      return get(id)
    },
    changed: told,
    start() {
      if (leftOver.isThere()) lanes.wake()
    },
    settled: () => lanes.settled(),
    async close() {
      watchers.close()
      await lanes.close()
      await staging.close()
    },
  }
}

function scanLane({ staging }: ImporterParts): LaneWork {
  return {
    state: 'scanning',
    async run(id, { signal, note }) {
      let noted = 0
      await scanImport(staging, id, {
        signal,
        onProgress(files) {
          note(files - noted)
          noted = files
        },
      })
      await staging.transaction((tx) => advance(tx, id, 'scanned', { scanned_at: sql`now()` as never }))
    },
  }
}

function analysisLane({ staging, faces }: ImporterParts): LaneWork {
  return {
    state: 'analyzing',
    async run(id, { signal, note }) {
      let noted = 0
      await analyzeImport(staging, id, {
        faces,
        signal,
        read: ({ locator }) => readStagedFile(staging, id, locator),
        onProgress(done) {
          note(done - noted)
          noted = done
        },
      })
      await staging.transaction((tx) => advance(tx, id, 'analyzed', { analyzed_at: sql`now()` as never }))
    },
  }
}

/** @throws SemblanceError CONFLICT where that can't happen now, NOT_FOUND */
export async function advance(
  tx: StagingTx,
  id: string,
  happening: Happening,
  set: Updateable<ImportsTable> = {},
): Promise<void> {
  const { state } = await lockImport(tx, id)
  await tx
    .updateTable('imports')
    .set({ ...set, state: after(state, happening) })
    .where('id', '=', id)
    .execute()
}

async function lockImport(tx: StagingTx, id: string) {
  const row = await tx
    .selectFrom('imports')
    .select(['state', 'rules'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new SemblanceError('NOT_FOUND', 'This import is no longer on this machine.')
  return row
}

const nothingRuns = (state: Import['state']) =>
  new SemblanceError('CONFLICT', `This import ${inWords[state]}: nothing runs that could be paused.`, {
    state,
  })

type Change = Parameters<Importer['update']>[1]

/** What is not named stays. @throws SemblanceError CONFLICT where it is published, NOT_FOUND */
async function applyUpdate(tx: StagingTx, id: string, { defaults = {}, rules = {} }: Change): Promise<void> {
  const row = await lockImport(tx, id)
  if (['publishing', 'published', 'undoing', 'undone', 'discarded'].includes(row.state)) {
    throw new SemblanceError('CONFLICT', `This import ${inWords[row.state]}; it can’t be changed any more.`)
  }
  const { licence, source, category, gender } = defaults
  await tx
    .updateTable('imports')
    .set({
      ...(licence === undefined ? {} : { default_licence: licence || null }),
      ...(source === undefined ? {} : { default_source: source || null }),
      ...(category === undefined ? {} : { default_category: category || null }),
      ...(gender === undefined ? {} : { default_gender: gender }),
      rules: JSON.stringify({ ...row.rules, ...withoutUndefined(rules) }),
      revision: sql`revision + 1`,
    })
    .where('id', '=', id)
    .execute()
}

const withoutUndefined = (record: object) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))

/** Rows first: a folder without them is only room that is lost, rows without their files would promise something. */
async function removeDiscarded(staging: StagingDoor): Promise<void> {
  const gone = await staging.transaction((tx) =>
    tx.selectFrom('imports').select('id').where('state', '=', 'discarded').execute(),
  )
  for (const { id } of gone) {
    await rm(await staging.folderOf(id), { recursive: true, force: true })
    await staging.transaction((tx) => tx.deleteFrom('imports').where('id', '=', id).execute())
  }
}

async function isAnythingLeft(staging: StagingDoor): Promise<boolean> {
  const row = await staging.transaction((tx) =>
    tx
      .selectFrom('imports')
      .select('id')
      .where((eb) =>
        eb.or([
          eb('state', '=', 'discarded'),
          eb.and([
            eb('state', 'in', ['scanning', 'analyzing', 'publishing', 'undoing']),
            eb('paused', '=', false),
          ]),
        ]),
      )
      .executeTakeFirst(),
  )
  return row !== undefined
}

async function orNull<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found
  } catch (error) {
    if (error instanceof SemblanceError && error.code === 'NOT_FOUND') return null
    throw error
  }
}
