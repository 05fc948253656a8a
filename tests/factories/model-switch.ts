import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { vi } from 'vitest'
import type { FacePool } from '../../core/faces/pool'
import type { PackStatus } from '../../core/model/status'
import { planSwitch } from '../../core/models/plan'
import { advanceSwitch } from '../../core/models/advance'
import { startSwitch } from '../../core/models/switches'
import { starterManifest } from '../../core/faces/shipped-packs'
import { inventedAnalysis } from './analysis'
import { seeded } from './random'
import type { QueueHost } from './queue-host'

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

export const readyStatus = (model: string): PackStatus => ({
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

/** Two people of one school, and a way to give them photos, and celebrities. */
export async function withPeople(host: QueueHost, people: readonly string[]) {
  await host.database.asOwner(async (tx) => {
    for (const [index, id] of people.entries()) {
      await sql`insert into auth.users (id, email, raw_user_meta_data) values (
        ${id}, ${`${id}@example.edu`},
        ${JSON.stringify({ name: `Person ${index}`, gender: index % 2 ? 'male' : 'female', school: 'North' })}::jsonb
      )`.execute(tx)
    }
    await sql`update public.system_settings set value = '0' where key in ('match_threshold', 'match_min_quality')`.execute(
      tx,
    )
  })
  return {
    async addFace(owner: string, bytes: Uint8Array): Promise<string> {
      const image_path = host.images.facePath(owner, 'jpg')
      await host.images.upload('faces', image_path, bytes, 'image/jpeg')
      const { id } = await host.database.asService((tx) =>
        tx
          .insertInto('faces')
          .values({ profile_id: owner, image_path })
          .returning('id')
          .executeTakeFirstOrThrow(),
      )
      return id
    },
    async addCelebrity(name: string, bytes: Uint8Array): Promise<string> {
      const image_path = host.images.celebrityPath('jpg')
      await host.images.upload('celebrity-images', image_path, bytes, 'image/jpeg')
      const { id } = await host.database.asService((tx) =>
        tx.insertInto('celebrities').values({ name, image_path }).returning('id').executeTakeFirstOrThrow(),
      )
      return id
    },
    async addFurtherPhoto(celebrity: string, bytes: Uint8Array): Promise<string> {
      const image_path = host.images.celebrityPath('jpg')
      await host.images.upload('celebrity-images', image_path, bytes, 'image/jpeg')
      const { id } = await host.database.asService((tx) =>
        tx
          .insertInto('celebrity_photos')
          .values({ celebrity_id: celebrity, image_path, analysis: '{}' })
          .returning('id')
          .executeTakeFirstOrThrow(),
      )
      return id
    },
  }
}
