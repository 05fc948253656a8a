import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import yauzl from 'yauzl'
import { SemblanceError } from '../../model/errors'

/** Which entries of a zip are wanted: gives the path to write one to, or undefined to pass it over. */
export type PickEntry = (entry: { name: string; bytes: number }) => string | undefined

/** More than any face model has. */
const largestEntry = 2_000_000_000

/**
 * Unpacks the entries that `pick` wants, each to a path of the caller's: no name in the archive decides where anything
 * is written, and an archive with a name that leads outside (absolute, `..`) is refused as a whole. Sizes are those of
 * the directory; an entry that turns out longer is refused. What its bytes are is for the caller to check.
 * @throws SemblanceError BAD_REQUEST where the archive is damaged or holds such a name
 */
export async function unzip(path: string, pick: PickEntry, signal?: AbortSignal): Promise<void> {
  try {
    const zip = await yauzl.openPromise(path, { validateEntrySizes: true, strictFileNames: true })
    try {
      for await (const entry of zip.eachEntry()) {
        signal?.throwIfAborted()
        if (entry.fileName.endsWith('/')) continue
        const target = pick({ name: entry.fileName, bytes: entry.uncompressedSize })
        if (target === undefined) continue
        if (entry.uncompressedSize > largestEntry) throw new Error(`${entry.fileName} is larger than 2 GB`)
        const content = await zip.openReadStreamPromise(entry)
        await pipeline(content, createWriteStream(target, { flush: true }), { signal })
      }
    } finally {
      zip.close()
    }
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof SemblanceError) throw error
    throw new SemblanceError(
      'BAD_REQUEST',
      `${path} can't be unpacked: ${(error as Error).message}. Download or copy it again.`,
      undefined,
      { cause: error },
    )
  }
}
