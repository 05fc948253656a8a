import { hostname } from 'node:os'
import { sql } from 'kysely'
import type { Database } from '../../../database/connect'
import { SemblanceError } from '../../../model/errors'
import { holdActiveModel, readActiveModel } from '../../../models/active-model'
import type { Images } from '../../../supabase/images'
import { importDoor, requireCurator, type ImportDoor } from './publish-door'
import { publishItem, type PublishTools } from './publish-item'
import {
  modelsToPublish,
  nextItems,
  noteResults,
  rounds,
  isWhole,
  lackOf,
  type ItemResult,
  type PublishItem,
  type WholeItem,
} from './publish-items'
import { readStagedFile } from '../source/read-file'
import type { Staging } from '../staging/staging'

/** Files that are claimed, and written down in the staging area, at once. */
const chunkSize = 64

export interface PublishOptions {
  database: Database
  images: Images
  /** In whose name, asked for their role again and again; null for the command line. */
  by: string | null
  signal?: AbortSignal
  /** Told after each file, with how many are done by this call. */
  onProgress?: (done: number) => void
  /** Files that are sent beside each other, each with a connection of its own. Default 6. */
  concurrency?: number
}

/** `changed` files wait for a person: what they were planned on has changed underneath. */
export interface PublishResult {
  published: number
  changed: number
}

/**
 * Does what the plan of an import says, and nothing else: `files.outcome` of the staging area. Any number of calls one
 * after the other, from whatever was left: each file is published once, by one transaction of the shared database, and
 * marked in the staging area afterwards.
 *
 * @throws SemblanceError CONFLICT where the plan is of another revision, where its photos were analysed by other models
 *   than the database searches with (nothing is published then), or where the import was undone; FORBIDDEN where who
 *   publishes is no curator (any more); UNAVAILABLE, or the error of a disk, with all written that was done; the
 *   signal's reason
 */
export async function publishImport(
  staging: Staging,
  importId: string,
  options: PublishOptions,
): Promise<PublishResult> {
  const { database, images, by } = options
  const name = await requirePlan(staging, importId)
  const door = importDoor(database, by)
  await requireCurator(door)
  await requireActiveModel(database, await modelsToPublish(staging, importId))
  await door((tx) => sql`select private.begin_import(${importId}::uuid, ${name}, ${hostname()})`.execute(tx))
  const tools: PublishTools = {
    ...{ importId, door, images, folder: await staging.folderOf(importId) },
    read: ({ locator }) => readStagedFile(staging, importId, locator).catch(withWayOut),
  }
  const result = { published: 0, changed: 0 }
  for (const round of rounds) {
    let after = '0'
    for (;;) {
      options.signal?.throwIfAborted()
      const items = await nextItems(staging, importId, { round, after, limit: chunkSize })
      if (items.length === 0) break
      after = items[items.length - 1].id
      await publishChunk(staging, tools, items, { options, result })
    }
  }
  await door((tx) => sql`select private.end_import(${importId}::uuid)`.execute(tx))
  return result
}

/** A source may be away for ever. */
function withWayOut(error: unknown): never {
  if (!(error instanceof SemblanceError) || error.code !== 'UNAVAILABLE') throw error
  const message = `${error.message} If it is gone for good, go back to the review: what is published by now stays.`
  throw new SemblanceError('UNAVAILABLE', message, undefined, { cause: error })
}

/** The import's name. */
async function requirePlan(staging: Staging, importId: string): Promise<string> {
  const row = await staging.transaction((tx) =>
    tx
      .selectFrom('imports')
      .select(['name', 'revision', 'planned_revision'])
      .where('id', '=', importId)
      .executeTakeFirst(),
  )
  if (!row) throw new SemblanceError('NOT_FOUND', 'This import is no longer on this machine.')
  if (row.planned_revision === row.revision) return row.name
  throw new SemblanceError(
    'CONFLICT',
    'The plan is not of what stands now. Look at it again once it is made anew.',
  )
}

async function requireActiveModel(database: Database, models: readonly string[]): Promise<void> {
  const active = await database.asService(async (tx) => {
    // The first one ever decides the space of the database.
    if (!(await readActiveModel(tx)) && models.length === 1) await holdActiveModel(tx, models[0])
    return readActiveModel(tx)
  })
  const other = models.find((model) => model !== active?.embedding_model)
  if (other === undefined) return
  throw new SemblanceError(
    'CONFLICT',
    `These photos were analysed with ${other}, the database searches with ${active?.embedding_model ?? 'none'}: nothing was published. Install the database's pack (semblance packs install ${active?.pack ?? ''}); the photos are analysed anew with it.`,
    { reason: 'other_space', embedding_model: other, active: active?.embedding_model ?? null },
  )
}

interface Run {
  options: PublishOptions
  result: PublishResult
}

/** Claims some files, publishes them beside each other, and writes down what became of them, however it ends. */
async function publishChunk(
  staging: Staging,
  tools: PublishTools,
  items: readonly PublishItem[],
  { options, result }: Run,
): Promise<void> {
  const lacking = items.flatMap((item): ItemResult[] => {
    const changed = lackOf(item)
    return changed === null ? [] : [{ id: item.id, celebrity: null, changed }]
  })
  const whole = items.filter(isWhole)
  const results = [...lacking, ...(await claim(tools.importId, tools.door, whole))]
  const done = new Set(results.map(({ id }) => id))
  const failure = new AbortController()
  const signal = AbortSignal.any([failure.signal, ...(options.signal ? [options.signal] : [])])
  const queue = whole.filter(({ id }) => !done.has(id))
  const count = (one: ItemResult) => {
    if (one.changed === null) result.published += 1
    else result.changed += 1
    options.onProgress?.(result.published + result.changed)
  }
  results.forEach(count)
  async function lane(): Promise<void> {
    for (let item = queue.shift(); item && !signal.aborted; item = queue.shift()) {
      try {
        const one = await publishItem(tools, item)
        results.push(one)
        count(one)
      } catch (error) {
        failure.abort(error)
      }
    }
  }
  await Promise.all(Array.from({ length: options.concurrency ?? 6 }, lane))
  await noteResults(staging, tools.importId, results)
  signal.throwIfAborted()
}

/** Tells the shared database what is about to lie in Storage; gives what an earlier attempt has published already. */
async function claim(importId: string, door: ImportDoor, items: readonly WholeItem[]): Promise<ItemResult[]> {
  const claims = items.map(({ id, outcome, celebrity_id, photo_id, image_hash, image_path }) => ({
    ...{ item: id, outcome, celebrity_id, photo_id, image_hash, image_path },
  }))
  const { rows } = await door((tx) =>
    sql<{ item: string; celebrity_id: string }>`
      select item::text as item, celebrity_id
      from private.claim_import_items(${importId}::uuid, ${JSON.stringify(claims)}::jsonb)`.execute(tx),
  )
  return rows.map(({ item, celebrity_id }) => ({ id: item, celebrity: celebrity_id, changed: null }))
}
