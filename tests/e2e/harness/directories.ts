import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testSkip } from '../../factories/requirements'

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

/** For `describe.skipIf`. */
export function lacksPhotos(): boolean {
  return photosFolder() === null && testSkip('photos of people', 'set SEMBLANCE_PHOTOS to their folder')
}

/** A fresh data directory and a port for its host; `remove` it when the host has ended. */
export async function freshHome(): Promise<Home> {
  const directory = mkdtempSync(join(tmpdir(), 'semblance-e2e-'))
  const path = join(directory, 'home')
  mkdirSync(path)
  return {
    path,
    photos: join(directory, 'photos'),
    port: await freePort(),
    remove: () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }),
  }
}

export interface Home {
  path: string
  /** For a test's photos, beside the data directory: what lies in that is no source of an import. */
  photos: string
  port: number
  remove: () => void
}

/** The environment of a host on a data directory of its own. */
export function hostEnvironment({ path, port }: Home): NodeJS.ProcessEnv {
  return {
    ...process.env,
    SEMBLANCE_HOME: path,
    SEMBLANCE_PACKS: packs,
    SEMBLANCE_PORT: String(port),
    SEMBLANCE_LOG: 'debug',
  }
}

/** Sessions are bound to the address of their host, so it must be the same after a restart. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
