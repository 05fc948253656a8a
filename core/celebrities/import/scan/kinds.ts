import { acceptedFormats, sniffFormat } from '../../../faces/images/sniff'
import { extensionOf, photoMediaTypes } from '../../../model/photo-formats'
import { csvExtensions } from '../source/create'
import type { Refusal } from '../source/source-errors'

export type FileKind = 'photo' | 'table' | 'sidecar' | 'archive' | 'unknown'

const archives = new Set(['zip', 'rar', '7z', 'tar', 'gz', 'tgz', 'bz2', 'xz', 'zst', 'cbz', 'iso', 'dmg'])

/** What a file is for an import, by its name. */
export function kindOf(name: string): FileKind {
  const extension = extensionOf(name)
  if (Object.hasOwn(photoMediaTypes, extension)) return 'photo'
  if (csvExtensions.has(extension)) return 'table'
  if (extension === 'json') return 'sidecar'
  return archives.has(extension) ? 'archive' : 'unknown'
}

export const archiveInside: Refusal = {
  code: 'not_a_photo',
  reason: 'An archive, which is not unpacked here. Import it by itself, or unpack it first.',
}

/** Why a file with another ending than a photo's is none; null where its first bytes are those of a photo. */
export function refuseByHead(head: Uint8Array): Refusal | null {
  const format = sniffFormat(head)
  if (format && acceptedFormats.has(format)) return null
  const reason = format
    ? `${format.toUpperCase()} files are not supported. Save it as JPEG or PNG.`
    : 'This is no photo, by its name and its first bytes.'
  return { code: 'not_a_photo', reason }
}
