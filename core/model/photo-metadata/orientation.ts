import { hasText, viewOf } from './copy'

/** What EXIF says a picture must be turned by, alone: all else that cameras write there is about place, time and people. */

const tag = 0x112
const short = 3
/** Header, one entry, no further directory. */
const leastBytes = 8 + 2 + 12 + 4

/**
 * EXIF with the orientation as its only tag; null where the picture is not turned, or nothing can be read there.
 * @param exif TIFF, with or without `Exif\0\0` before it
 */
export function orientationAlone(exif: Uint8Array): Uint8Array | null {
  const orientation = orientationOf(hasText(exif, 0, 'Exif\0\0') ? exif.subarray(6) : exif)
  return orientation >= 2 && orientation <= 8
    ? Uint8Array.from([
        ...[0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1],
        ...[0x01, 0x12, 0, short, 0, 0, 0, 1, 0, orientation, 0, 0],
        ...[0, 0, 0, 0],
      ])
    : null
}

function orientationOf(tiff: Uint8Array): number {
  // What is shorter would grow.
  if (tiff.length < leastBytes) return 1
  const isLittle = hasText(tiff, 0, 'II')
  if (!isLittle && !hasText(tiff, 0, 'MM')) return 1
  const view = viewOf(tiff)
  const directory = view.getUint32(4, isLittle)
  if (directory + 2 > tiff.length) return 1
  const end = directory + 2 + view.getUint16(directory, isLittle) * 12
  for (let at = directory + 2; at < end && at + 12 <= tiff.length; at += 12) {
    if (view.getUint16(at, isLittle) !== tag) continue
    return view.getUint16(at + 2, isLittle) === short ? view.getUint16(at + 8, isLittle) : 1
  }
  return 1
}
