import { copyOf, hasText, type Copy } from './copy'
import { orientationAlone } from './orientation'

const startOfImage = 0xd8
const endOfImage = 0xd9
const startOfScan = 0xda
const comment = 0xfe
/** JPG and JPG0 to JPG13, which no file of a photo has. */
const isReserved = (marker: number) => marker === 0xc8 || (marker >= 0xf0 && marker <= 0xfd)
const isApplication = (marker: number) => marker >= 0xe0 && marker <= 0xef
/** Restarts and TEM stand alone, with no length after them. */
const standsAlone = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)

/** ITU-T T.81, annex B: tables, frames and scans stay; of the rest what colours and size go by. Nothing follows the image's end. */
export function cleanJpeg(bytes: Uint8Array): Uint8Array | null {
  const copy = copyOf(bytes)
  copy.keep(0, 2)
  let hasExif = false
  let hasScan = false
  let at = 2
  for (;;) {
    copy.part()
    at = nextMarker(bytes, at)
    // What has no scan is no picture.
    if (at < 0) return hasScan ? copy.done() : null
    const marker = bytes[at + 1]
    if (marker === startOfImage) return null
    if (marker === endOfImage || standsAlone(marker)) {
      copy.keep(at, at + 2)
      if (marker === endOfImage) return hasScan ? copy.done() : null
      at += 2
      continue
    }
    const end = at + 2 + (bytes[at + 2] << 8) + bytes[at + 3]
    if (!(end >= at + 4)) return null
    if (isApplication(marker)) hasExif = keepApplication(bytes.subarray(at, end), copy, hasExif)
    else if (marker !== comment && !isReserved(marker)) copy.keep(at, Math.min(end, bytes.length))
    at = end
    if (marker !== startOfScan) continue
    hasScan = true
    at = endOfScan(bytes, end)
    copy.keep(Math.min(end, at), at)
  }
}

/** As decoders go on: past all that is no marker. Below 0 at the file's end. */
function nextMarker(bytes: Uint8Array, from: number): number {
  for (let at = from; at + 1 < bytes.length; at++)
    if (bytes[at] === 0xff && bytes[at + 1] !== 0 && bytes[at + 1] !== 0xff) return at
  return -1
}

/** Where the coded picture ends: at a marker that is no restart. */
function endOfScan(bytes: Uint8Array, from: number): number {
  let at = nextMarker(bytes, from)
  while (at >= 0 && standsAlone(bytes[at + 1])) at = nextMarker(bytes, at + 2)
  return at < 0 ? bytes.length : at
}

/** @returns whether EXIF has been met: programs look at the first one alone */
function keepApplication(segment: Uint8Array, copy: Copy, hasExif: boolean): boolean {
  const marker = segment[1]
  const is = (kind: number, name: string) => marker === kind && hasText(segment, 4, name)
  if (is(0xe0, 'JFIF\0') && segment.length >= 18) {
    // Without the small picture that may follow: it can show what was cut off from the large one.
    copy.put([...segment.subarray(0, 2), 0, 16, ...segment.subarray(4, 16), 0, 0])
  } else if (is(0xe2, 'ICC_PROFILE\0') || is(0xee, 'Adobe')) {
    copy.put(segment)
  } else if (is(0xe1, 'Exif\0\0')) {
    const exif = hasExif ? null : orientationAlone(segment.subarray(4))
    if (exif) copy.put([0xff, 0xe1, 0, exif.length + 8, ...segment.subarray(4, 10), ...exif])
    return true
  }
  return hasExif
}
