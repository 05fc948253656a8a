import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { numberedPhoto } from '../tests/factories/numbered-photo'
import { memoryTaken } from './faces-load'

/** The files below a folder, in the order of their paths. */
export async function listPhotos(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
}

const photo = { width: 4000, height: 3000 }

/**
 * Photos of 12 megapixels, each of other bytes: a portrait in front of a wide scene, as JPEG of about half a megabyte.
 * Few are drawn; the rest are copies of other bytes, which are the same work.
 */
export async function largePhotos(folder: string, portraits: string[], count: number): Promise<string> {
  const drawn = await Promise.all(portraits.slice(0, 12).map(draw))
  for (let index = 0; index < count; index++) {
    const person = join(folder, `Person ${String(Math.floor(index / 10)).padStart(4, '0')}`)
    if (index % 10 === 0) await mkdir(person, { recursive: true })
    await writeFile(join(person, `${index}.jpg`), numberedPhoto(drawn[index % drawn.length], index))
  }
  return folder
}

async function draw(portrait: string): Promise<Buffer> {
  const face = await sharp(portrait).resize(1500, 1500).toBuffer()
  return sharp({ create: { ...photo, channels: 3, background: '#7f8a94' } })
    .composite([{ input: face, left: 1200, top: 700 }])
    .jpeg({ quality: 80 })
    .toBuffer()
}

/** Megabytes that this process and its workers hold, at most, until `stop`. */
export function watchMemory(): { stop: () => { peakMb: number; beganMb: number } } {
  const now = () => memoryTaken()
  const beganMb = now()
  let peakMb = beganMb
  const timer = setInterval(() => (peakMb = Math.max(peakMb, now())), 100)
  return {
    stop() {
      clearInterval(timer)
      return { beganMb, peakMb: Math.max(peakMb, now()) }
    },
  }
}
