import type { FacePool } from '../../core/faces/pool/pool'
import { SemblanceError } from '../../core/model/errors'
import type { BrokenImage } from './broken-images'

export interface FuzzOutcome {
  analysed: number
  refused: number
  /** Images that cost a worker its life or its time, or were refused by something else than a sentence for a person. */
  bad: string[]
  /** The longest that one took, ms, and which. */
  slowest: { ms: number; name: string }
}

/** Sends every image through the pool, as many at once as it has threads. */
export async function fuzz(pool: FacePool, images: AsyncIterable<BrokenImage>): Promise<FuzzOutcome> {
  const outcome: FuzzOutcome = { analysed: 0, refused: 0, bad: [], slowest: { ms: 0, name: '' } }
  const rest = images[Symbol.asyncIterator]()
  async function work() {
    for (let next = await rest.next(); !next.done; next = await rest.next()) {
      const { name, bytes } = next.value
      const started = performance.now()
      try {
        await pool.analyze(bytes)
        outcome.analysed++
      } catch (error) {
        const isRefusal =
          error instanceof SemblanceError && error.code === 'IMAGE_REJECTED' && !error.data?.['analysis']
        if (isRefusal) outcome.refused++
        else outcome.bad.push(`${name}: ${String(error)}`)
      }
      const ms = performance.now() - started
      if (ms > outcome.slowest.ms) outcome.slowest = { ms, name }
    }
  }
  await Promise.all(Array.from({ length: pool.status().threads }, work))
  return outcome
}
