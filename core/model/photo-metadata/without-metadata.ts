import { hasText } from './copy'
import { cleanGif } from './gif'
import { cleanHeif } from './heif'
import { cleanJpeg } from './jpeg'
import { cleanPng } from './png'
import { cleanTiff } from './tiff'
import { cleanWebp } from './webp'

/** By the first bytes of a file; null: it is not understood. */
const formats: [at: number, magic: string, clean: (bytes: Uint8Array) => Uint8Array | null][] = [
  [0, '\xff\xd8\xff', cleanJpeg],
  [0, '\x89PNG\r\n\x1a\n', cleanPng],
  [8, 'WEBP', cleanWebp],
  [4, 'ftyp', cleanHeif],
  [0, 'II*\0', cleanTiff],
  [0, 'MM\0*', cleanTiff],
  [0, 'GIF8', cleanGif],
]

/**
 * A photo's file without all that is not the picture: where and when it was taken and with what, who took it, who is
 * in it, comments, small pictures of what was cut off, and whatever else lies in the file or behind it. The picture
 * itself is copied and not coded again: each of its pixels stays, and so do its colours (ICC) and how it is turned.
 *
 * Never longer than the file. The file itself, the same object, where it has nothing to be taken out, is none of JPEG,
 * PNG, WebP, HEIC, AVIF, TIFF and GIF, or is damaged so that its parts can't be told apart: decoders refuse most of those.
 */
export function withoutMetadata(bytes: Uint8Array): Uint8Array {
  const format = formats.find(([at, magic]) => hasText(bytes, at, magic))
  if (!format) return bytes
  try {
    return format[2](bytes) ?? bytes
  } catch (error) {
    if (error instanceof RangeError) return bytes
    throw error
  }
}
