import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../../..')

/** Model packs are fetched once and kept between runs, beside the packages. */
export const packs = process.env.SEMBLANCE_PACKS ?? join(root, 'node_modules', '.cache', 'semblance-packs')

/** Where a failing test leaves its screenshot and the host's words. Not part of the tree. */
export const failures = join(root, 'out', 'e2e-failures')

/** The photos of real people that come beside the checkout; null where they are missing. */
export function photosFolder(): string | null {
  const folder = process.env.SEMBLANCE_PHOTOS ?? join(root, '..', 'shared', 'photos')
  return existsSync(folder) ? folder : null
}

/** A fresh data directory; `remove` it when its host has ended. */
export function freshHome(): { home: string; remove: () => void } {
  const home = mkdtempSync(join(tmpdir(), 'semblance-e2e-'))
  return { home, remove: () => rmSync(home, { recursive: true, force: true, maxRetries: 5 }) }
}

/** The environment of a host on a data directory of its own, at any free port. */
export function hostEnvironment(home: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    SEMBLANCE_HOME: home,
    SEMBLANCE_PACKS: packs,
    SEMBLANCE_PORT: '0',
    SEMBLANCE_LOG: 'debug',
  }
}
