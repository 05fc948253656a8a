import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FacePool } from '../../core/faces/pool/pool'
import { inventedAnalysis } from './analysis'
import { seeded } from './random'

interface Options {
  threads?: number
  /** Milliseconds that a photo takes. */
  analysisMs?: number
  embeddingModel?: string
  /** Told of each photo before it is begun. */
  onBegin?: (bytes: Uint8Array) => void | Promise<void>
}

/** A pool that invents what it says of a photo from its bytes, always the same; it has one face. */
export function inventedPool({
  threads = 1,
  analysisMs = 0,
  embeddingModel = 'test/model',
  onBegin,
}: Options = {}): FacePool {
  return {
    async analyze(bytes, { signal, greyPicture } = {}) {
      await orAborted(Promise.resolve(onBegin?.(bytes)), signal)
      if (analysisMs > 0) await sleep(analysisMs, undefined, signal ? { signal } : {})
      const seed = bytes.reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7)
      const image_hash = createHash('md5').update(bytes).digest('hex')
      const random = seeded(seed)
      return {
        ...{ ...inventedAnalysis(random), image_hash, embedding_model: embeddingModel },
        ...(greyPicture
          ? { grey_picture: Float32Array.from({ length: 32 ** 2 }, () => random() * 255) }
          : {}),
      }
    },
    status: () => ({ threads, embedding_model: embeddingModel }) as ReturnType<FacePool['status']>,
    close: () => Promise.resolve(),
  }
}

/** As the real pool: whoever gives up need not wait for what runs. */
async function orAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted()
  if (!signal) return work
  let refuse = () => {}
  const aborted = new Promise<never>((_, reject) => {
    refuse = () => reject(signal.reason as Error)
    signal.addEventListener('abort', refuse, { once: true })
  })
  try {
    await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', refuse)
  }
}
