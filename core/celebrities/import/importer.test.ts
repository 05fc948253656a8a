import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { inventedPool } from '../../../tests/factories/invented-pool'
import { silentLog } from '../../../tests/factories/queue-host'
import { reopenStaging } from '../../../tests/factories/staging'
import { numberedPhoto, numberOf } from '../../../tests/factories/numbered-photo'
import type { Database } from '../../database/connect'
import type { FacePool } from '../../faces/pool/pool'
import { imageRejected, SemblanceError } from '../../model/errors'
import type { Images } from '../../supabase/images'
import { createImporter, type Importer } from './importer'
import { createStagingDoor, type StagingDoor } from './staging/staging-door'

// Real: the staging area, folders, the scan, the runner, the plan. Invented: what the photos show. There is no network.

const away = () => Promise.reject(new SemblanceError('UNAVAILABLE', 'There is no network.'))
const database = {
  outage: () => ({ since: new Date(), reason: 'There is no network.', nextTryAt: new Date() }),
  ...{ asService: away, asUser: away },
} as unknown as Database

describe('the imports of a machine', { timeout: 120_000 }, () => {
  let folder: string
  let source: string
  let staging: StagingDoor
  let importer: Importer
  let faces: () => Promise<FacePool>
  let left: boolean

  function open(): void {
    const directory = join(folder, 'staging')
    staging = createStagingDoor({ directory, open: () => reopenStaging(directory) })
    importer = createImporter({
      ...{ staging, database, images: {} as Images, log: silentLog, faces: () => faces() },
      leftOver: {
        note: async () => void (left = true),
        forget: async () => void (left = false),
        isThere: () => left,
      },
      retryMs: { first: 50, most: 50 },
    })
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'semblance-imports-'))
    source = join(folder, 'photos')
    left = false
    faces = () => Promise.resolve(inventedPool({ threads: 2 }))
    open()
  })
  afterEach(async () => {
    await importer.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
  })

  async function makePhotos(count: number, into = source): Promise<void> {
    const picture = await sharp({ create: { width: 16, height: 16, channels: 3, background: '#a08070' } })
      .jpeg()
      .toBuffer()
    await mkdir(join(into, 'Ann Onym'), { recursive: true })
    for (let index = 0; index < count; index++)
      await writeFile(join(into, 'Ann Onym', `${index}.jpg`), numberedPhoto(picture, index))
  }

  const eventually = <T>(check: () => Promise<T>) => vi.waitFor(check, { timeout: 60_000, interval: 20 })
  const stateOf = async (id: string) => (await importer.get(id)).state

  /** A pool that holds every photo until it is let go. */
  function heldPool() {
    let begun = 0
    let letGo = () => {}
    const held = new Promise<void>((resolve) => (letGo = resolve))
    faces = () =>
      Promise.resolve(
        inventedPool({ threads: 2, onBegin: () => ((begun += 1), begun > 5 ? held : undefined) }),
      )
    return { begun: () => begun, letGo }
  }

  test('go by themselves from a folder to a plan, and say that nothing is left', async () => {
    await makePhotos(20)
    const { id } = await importer.create({ path: source }, null)
    await importer.settled()
    expect(await importer.get(id)).toMatchObject({
      ...{ state: 'review', is_planned: true, files: 20, analyzed: 20, found: 0, rejected: 0, problem: null },
    })
    await eventually(async () => expect(left).toBe(false))
    expect(await readdir(join(folder, 'staging/imports', id, 'thumbnails'))).toHaveLength(20)
  })

  test('stand still while they are paused, also after a restart, and go on where they were', async () => {
    await makePhotos(40)
    const held = heldPool()
    const { id } = await importer.create({ path: source }, null)
    await eventually(async () => expect(held.begun()).toBeGreaterThan(5))
    expect(await importer.pause(id)).toMatchObject({ state: 'analyzing', paused: true })
    held.letGo()
    await importer.close()
    let begun = 0
    faces = () => Promise.resolve(inventedPool({ threads: 2, onBegin: () => void (begun += 1) }))
    open()
    importer.start()
    await importer.settled()
    const still = await importer.get(id)
    expect(still).toMatchObject({ state: 'analyzing', paused: true })
    expect(begun).toBe(0)
    await importer.resume(id)
    await importer.settled()
    expect(await importer.get(id)).toMatchObject({ state: 'review', analyzed: 40, paused: false })
    expect(begun).toBe(40 - still.analyzed)
    // Nothing was lost with a host: nothing is suspect.
    const { rows } = await staging.transaction((tx) =>
      sql<{ most: number }>`select max(attempts)::int as most from files`.execute(tx),
    )
    expect(rows).toEqual([{ most: 1 }])
  })

  test('go on by themselves after a restart that nobody asked for', async () => {
    await makePhotos(30)
    const held = heldPool()
    const { id } = await importer.create({ path: source }, null)
    await eventually(async () => expect(held.begun()).toBeGreaterThan(5))
    await importer.close()
    held.letGo()
    faces = () => Promise.resolve(inventedPool())
    open()
    expect(left).toBe(true)
    importer.start()
    await importer.settled()
    expect(await importer.get(id)).toMatchObject({ state: 'review', analyzed: 30 })
  })

  test('are gone with all that was theirs once discarded, in the midst of it, and the source stays', async () => {
    await makePhotos(30)
    const held = heldPool()
    const { id } = await importer.create({ path: source }, null)
    await eventually(async () => expect(held.begun()).toBeGreaterThan(5))
    await importer.discard(id)
    held.letGo()
    expect(await importer.list()).toEqual([])
    await expect(importer.get(id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await readdir(join(folder, 'staging/imports'))).toEqual([])
    expect(await readdir(join(source, 'Ann Onym'))).toHaveLength(30)
  })

  test('wait for models that are not set up, and say so', async () => {
    await makePhotos(3)
    let isReady = false
    faces = () =>
      isReady
        ? Promise.resolve(inventedPool())
        : Promise.reject(new SemblanceError('UNAVAILABLE', 'The models are not set up yet.'))
    const { id } = await importer.create({ path: source }, null)
    await eventually(async () =>
      expect(await importer.get(id)).toMatchObject({
        ...{ state: 'analyzing', paused: false, problem: 'The models are not set up yet.' },
      }),
    )
    isReady = true
    await eventually(async () => expect(await stateOf(id)).toBe('review'))
    expect((await importer.get(id)).problem).toBeNull()
  })

  test('wait for a disk that was taken away, with no photo said to be gone', async () => {
    await makePhotos(12)
    let begun = 0
    faces = () =>
      Promise.resolve(
        inventedPool({
          async onBegin() {
            if ((begun += 1) === 2) await rename(source, `${source}.away`)
          },
        }),
      )
    const { id } = await importer.create({ path: source }, null)
    await eventually(async () => expect((await importer.get(id)).problem).toContain("can't be reached"))
    expect((await importer.get(id)).rejected).toBe(0)
    await rename(`${source}.away`, source)
    await eventually(async () => expect(await stateOf(id)).toBe('review'))
    expect(await importer.get(id)).toMatchObject({ analyzed: 12, rejected: 0, problem: null })
  })

  test('are paused by a disk that is full, and lose nothing', async () => {
    await makePhotos(12)
    let isFull = true
    const pool = inventedPool()
    faces = () =>
      Promise.resolve({
        ...pool,
        analyze(bytes, options) {
          if (isFull && numberOf(bytes) === 5)
            throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
          return pool.analyze(bytes, options)
        },
      })
    const { id } = await importer.create({ path: source }, null)
    await eventually(async () => expect((await importer.get(id)).paused).toBe(true))
    expect((await importer.get(id)).problem).toContain('is full')
    isFull = false
    await importer.resume(id)
    await eventually(async () => expect(await stateOf(id)).toBe('review'))
    expect(await importer.get(id)).toMatchObject({ analyzed: 12, rejected: 0, problem: null })
  })

  test('say of each photo that can’t be used why', async () => {
    await makePhotos(5)
    const pool = inventedPool()
    const refusals: Record<number, () => Error> = {
      0: () => imageRejected('broken_image', 'The image is damaged.'),
      1: () => imageRejected('too_many_pixels', 'The image is too large.'),
      2: () =>
        new SemblanceError('IMAGE_REJECTED', 'It broke down.', {
          reason: 'broken_image',
          analysis: 'crashed',
        }),
    }
    faces = () =>
      Promise.resolve({
        ...pool,
        async analyze(bytes, options) {
          const number = numberOf(bytes) ?? -1
          if (refusals[number]) throw refusals[number]()
          const analysis = await pool.analyze(bytes, options)
          return number === 3 ? { ...analysis, faces: [] } : analysis
        },
      })
    const { id } = await importer.create({ path: source }, null)
    await importer.settled()
    expect(await importer.get(id)).toMatchObject({
      ...{ state: 'review', analyzed: 1, rejected: 4 },
      reasons: { unreadable: 1, too_large: 1, poison: 1, no_face: 1 },
    })
  })

  test('don’t analyse again what was analysed before, with the same models', async () => {
    await makePhotos(10)
    let begun = 0
    let model = 'test/one'
    faces = () => Promise.resolve(inventedPool({ embeddingModel: model, onBegin: () => void (begun += 1) }))
    await importer.create({ path: source }, null)
    await importer.settled()
    const again = await importer.create({ path: source }, null)
    await importer.settled()
    expect(begun).toBe(10)
    expect(await importer.get(again.id)).toMatchObject({ state: 'review', analyzed: 10 })
    expect(await readdir(join(folder, 'staging/imports', again.id, 'thumbnails'))).toHaveLength(10)
    model = 'test/two'
    await importer.create({ path: source }, null)
    await importer.settled()
    expect(begun).toBe(20)
  })

  test('tell whoever watches, and end with the import', async () => {
    await makePhotos(10)
    const { id } = await importer.create({ path: source }, null)
    const seen: string[] = []
    for await (const now of importer.watch(id)) {
      seen.push(now.state)
      if (now.state === 'review') await importer.discard(id)
    }
    expect(seen.at(-1)).toBe('review')
  })

  test('refuse what can’t happen now', async () => {
    await makePhotos(2)
    const { id } = await importer.create({ path: source }, null)
    await importer.settled()
    await expect(importer.pause(id)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(importer.uploaded(id)).rejects.toMatchObject({ code: 'CONFLICT' })
    await staging.transaction((tx) => tx.updateTable('imports').set({ planned_revision: null }).execute())
    await expect(importer.publish(id, null)).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test('are planned anew when their rules change', async () => {
    await makePhotos(4)
    const { id } = await importer.create({ path: source }, null)
    await importer.settled()
    await importer.update(id, { rules: { min_quality: 1 }, defaults: { licence: 'CC0' } })
    await importer.settled()
    const now = await importer.get(id)
    expect(now).toMatchObject({ is_planned: true, defaults: { licence: 'CC0' }, rules: { min_quality: 1 } })
    expect(now.outcomes.new_celebrity).toBe(0)
    expect(now.reasons.low_quality).toBeGreaterThan(0)
  })
})
