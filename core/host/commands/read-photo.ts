import { readFile, stat } from 'node:fs/promises'
import { defaultLimits } from '../../faces/images/decode'
import { imageRejected, SemblanceError } from '../../model/errors'

/**
 * Reads a photo's file, but nothing that is no file or larger than a photo may be: a device would never end.
 * @throws SemblanceError NOT_FOUND, BAD_REQUEST (no right to read it), IMAGE_REJECTED (a folder, a device, too large)
 */
export async function readPhoto(path: string): Promise<Buffer> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) throw imageRejected('not_an_image', 'This is a folder, not a photo.')
    if (!found.isFile()) throw imageRejected('not_an_image', 'This is no file.')
    if (found.size > defaultLimits.maxBytes) {
      const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0)
      throw imageRejected(
        'too_many_bytes',
        `The file has ${megabytes(found.size)} MB; at most ${megabytes(defaultLimits.maxBytes)} MB are accepted.`,
      )
    }
    return await readFile(path)
  } catch (error) {
    if (error instanceof SemblanceError) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new SemblanceError('NOT_FOUND', 'There is no such file.')
    throw new SemblanceError('BAD_REQUEST', `The file can't be read (${code}).`, undefined, { cause: error })
  }
}
