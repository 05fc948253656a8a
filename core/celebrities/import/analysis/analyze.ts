import { sql } from 'kysely'
import type { FacePool } from '../../../faces/pool/pool'
import { exchange, type Claim, type Result } from './analysis-batch'
import { analyzeFile, makePictureFolders, type FileTools } from './analyze-file'
import { loadKnownPhotos } from './known-photos'
import type { Staging } from '../staging/staging'

/** A file that a host was lost with so often, but for the first time alone, is left to a person. */
export const mostLosses = 3
/** Files that are handed out, and written, in one transaction. */
const batch = 8

export interface AnalyzeOptions {
  /** Rejects with UNAVAILABLE while the models are not set up. */
  faces: () => Promise<FacePool>
  /** @throws SemblanceError where the bytes can't be had; with `data.code`, an outcome code, where that is the file's fault */
  read: (claim: Claim) => Promise<Uint8Array>
  signal?: AbortSignal
  /** Told after each file, with how many are done by this call. */
  onProgress?: (done: number) => void
  /** Photos in memory at once. Default: one more than the pool has threads, so that none of them waits for a disk. */
  concurrency?: number
}

/**
 * Analyses what an import found and has not analysed. Any number of calls one after the other: each goes on where the
 * last one ended, however it ended; what was being analysed when the process was killed is analysed again, a handful of
 * photos, alone and after all others, since one of them may be what killed it.
 *
 * @throws the signal's reason; UNAVAILABLE where the models are away; the disk's own error where it is full. All that is
 *   done is written by then.
 */
export async function analyzeImport(
  staging: Staging,
  importId: string,
  options: AnalyzeOptions,
): Promise<void> {
  const pool = await options.faces()
  const { threads, embedding_model: model } = pool.status()
  await setAside(staging, importId)
  await forgetOtherModels(staging, importId, model)
  const folder = await staging.folderOf(importId)
  await makePictureFolders(folder)
  const known = await loadKnownPhotos(staging, model)
  const failure = new AbortController()
  const signal = AbortSignal.any([failure.signal, ...(options.signal ? [options.signal] : [])])
  const run = { staging, importId, failure, onProgress: options.onProgress ?? (() => undefined), done: 0 }
  const tools: FileTools = { pool, known, folder, signal, read: options.read }
  await analyzeAll(run, tools, { concurrency: options.concurrency ?? threads + 1, suspects: false })
  await analyzeAll(run, tools, { concurrency: 1, suspects: true })
}

interface Run {
  staging: Staging
  importId: string
  /** Ends the other lanes where one fails. */
  failure: AbortController
  onProgress: (done: number) => void
  done: number
}

/** Lanes beside each other, each with one photo, fed from batches. */
async function analyzeAll(
  run: Run,
  tools: FileTools,
  { concurrency, suspects }: { concurrency: number; suspects: boolean },
): Promise<void> {
  const feed = createFeed(run, tools, { batch: suspects ? 1 : batch, low: concurrency, suspects })
  async function lane(): Promise<void> {
    try {
      for (let claim = await feed.next(); claim; claim = await feed.next()) {
        const result = await analyzeFile(tools, claim).catch((error: unknown) => {
          feed.add({ id: claim.id, kind: 'released' })
          throw error
        })
        feed.add(result)
        run.onProgress(++run.done)
      }
    } catch (error) {
      run.failure.abort(error)
      throw error
    }
  }
  await Promise.allSettled(Array.from({ length: concurrency }, lane))
  // What was done is written, whatever became of the rest; the first failure is what is told of.
  await feed.finish().catch((error: unknown) => run.failure.abort(error))
  tools.signal.throwIfAborted()
}

interface FeedOptions {
  batch: number
  /** Fewer than so many are left: the next ones are fetched. */
  low: number
  suspects: boolean
}

/** Hands out files and gathers what came of them. */
function createFeed({ staging, importId }: Run, tools: FileTools, { batch, low, suspects }: FeedOptions) {
  const claims: Claim[] = []
  const results: Result[] = []
  let last = '0'
  let isEmpty = false
  let fetching: Promise<void> | null = null

  async function trade(wanted: number): Promise<void> {
    const given = results.splice(0)
    try {
      const { claims: more, missing } = await exchange(staging, importId, {
        ...{ results: given, wanted, from: suspects ? null : last },
      })
      claims.push(...more)
      last = more.at(-1)?.id ?? last
      isEmpty ||= more.length < wanted
      note(given, missing)
    } catch (error) {
      results.unshift(...given)
      throw error
    }
  }

  function note(written: readonly Result[], missing: readonly string[]): void {
    for (const result of written) {
      if (result.kind === 'analyzed') tools.known.add(result.analysis.image_hash, { id: result.id, importId })
      if (result.kind !== 'known' || !missing.includes(result.id)) continue
      tools.known.forget(result.imageHash)
      if (result.sourceHash !== null) tools.known.forget(result.sourceHash)
    }
  }

  return {
    async next(): Promise<Claim | undefined> {
      tools.signal.throwIfAborted()
      while (!isEmpty && claims.length < low) {
        fetching ??= trade(batch).finally(() => (fetching = null))
        if (claims.length > 0) {
          // Whoever needs the next one finds out.
          fetching.catch(() => undefined)
          break
        }
        await fetching
      }
      return claims.shift()
    },
    add: (result: Result) => void results.push(result),
    async finish(): Promise<void> {
      await fetching?.catch(() => undefined)
      results.push(...claims.splice(0).map(({ id }) => ({ id, kind: 'released' as const })))
      if (results.length > 0) await trade(0)
    },
  }
}

/** Leaves to a person what host after host was lost with. */
async function setAside(staging: Staging, importId: string): Promise<void> {
  await staging.transaction(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('files')
      .set({
        ...{ state: 'rejected', reason_code: 'poison', analyzed_at: sql`now()` },
        reason: `Semblance was lost ${mostLosses} times while this photo was analysed. Save it in another format and import it again.`,
      })
      .where('import_id', '=', importId)
      .where('state', '=', 'found')
      .where('attempts', '>=', mostLosses)
      .executeTakeFirst()
    if (numUpdatedRows > 0n) await touch(tx, importId)
  })
}

/** Vectors of two models never meet: what other models made is made anew. */
async function forgetOtherModels(staging: Staging, importId: string, model: string): Promise<void> {
  await staging.transaction(async (tx) => {
    const { rows } = await sql<{ id: string }>`
      update files set state = 'found', attempts = 0 where import_id = ${importId} and state = 'analyzed'
        and embedding_model is distinct from ${model} returning id`.execute(tx)
    if (rows.length > 0) await touch(tx, importId)
  })
}

const touch = (tx: Parameters<Parameters<Staging['transaction']>[0]>[0], importId: string) =>
  tx
    .updateTable('imports')
    .set({ revision: sql`revision + 1` })
    .where('id', '=', importId)
    .execute()
