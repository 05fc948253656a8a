import sharp from 'sharp'
import { createAnalyzer, type Analyzer } from '../analyze'
import { toFailure, type FaceReply, type FaceRequest } from './face-messages'

/**
 * The entry of a face worker process (see pool.ts): one image at a time, answered with its analysis or its error. The
 * models and decoders run here, so that they block nobody else's event loop and, should native code break down on an
 * image, take nobody else with them.
 */

// One image at a time and one thread for it: the pool's size is what says how much of the machine is used.
sharp.concurrency(1)
sharp.cache(false)

// The host says when this ends. Ctrl-C in its terminal reaches this process, too, and the host lets work finish.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
process.on('disconnect', () => process.exit())

let analyzer: Analyzer
const reply = (message: FaceReply) => process.send?.(message)

process.on('message', (request: FaceRequest) => {
  if (request.type === 'open') void open(request)
  else void analyze(request)
})

/** Not caught: a process whose models don't open is of no use, and its last words say why. */
async function open({ data: { pack, limits, provider } }: FaceRequest & { type: 'open' }): Promise<void> {
  analyzer = await createAnalyzer(pack, limits, provider)
  reply({ type: 'ready', report: analyzer.provider })
}

async function analyze({ id, bytes, wishes }: FaceRequest & { type: 'analyze' }): Promise<void> {
  try {
    reply({ type: 'done', id, analysis: await analyzer.analyze(bytes, wishes) })
  } catch (error) {
    reply({ type: 'failed', id, error: toFailure(error) })
  }
}
