import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { installPack, type InstalledPack } from '../core/faces/packs/packs'
import { starterManifest } from '../core/faces/packs/shipped-packs'

/** Where the photos of benchmarks lie: SEMBLANCE_PHOTOS, or beside the repository; undefined where they do not. */
export function findPhotos(root: string): string | undefined {
  const folder = process.env['SEMBLANCE_PHOTOS'] ?? join(root, '../shared/photos')
  return existsSync(folder) ? folder : undefined
}

/** The starter pack, fetched where it is not there yet. */
export function starterPack(): Promise<InstalledPack> {
  const directory = process.env['SEMBLANCE_PACKS'] ?? join(homedir(), '.cache/semblance-test/packs')
  return installPack({ manifest: starterManifest, directory })
}

/** Up to `count` photos of a folder of folders, in the order of their names. */
export async function readPhotos(folder: string, count: number): Promise<Buffer[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
  return Promise.all(
    files
      .sort()
      .slice(0, count)
      .map((file) => readFile(file)),
  )
}
