import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { entityTooLarge } from './errors'

/** Bytes that are on the disk under a version, and outlive a crash. */
export interface KeptFile {
  version: string
  size: number
  /** 32 hex digits. */
  md5: string
}

/**
 * Where the bytes of objects lie: `objects/<two digits>/<version>`, a version being a UUID of ours. Nothing that a
 * client says becomes a path. A file never changes after it is kept, so that readers and hard kills see it whole.
 */
export interface FileStore {
  /** Drops what an earlier process left unfinished. At the start only: it would drop running uploads, too. */
  clearTemporary(): void
  /** Writes, syncs and gives a new version. Throws EntityTooLarge beyond `maximumBytes`; a failure leaves nothing. */
  keep(body: AsyncIterable<Uint8Array>, maximumBytes: number): Promise<KeptFile>
  /** The open file and its size; null where there is none. The caller closes it. */
  open(version: string): Promise<{ handle: FileHandle; size: number } | null>
  read(version: string): AsyncIterable<Uint8Array>
  /** Removes what is there; what can't be removed now is swept at a later start. */
  remove(versions: readonly string[]): Promise<void>
  /** Versions on the disk that were written before `before`, a batch at a time. */
  versions(before: Date): AsyncIterable<string[]>
}

export function createFileStore(directory: string): FileStore {
  const temporaryDirectory = join(directory, 'tmp')
  const objects = join(directory, 'objects')
  let ready: Promise<unknown> | undefined

  return {
    clearTemporary() {
      ready = rm(temporaryDirectory, { recursive: true, force: true }).then(() =>
        mkdir(temporaryDirectory, { recursive: true }),
      )
      // The failure is met by the first write that awaits it, not by the process.
      ready.catch(() => undefined)
    },
    async keep(body, maximumBytes) {
      try {
        await (ready ??= mkdir(temporaryDirectory, { recursive: true }))
      } catch (error) {
        ready = undefined
        throw error
      }
      const version = randomUUID()
      const temporary = join(temporaryDirectory, version)
      try {
        const written = await writeSynced(temporary, body, maximumBytes)
        const folder = join(objects, version.slice(0, 2))
        await mkdir(folder, { recursive: true })
        await rename(temporary, join(folder, version))
        await syncDirectory(folder)
        return { version, ...written }
      } catch (error) {
        await rm(temporary, { force: true })
        throw error
      }
    },
    async open(version) {
      try {
        const handle = await open(pathOf(objects, version), 'r')
        return { handle, size: (await handle.stat()).size }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
        throw error
      }
    },
    read: (version) => createReadStream(pathOf(objects, version)),
    async remove(versions) {
      await Promise.allSettled(versions.map((version) => rm(pathOf(objects, version), { force: true })))
    },
    versions: (before) => listVersions(objects, before),
  }
}

async function writeSynced(
  path: string,
  body: AsyncIterable<Uint8Array>,
  maximumBytes: number,
): Promise<{ size: number; md5: string }> {
  const handle = await open(path, 'wx', 0o600)
  const digest = createHash('md5')
  let size = 0
  try {
    for await (const chunk of body) {
      size += chunk.length
      if (size > maximumBytes) throw entityTooLarge()
      digest.update(chunk)
      // Not `write`, which may take a part of the chunk only.
      await handle.writeFile(chunk)
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { size, md5: digest.digest('hex') }
}

// A version comes from the database; anything but a UUID there must not become a path.
function pathOf(objects: string, version: string): string {
  if (!/^[0-9a-f-]{36}$/.test(version)) throw new Error(`"${version}" is no version of an object`)
  return join(objects, version.slice(0, 2), version)
}

async function syncDirectory(path: string): Promise<void> {
  // Windows opens no directories, and needs no such thing.
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function* listVersions(objects: string, before: Date): AsyncIterable<string[]> {
  for (const folder of await namesIn(objects)) {
    const old: string[] = []
    for (const version of await namesIn(join(objects, folder))) {
      const found = await stat(join(objects, folder, version)).catch(() => null)
      if (found && found.mtime < before) old.push(version)
    }
    if (old.length > 0) yield old
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
