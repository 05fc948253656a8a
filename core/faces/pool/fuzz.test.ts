import { join } from 'node:path'
import { expect, it } from 'vitest'
import { brokenImages } from '../../../tests/factories/broken-images'
import { fuzz } from '../../../tests/factories/fuzz-pool'
import { findStarterPack } from '../../../tests/factories/pack'
import { createFacePool } from './pool'

/** `npm run bench -- fuzz` does it with 2,000. */
const count = 320
const root = join(import.meta.dirname, '../../..')
const pack = await findStarterPack()

it.skipIf(!pack)('comes through broken images with all its workers', { timeout: 180_000 }, async () => {
  const workerEntry = join(root, 'out/main/face-worker.js')
  const pool = await createFacePool({ pack: pack!, workerEntry, size: 2, timeoutMs: 60_000 })
  try {
    const { analysed, refused, bad } = await fuzz(pool, brokenImages(root, count, 1))
    expect(bad).toEqual([])
    expect(analysed + refused).toBe(count)
    // Some of either, or the mutations are too weak or too strong to reach what comes after the first check.
    expect(analysed).toBeGreaterThan(count / 10)
    expect(refused).toBeGreaterThan(count / 10)
    expect(pool.status()).toMatchObject({ ready: 2, replaced: 0, busy: 0, queued: 0 })
  } finally {
    await pool.close()
  }
})
