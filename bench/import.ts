import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findPhotos, starterPack } from './faces-photos'
import { type Imported, runAsHost, type Speed, startAsHost, type Task } from './import-host'
import { largePhotos, listPhotos } from './import-photos'

/**
 * A whole host imports photos: how fast, against nothing but the analysis of the same photos in the same run, by turns;
 * and how much memory it takes for many large ones. See docs/import.md.
 */
const needed = { ofBare: 0.85, peakMb: 1000 }

interface Context {
  root: string
  say: (line: string) => void
  /** All photos of LFW, and 10,000 of 12 megapixels: an hour. */
  isFull: boolean
}

export default async function imports({ root, say, isFull }: Context) {
  const photos = findPhotos(root)
  if (!photos) {
    say(`Skipped: no photos at ${join(root, '../shared/photos')}; name a folder in SEMBLANCE_PHOTOS.`)
    return { rows: [], result: { skipped: 'no photos' }, passed: true }
  }
  const sizes = isFull ? { lfw: Infinity, blocks: 2, large: 10_000 } : { lfw: 300, blocks: 2, large: 150 }
  const folder = await mkdtemp(join(tmpdir(), 'semblance-bench-import-'))
  const pack = await starterPack()
  const place = { home: join(folder, 'home'), packs: dirname(pack.directory) }
  try {
    const files = (await listPhotos(join(photos, 'lfw'))).slice(0, sizes.lfw)
    const blocks = await inBlocks(join(photos, 'lfw'), files, folder, sizes.blocks)
    const few = await inBlocks(join(photos, 'lfw'), files.slice(0, 3), join(folder, 'few'), 1)
    say('A host is set up')
    await inHost<Imported>({ ...place, do: 'import', folders: few })
    say(`${files.length} photos of LFW in ${sizes.blocks} blocks, each analysed bare and imported`)
    const speed = await inHost<Speed>({ ...place, do: 'speed', folders: blocks })
    say(`${sizes.large} generated photos of 12 megapixels`)
    const large = await largePhotos(join(folder, 'large'), files.slice(0, 12), sizes.large)
    const imported = await inHost<Imported>({ ...place, do: 'import', folders: [large] })
    return summary({ speed, imported, sizes, files: files.length })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The photos in folders of about the same size, people together. */
async function inBlocks(root: string, files: string[], home: string, blocks: number): Promise<string[]> {
  const size = Math.ceil(files.length / blocks)
  const folders: string[] = []
  for (const [index, file] of files.entries()) {
    const folder = join(home, `block-${Math.floor(index / size)}`)
    if (!folders.includes(folder)) folders.push(folder)
    const target = join(folder, relative(root, file))
    await mkdir(dirname(target), { recursive: true })
    await copyFile(file, target)
  }
  return folders
}

interface Measured {
  speed: Speed
  imported: Imported
  sizes: { large: number }
  files: number
}

function summary({ speed, imported, sizes, files }: Measured) {
  const { memory, seconds, last: large } = imported
  const bare = speed.photos / speed.bareSeconds
  const whole = speed.photos / speed.importSeconds
  const ofBare = whole / bare
  const ofBareCpu = speed.bareCpu / speed.importCpu
  const rate = (value: number) => `${value.toFixed(1)} photos/s`
  const rows = [
    { measure: `${files} photos of LFW, analysis alone`, value: rate(bare), needed: '' },
    { measure: '… scanned, analysed, planned', value: rate(whole), needed: '' },
    {
      measure: 'import of bare analysis, by the clock',
      value: ofBare.toFixed(3),
      needed: `≥ ${needed.ofBare}`,
    },
    { measure: '… by processor time', value: ofBareCpu.toFixed(3), needed: '' },
    {
      measure: `peak memory of the host, ${sizes.large} photos of 12 MP`,
      value: `${memory.peakMb.toFixed(0)} MB (${memory.beganMb.toFixed(0)} MB before it began)`,
      needed: `< ${needed.peakMb} MB`,
    },
    {
      measure: '… imported',
      value: `${large.analyzed} analysed, ${large.rejected} rejected, ${rate(sizes.large / seconds)}`,
      needed: '',
    },
    {
      measure: `load of ${cpus().length} cores`,
      value: loadavg()
        .map((load) => load.toFixed(1))
        .join(' '),
      needed: '',
    },
  ]
  const passed =
    ofBare >= needed.ofBare &&
    memory.peakMb < needed.peakMb &&
    large.analyzed + large.rejected === sizes.large
  const result = {
    ofBare,
    ofBareCpu,
    speed,
    memory,
    large: { photos: sizes.large, seconds },
    load: loadavg(),
  }
  return { rows, result, passed }
}

/** In a process of its own, so that its memory is that of a host. */
const inHost = <T>(task: Task) => startAsHost<T>(fileURLToPath(import.meta.url), task)

await runAsHost()
