import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { starterManifest } from '../../core/faces/packs/shipped-packs'
import { installPack, type InstalledPack } from '../../core/faces/packs/packs'
import { createFacePool, type FacePool } from '../../core/faces/pool/pool'
import { testSkip } from './requirements'

const root = join(import.meta.dirname, '../..')

/** Photos that lie beside the repository on some machines. */
export const photosDirectory = join(root, '../shared/photos')

/** Where tests keep model packs between runs. */
const packsDirectory = process.env['SEMBLANCE_PACKS'] ?? join(homedir(), '.cache/semblance-test/packs')

/** The starter pack, fetched where it is not there; undefined, as `testSkip` says it, where it can't be had. */
export async function findStarterPack(): Promise<InstalledPack | undefined> {
  return installPack({ manifest: starterManifest, directory: packsDirectory }).catch((error: unknown) => {
    testSkip('the models', error instanceof Error ? error.message : String(error))
    return undefined
  })
}

/** Whether the photos are there. */
export function photosAvailable(): boolean {
  return existsSync(photosDirectory) || !testSkip('photos', `${photosDirectory} is not there`)
}

/** A real pool over the pack: its threads are the built worker. */
export function openFacePool(pack: InstalledPack, size = 1): Promise<FacePool> {
  return createFacePool({ pack, size, workerEntry: join(root, 'out/main/face-worker.js') })
}
