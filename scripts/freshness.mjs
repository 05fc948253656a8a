import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * What each build is made from. Migrations and resources are read where they lie, so they are not part of a build.
 * `workers` are the worker threads alone, which unit tests need; `app` is everything, workers included.
 */
const sources = {
  workers: ['core', 'scripts/build.mjs', 'electron.vite.config.ts', 'package.json', 'package-lock.json'],
  app: [
    'core',
    'electron',
    'renderer',
    'scripts/build.mjs',
    'electron.vite.config.ts',
    'tsconfig.json',
    'package.json',
    'package-lock.json',
  ],
}

/** @typedef {keyof typeof sources} Target */

const isSource = (/** @type {string} */ path) => !/\.test\.tsx?$/.test(path)

/** Files below the path, or the path itself where it is a file; none where it is missing. */
function filesUnder(/** @type {string} */ path) {
  const stats = statSync(join(root, path), { throwIfNoEntry: false })
  if (!stats) return []
  if (stats.isFile()) return [path]
  return readdirSync(join(root, path), { recursive: true, encoding: 'utf8' }).map((name) => join(path, name))
}

/** A digest of names, sizes and times of change: a few milliseconds where reading all the contents takes many. */
export function fingerprint(/** @type {Target} */ target) {
  const hash = createHash('sha256')
  for (const path of sources[target].flatMap(filesUnder).filter(isSource).sort()) {
    const stats = statSync(join(root, path), { throwIfNoEntry: false })
    if (stats?.isFile()) hash.update(`${path}\0${stats.size}\0${stats.mtimeMs}\n`)
  }
  return hash.digest('hex')
}

const stampOf = (/** @type {Target} */ target) => join(root, 'out', `.built-${target}`)

/** Whether what stands in out/ was built from the sources as they are now. */
export function isFresh(/** @type {Target} */ target) {
  try {
    return readFileSync(stampOf(target), 'utf8') === fingerprint(target)
  } catch {
    return false
  }
}

/** Says that out/ is in the making: from here on a crash leaves it stale, not wrongly fresh. */
export function markStale(/** @type {Target} */ target) {
  rmSync(stampOf(target), { force: true })
}

export function markFresh(/** @type {Target} */ target, /** @type {string} */ digest) {
  mkdirSync(join(root, 'out'), { recursive: true })
  writeFileSync(stampOf(target), digest)
}
