import { realpath } from 'node:fs/promises'
import { relative, sep } from 'node:path'
import { SemblanceError } from '../../../model/errors'
import { isInside } from './read-file'
import { isHidden } from '../scan/tree'

/**
 * In the data directory lie photos of people, who agreed to a search and not to be celebrities; and a scan of
 * it would find the pictures that imports make meanwhile. A folder above it is well where a scan passes over the way there.
 * @param path the source of an import; one that can't be read is left to whoever reads it
 * @throws SemblanceError BAD_REQUEST where the source lies in the data directory, or a scan would come to it
 */
export async function refuseOwnData(home: string, path: string): Promise<void> {
  const [source, own] = await Promise.all([realpath(path).catch(() => null), realpath(home)])
  if (source === null) return
  if (isInside(source, own)) {
    throw new SemblanceError(
      'BAD_REQUEST',
      `${path} belongs to Semblance itself, with the photos of people in it. Name another folder.`,
    )
  }
  if (isInside(own, source) && !relative(source, own).split(sep).some(isHidden)) {
    throw new SemblanceError(
      'BAD_REQUEST',
      `In ${path} lies what Semblance itself stores, with the photos of people. Name the folder of the photos alone.`,
    )
  }
}
