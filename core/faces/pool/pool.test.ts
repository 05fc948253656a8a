import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { buildProgram } from '../../../tests/factories/child'
import {
  findStarterPack,
  openFacePool,
  photosAvailable,
  photosDirectory,
} from '../../../tests/factories/pack'
import { starterManifest } from '../packs/shipped-packs'
import { createFacePool, type FacePool, type FacePoolOptions } from './pool'

/**
 * Real: the pool and its processes. The worker of the first half is a small one that speaks the protocol and does on
 * demand what a real one does only when something is wrong with it; the second half has the built worker and photos.
 */
const troublesome = `
  import { existsSync, writeFileSync } from 'node:fs'
  let flag
  process.on('disconnect', () => process.exit())
  process.on('message', ({ type, id, bytes, data }) => {
    if (type === 'open') {
      flag = data.pack.directory
      if (existsSync(flag + '/refuse')) throw new Error('models are gone')
      return process.send({ type: 'ready', report: { provider: 'cpu', warmUpMs: 1, memory: 0, tried: [] } })
    }
    const wish = Buffer.from(bytes).toString()
    const first = wish.endsWith('once') && !existsSync(flag + '/' + wish)
    if (first) writeFileSync(flag + '/' + wish, '')
    if (wish === 'throw' || (wish === 'throw once' && first)) throw new Error('boom')
    if (wish === 'exit') process.exit(3)
    if (wish === 'abort') process.abort()
    if (wish === 'process id') return process.send({ type: 'done', id, analysis: { image_hash: String(process.pid) } })
    if (wish === 'environment') return process.send({ type: 'done', id, analysis: { image_hash: JSON.stringify(process.env) } })
    if (wish === 'fill') { const hoard = []; for (;;) hoard.push(new Array(1e6).fill(hoard.length + 0.5)) }
    if (wish === 'print') console.log('a line of a library')
    if (wish === 'hang' || (wish === 'hang once' && first)) for (;;);
    if (wish === 'reject') return process.send({ type: 'failed', id, error: { code: 'IMAGE_REJECTED', message: 'no', data: { reason: 'not_an_image' } } })
    setTimeout(() => process.send({ type: 'done', id, analysis: { image_hash: wish } }), wish === 'slow' ? 300 : 5)
  })
`
let scratch: string
let directory: string
let pool: FacePool | undefined

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'pool-test-'))
  await writeFile(join(scratch, 'worker.mjs'), troublesome)
})
afterAll(() => rm(scratch, { recursive: true, force: true }))
afterEach(async () => {
  await pool?.close()
  pool = undefined
})

async function open(options: Partial<FacePoolOptions> = {}): Promise<FacePool> {
  directory = await mkdtemp(join(scratch, 'flags-'))
  const pack = { manifest: starterManifest, directory, embeddingModel: 'm' }
  pool = await createFacePool({
    pack,
    workerEntry: join(scratch, 'worker.mjs'),
    timeoutMs: 10_000,
    ...options,
  })
  return pool
}
const wish = (text: string) => new Uint8Array(Buffer.from(text))

function isUp(processId: number): boolean {
  try {
    return process.kill(processId, 0)
  } catch {
    return false
  }
}

describe('when workers misbehave', () => {
  it('answers every caller with its own analysis', async () => {
    const { analyze } = await open({ size: 2 })
    const texts = Array.from({ length: 30 }, (_, index) => `image ${index}`)
    const analyses = await Promise.all(texts.map((text) => analyze(wish(text))))
    expect(analyses.map(({ image_hash }) => image_hash)).toEqual(texts)
  })

  it('leaves the bytes with their owner', async () => {
    const { analyze } = await open()
    const bytes = wish('mine')
    await analyze(bytes)
    expect(Buffer.from(bytes).toString()).toBe('mine')
  })

  it('carries an error over with code and reason', async () => {
    const { analyze } = await open()
    await expect(analyze(wish('reject'))).rejects.toMatchObject({
      name: 'SemblanceError',
      code: 'IMAGE_REJECTED',
      data: { reason: 'not_an_image' },
    })
  })

  it.each([
    ['throw once', 60_000],
    ['hang once', 3000],
  ])('tries again in a new worker: %s', { timeout: 180_000 }, async (text, timeoutMs) => {
    const { analyze, status } = await open({ timeoutMs })
    expect(await analyze(wish(text))).toMatchObject({ image_hash: text })
    expect(status()).toMatchObject({ replaced: 1, completed: 1, failed: 0, ready: 1 })
  })

  it.each([
    ['throw', 'crashed', 60_000],
    ['exit', 'crashed', 60_000],
    ['abort', 'crashed', 60_000],
    ['fill', 'crashed', 60_000],
    // Also the time that a worker has to come up.
    ['hang', 'timeout', 3000],
  ])('sets an image aside that does it twice, and goes on: %s', { timeout: 180_000 }, async (...row) => {
    const [text, reason, timeoutMs] = row
    const { analyze, status } = await open({ timeoutMs })
    const [poison, next] = await Promise.allSettled([analyze(wish(text)), analyze(wish('next'))])
    expect(poison).toMatchObject({
      status: 'rejected',
      reason: { code: 'IMAGE_REJECTED', data: { reason: 'broken_image', analysis: reason } },
    })
    expect(next).toMatchObject({ status: 'fulfilled', value: { image_hash: 'next' } })
    expect(status()).toMatchObject({ replaced: 2, completed: 1, failed: 1 })
  })

  it('refuses more than may wait', async () => {
    const { analyze } = await open({ maxQueued: 2 })
    const results = await Promise.allSettled(Array.from({ length: 4 }, () => analyze(wish('slow'))))
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected'])
    expect(results[3]).toMatchObject({ reason: { code: 'UNAVAILABLE' } })
  })

  it('drops what is cancelled, waiting or running', async () => {
    const { analyze, status } = await open()
    const abort = new AbortController()
    const running = analyze(wish('slow'), { signal: abort.signal })
    const waiting = analyze(wish('later'), { signal: abort.signal })
    const kept = analyze(wish('kept'))
    abort.abort(new Error('not wanted any more'))
    await expect(running).rejects.toThrow('not wanted')
    await expect(waiting).rejects.toThrow('not wanted')
    expect(await kept).toMatchObject({ image_hash: 'kept' })
    expect(status()).toMatchObject({ queued: 0, ready: 1, replaced: 0 })
    await expect(analyze(wish('x'), { signal: abort.signal })).rejects.toThrow('not wanted')
  })

  it('says when no worker comes up any more, instead of waiting for ever', async () => {
    const { analyze, status } = await open()
    await writeFile(join(directory, 'refuse'), '')
    await expect(analyze(wish('throw once'))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(status()).toMatchObject({ ready: 0 })
    await rm(join(directory, 'refuse'))
    expect(await analyze(wish('back again'))).toMatchObject({ image_hash: 'back again' })
  })

  it('does not open where a worker can not start, and says why', async () => {
    await expect(open({ workerEntry: join(scratch, 'missing.mjs') })).rejects.toThrow(
      /The face worker ended: Error: Cannot find module .*missing\.mjs.* \(exit code 1\)/,
    )
  })

  it('keeps the keys of the host from the process that decodes files of strangers', async () => {
    vi.stubEnv('DATABASE_URL', 'postgresql://postgres:secret@localhost/postgres')
    vi.stubEnv('SUPABASE_SECRET_KEY', 'secret')
    const { analyze } = await open()
    const { image_hash: environment } = await analyze(wish('environment'))
    expect(environment).toContain('"PATH"')
    expect(environment).not.toContain('secret')
    vi.unstubAllEnvs()
  })

  it('keeps what a worker prints off stdout, and leaves none behind when its own process is killed', async () => {
    const program = await buildProgram('pool-program.ts')
    try {
      const host = program.start([join(scratch, 'worker.mjs')])
      const worker = Number(await host.says('worker '))
      expect(isUp(worker)).toBe(true)
      expect(host.lines).not.toContain('a line of a library')
      await host.kill9()
      await expect.poll(() => isUp(worker), { timeout: 60_000 }).toBe(false)
    } finally {
      program.remove()
    }
  })

  it('finishes what runs and refuses what waits when it closes', async () => {
    const { analyze, close } = await open()
    const running = analyze(wish('slow'))
    const waiting = analyze(wish('late'))
    const settled = Promise.allSettled([running, waiting])
    await close()
    expect(await settled).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'UNAVAILABLE' } },
    ])
    await expect(analyze(wish('x'))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  it('says nothing of an image whose worker is lost while it closes', async () => {
    const { analyze, close } = await open()
    const settled = Promise.allSettled([analyze(wish('throw'))])
    await close()
    expect(await settled).toMatchObject([{ status: 'rejected', reason: { code: 'UNAVAILABLE' } }])
  })
})

const pack = photosAvailable() ? await findStarterPack() : undefined

describe.skipIf(!pack)('with the real worker', () => {
  it('analyses without holding up the event loop of its host', { timeout: 120_000 }, async () => {
    pool = await openFacePool(pack!, 2)
    const files = [
      'groups/couple.jpg',
      'poses/rise_face.jpeg',
      'no_face.png',
      'emotion/happy.png',
      'groups/insightface_t1.jpg',
    ]
    const images = await Promise.all(files.map((file) => readFile(join(photosDirectory, file))))
    const before = performance.eventLoopUtilization()
    const analyses = await Promise.all(images.map((bytes) => pool!.analyze(bytes)))
    const { utilization } = performance.eventLoopUtilization(before)
    expect(analyses.map(({ faces }) => faces.length)).toEqual([2, 1, 0, 1, 6])
    // With the models on this thread it would be near 1.
    expect(utilization).toBeLessThan(0.3)
    const bad = await pool.analyze(Buffer.from('no image')).catch((error: unknown) => error)
    expect(bad).toMatchObject({
      name: 'SemblanceError',
      code: 'IMAGE_REJECTED',
      data: { reason: 'not_an_image' },
    })
    expect(pool.status()).toMatchObject({
      completed: 5,
      failed: 1,
      replaced: 0,
      ready: 2,
      embedding_model: 'starter/87aacdfe5751/a1',
    })
  })
})
