import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { starterManifest } from '../../core/faces/shipped-packs'
import { installPack, type InstalledPack } from '../../core/faces/packs'
import { createFacePool, type FacePool } from '../../core/faces/pool'

const root = join(import.meta.dirname, '../..')

/** Photos that lie beside the repository on some machines. */
export const photosDirectory = join(root, '../shared/photos')

/** Where tests keep model packs between runs. */
const packsDirectory = process.env['SEMBLANCE_PACKS'] ?? join(homedir(), '.cache/semblance-test/packs')

/** The starter pack, fetched where it is not there; undefined, with a line that says so, where it can't be had. */
export async function findStarterPack(): Promise<InstalledPack | undefined> {
  return installPack({ manifest: starterManifest, directory: packsDirectory }).catch((error: unknown) => {
    process.stderr.write(
      `Skipped, for want of the models: ${error instanceof Error ? error.message : String(error)}\n`,
    )
    return undefined
  })
}

/** Whether the photos are there; says so where they are not. */
export function photosAvailable(): boolean {
  if (existsSync(photosDirectory)) return true
  process.stderr.write(`Skipped, for want of photos: ${photosDirectory} is not there.\n`)
  return false
}

/** A real pool over the pack: its threads are the built worker. */
export function openFacePool(pack: InstalledPack, size = 1): Promise<FacePool> {
  return createFacePool({ pack, size, workerEntry: join(root, 'out/main/face-worker.js') })
}
