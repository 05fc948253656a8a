import { createHash } from 'node:crypto'
import { vi } from 'vitest'
import type { FacePool } from '../../core/faces/pool/pool'
import { createWorker, type Worker } from '../../core/jobs/worker'
import type { PackStatus } from '../../core/model/status'
import { planSwitch } from '../../core/models/plan'
import { advanceSwitch } from '../../core/models/advance'
import { startSwitch } from '../../core/models/switches'
import { starterManifest } from '../../core/faces/packs/shipped-packs'
import { inventedAnalysis } from './analysis'
import { seeded } from './random'
import { silentLog, type QueueHost } from './queue-host'

export const spaces = { old: 'old/aaaaaaaaaaaa/a1', new: 'new/bbbbbbbbbbbb/a1' }

/** A photo of these bytes; a first byte of zero shows nobody. */
export const photo = (...bytes: number[]) => new Uint8Array(bytes)

/**
 * A pool whose answers are invented: the same for the same photo and space, and unlike in two spaces.
 * @param delayMs for each photo
 */
export function inventedPool(model: string, { delayMs = 0 } = {}): FacePool {
  const seen: Uint8Array[] = []
  return {
    async analyze(bytes) {
      seen.push(bytes)
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs))
      const seed = createHash('sha256').update(bytes).update(model).digest().readUInt32LE(0)
      const analysis = inventedAnalysis(seeded(seed))
      const faces = bytes[0] === 0 ? [] : analysis.faces
      return { ...analysis, faces, embedding_model: model }
    },
    status: () => {
      throw new Error('Nobody asks an invented pool.')
    },
    close: () => Promise.resolve(),
  }
}

const readyStatus = (model: string): PackStatus => ({
  ...{ name: model, state: 'ready', progress: 1, message: 'Ready', embedding_model: model, provider: 'CPU' },
  threads: 1,
})

/** The plan for the new space, or another, as a machine has it that measured nothing. */
export function planTo(host: QueueHost, model: string = spaces.new) {
  const [name] = model.split('/')
  return host.database.asService((tx) =>
    planSwitch(tx, {
      to: { manifest: { ...starterManifest, name }, embeddingModel: model },
      manifestOf: () => Promise.resolve(undefined),
      speed: { newWarmUpMs: 50, activeWarmUpMs: 100 },
      threads: 2,
      fetchBytes: 0,
    }),
  )
}

export async function begin(host: QueueHost, model: string = spaces.new): Promise<string> {
  const plan = await planTo(host, model)
  return host.database.asService((tx) => startSwitch(tx, plan, { basis: plan.basis, startedBy: null }))
}

export const advance = ({ database }: QueueHost) => advanceSwitch(database)

/** Everything that a switch could touch. */
export async function snapshot({ database }: QueueHost) {
  return database.asService(async (tx) => ({
    faces: await tx.selectFrom('faces').selectAll().orderBy('id').execute(),
    celebrities: await tx.selectFrom('celebrities').selectAll().orderBy('id').execute(),
    photos: await tx.selectFrom('celebrity_photos').selectAll().orderBy('id').execute(),
    matches: await tx.selectFrom('matches').selectAll().orderBy('id').execute(),
    lookalikes: await tx.selectFrom('celebrity_matches').selectAll().orderBy('id').execute(),
    active: await tx.selectFrom('active_model').selectAll().execute(),
    staged: await tx.selectFrom('staged_analyses').select(['face_id', 'celebrity_id', 'photo_id']).execute(),
    jobs: await tx.selectFrom('embedding_jobs').selectAll().execute(),
  }))
}

export const until = (check: () => Promise<boolean>) =>
  vi.waitFor(
    async () => {
      if (!(await check())) throw new Error('Not yet.')
    },
    { timeout: 20_000, interval: 50 },
  )

/**
 * A worker of invented models, begun.
 * @param staged the space that it makes embeddings in beside the active one
 * @param delayMs for each photo
 */
export function startWorker(
  host: QueueHost,
  active: string,
  staged?: string,
  { workerId = 'test', delayMs = 0, pool = inventedPool(active, { delayMs }) } = {},
): Worker {
  const worker = createWorker({
    ...host,
    faces: () => Promise.resolve(pool),
    packStatus: () => readyStatus(active),
    ...(staged && {
      staging: { names: () => [staged], pool: () => Promise.resolve(inventedPool(staged, { delayMs })) },
    }),
    ...{ log: silentLog, workerId, concurrency: 2, random: () => 0 },
  })
  worker.start()
  return worker
}

/** Such a worker does all that it can, and ends. */
export async function workToEnd(...how: Parameters<typeof startWorker>): Promise<void> {
  const worker = startWorker(...how)
  await worker.drain()
  await worker.stop()
}
