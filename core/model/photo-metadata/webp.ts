import { copyOf, nameAt, viewOf, type Copy } from './copy'
import { orientationAlone } from './orientation'

const kept: ReadonlySet<string> = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP'])
/** Flags of VP8X: what else the file has. */
const hasExif = 0x08
const hasXmp = 0x04
/** Of a frame of an animation, before its own chunks. */
const frameHeaderBytes = 16

/** RFC 9649: chunks of a name, a length and data that is padded to an even length, in a RIFF file that says its size. */
export function cleanWebp(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes)
  const size = view.getUint32(4, true)
  const end = Math.min(bytes.length, 8 + size)
  const copy = copyOf(bytes)
  copy.keep(0, 12)
  const isExtended = nameAt(bytes, 12) === 'VP8X' && end >= 21
  const flags = isExtended ? bytes[20] : 0
  let isTurned = false
  keepChunks(bytes, 12, end, copy, (name, from, to) => {
    if (name !== 'EXIF' || isTurned || !(flags & hasExif)) return
    const exif = orientationAlone(bytes.subarray(from, to))
    if (!exif) return
    isTurned = true
    copy.put([0x45, 0x58, 0x49, 0x46, exif.length, 0, 0, 0, ...exif])
  })
  if (isExtended) copy.patch(20, [(flags & ~hasXmp & ~hasExif) | (isTurned ? hasExif : 0)])
  // A file that was cut off still is.
  copy.patch(4, littleEndian(size - (end - copy.length())))
  return copy.done()
}

/** @param other Told of a chunk that is none of the picture: its name, where its data begins and ends. */
function keepChunks(
  bytes: Uint8Array,
  start: number,
  end: number,
  copy: Copy,
  other: (name: string, from: number, to: number) => void,
): void {
  const view = viewOf(bytes)
  for (let at = start; at + 8 <= end;) {
    copy.part()
    const name = nameAt(bytes, at)
    const size = view.getUint32(at + 4, true)
    const next = Math.min(end, at + 8 + size + (size % 2))
    if (name === 'ANMF' && size >= frameHeaderBytes) keepFrame(bytes, at, next, copy)
    else if (kept.has(name)) copy.keep(at, next)
    else other(name, at + 8, Math.min(end, at + 8 + size))
    at = next
  }
}

function keepFrame(bytes: Uint8Array, at: number, end: number, copy: Copy): void {
  const begin = copy.length()
  const isCut = end < at + 8 + viewOf(bytes).getUint32(at + 4, true)
  const start = Math.min(end, at + 8 + frameHeaderBytes)
  copy.keep(at, start)
  keepChunks(bytes, start, end, copy, () => undefined)
  if (!isCut) copy.patch(begin + 4, littleEndian(copy.length() - begin - 8))
}

const littleEndian = (value: number) =>
  [value, value >> 8, value >> 16, value >>> 24].map((byte) => byte & 255)
