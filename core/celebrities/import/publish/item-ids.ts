import { createHash } from 'node:crypto'
import { extensionOf, photoMediaTypes } from '../../../model/photo-formats'

/**
 * An id that is always the same for an item of an import, so that a second attempt writes what the first one wrote.
 * By its form a UUID of version 8 (RFC 9562): the first 16 bytes of a SHA-256, with version and variant set.
 * @param what of several ids of one item
 */
function idOf(importId: string, item: string, what: 'celebrity' | 'photo' | 'file'): string {
  const bytes = createHash('sha256').update(`semblance ${importId} ${item} ${what}`).digest().subarray(0, 16)
  bytes[6] = (bytes[6] & 0x0f) | 0x80
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** The id of the celebrity whom a file makes. */
export const celebrityIdOf = (importId: string, item: string): string => idOf(importId, item, 'celebrity')

/** The id of the row of `celebrity_photos` that a file makes: its own, or that of the photo whose place it takes. */
export const photoIdOf = (importId: string, item: string): string => idOf(importId, item, 'photo')

/** Where a file lies in Storage: `<uuid>.<ext>`, with the ending that it had. */
export function imagePathOf(importId: string, item: string, path: string): string {
  const extension = extensionOf(path)
  return `${idOf(importId, item, 'file')}.${extension in photoMediaTypes ? extension : 'jpg'}`
}
