import sharp from 'sharp'
import { parentPort, workerData } from 'node:worker_threads'
import { createAnalyzer } from './analyze'
import { toFailure, type FaceReply, type FaceRequest, type FaceWorkerData } from './face-messages'

/**
 * The entry of a face worker thread (see pool.ts): one image at a time, answered with its analysis or its error. The
 * models run on this thread, so that they block nobody else's event loop.
 */
const port = parentPort
if (!port) throw new Error('face-worker is an entry for worker threads.')

// One image at a time and one thread for it: the pool's size is what says how much of the machine is used.
sharp.concurrency(1)
sharp.cache(false)

const { pack, limits, provider } = workerData as FaceWorkerData
const analyzer = await createAnalyzer(pack, limits, provider)
const reply = (message: FaceReply, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)

port.on('message', (request: FaceRequest) => {
  if (request.type === 'close') {
    port.close()
    void analyzer.close()
    return
  }
  const { id, bytes, wishes } = request
  analyzer.analyze(bytes, wishes).then(
    (analysis) =>
      reply({ type: 'done', id, analysis }, transferable([analysis.thumbnail, analysis.rendition])),
    (error: unknown) => reply({ type: 'failed', id, error: toFailure(error) }),
  )
})
reply({ type: 'ready', report: analyzer.provider })

function transferable(images: (Uint8Array | undefined)[]): ArrayBuffer[] {
  return images.flatMap((bytes) => (bytes ? [bytes.buffer as ArrayBuffer] : []))
}
