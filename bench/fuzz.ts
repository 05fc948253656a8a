import { join } from 'node:path'
import { createFacePool } from '../core/faces/pool/pool'
import { brokenImages } from '../tests/factories/broken-images'
import { fuzz } from '../tests/factories/fuzz-pool'
import { memoryTaken } from './faces-load'
import { findPhotos, readPhotos, starterPack } from './faces-photos'

/** 2,000 broken images through two workers, with 20 s for each. SEMBLANCE_SEED takes others than the usual ones. */
const count = 2000
const timeoutMs = 20_000

interface Context {
  root: string
  say: (line: string) => void
}

export default async function run({ root, say }: Context) {
  const seed = Number(process.env['SEMBLANCE_SEED'] ?? 1)
  const photos = findPhotos(root)
  const [photo] = photos ? await readPhotos(join(photos, 'lfw'), 1) : []
  if (!photo) say('Without a photo of a face among the images: none is on this machine.')
  const pack = await starterPack()
  const workerEntry = join(root, 'out/main/face-worker.js')
  const pool = await createFacePool({ pack, workerEntry, size: 2, timeoutMs })
  const before = memoryTaken()
  const outcome = await fuzz(pool, brokenImages(root, count, seed, photo))
  const status = pool.status()
  const grownMb = memoryTaken() - before
  await pool.close()
  const left = workersUp()
  for (const line of outcome.bad) say(line)
  const { analysed, refused, bad, slowest } = outcome
  const rows = [
    { measure: 'analysed', value: String(analysed), needed: '' },
    { measure: 'refused with a reason', value: String(refused), needed: '' },
    { measure: 'crashed, hung or refused without a reason', value: String(bad.length), needed: '0' },
    { measure: 'workers lost', value: String(status.replaced), needed: '0' },
    { measure: 'workers left after closing', value: String(left), needed: '0' },
    {
      measure: 'slowest',
      value: `${(slowest.ms / 1000).toFixed(1)} s, ${slowest.name}`,
      needed: `< ${timeoutMs / 1000} s`,
    },
    { measure: 'memory', value: `+${grownMb.toFixed(0)} MB`, needed: '' },
  ]
  const passed = bad.length === 0 && status.replaced === 0 && status.ready === 2 && left === 0
  return { rows, result: { seed, count, ...outcome, replaced: status.replaced, left, grownMb }, passed }
}

const workersUp = () => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length
