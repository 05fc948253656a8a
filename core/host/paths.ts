import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Where the parts of the application lie: in a source tree, or in an installed package (`app.asar`). */
export interface AppPaths {
  /** The folder (or archive) that holds package.json. */
  root: string
  /** Plain SQL, one numbered file per migration. */
  migrations: string
  /** The manifests of the model packs, one JSON file each. */
  packManifests: string
  /** Built pages: `console/index.html`, `site/index.html`, and the `assets/` of both. */
  renderer: string
  /** Entries of worker threads and processes. */
  entries: { faceWorker: string; databaseWorker: string; hostProcess: string }
  /** The sandboxed window's preload. */
  preload: string
}

/** The version of package.json. */
export function appVersion(paths: AppPaths): string {
  const { version } = JSON.parse(readFileSync(join(paths.root, 'package.json'), 'utf8')) as {
    version: string
  }
  return version
}

/**
 * Finds the application by walking up from this file, which is core/host/ in a source tree and out/main/ or
 * out/main/chunks/ in a build.
 */
export function appPaths(from: string = import.meta.dirname): AppPaths {
  const root = appRoot(from)
  const built = (file: string) => join(root, 'out', 'main', file)
  return {
    root,
    migrations: join(root, 'migrations'),
    packManifests: join(root, 'resources', 'packs'),
    renderer: join(root, 'out', 'renderer'),
    entries: {
      faceWorker: built('face-worker.js'),
      databaseWorker: built('database-worker.js'),
      hostProcess: built('host-process.js'),
    },
    preload: join(root, 'out', 'electron', 'preload.cjs'),
  }
}

function appRoot(from: string): string {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
  }
  throw new Error(`No package.json in or above ${from}.`)
}
