import { copyOf, nameAt, viewOf } from './copy'
import { orientationAlone } from './orientation'

/** Chunks that say how the picture looks; with those of animations. */
const kept: ReadonlySet<string> = new Set([
  ...['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'sBIT', 'cICP', 'mDCV', 'cLLI'],
  ...['bKGD', 'pHYs', 'acTL', 'fcTL', 'fdAT'],
])

/** W3C PNG, third edition: length, name, data, checksum. Nothing follows IEND. */
export function cleanPng(bytes: Uint8Array): Uint8Array | null {
  const copy = copyOf(bytes)
  const view = viewOf(bytes)
  copy.keep(0, 8)
  for (let at = 8; at + 8 <= bytes.length;) {
    copy.part()
    const end = at + 12 + view.getUint32(at)
    const name = nameAt(bytes, at + 4)
    // Without the file's last part, which is missing, a picture may still be seen.
    if (kept.has(name)) copy.keep(at, Math.min(end, bytes.length))
    else if (name === 'eXIf' && end <= bytes.length) {
      const exif = orientationAlone(bytes.subarray(at + 8, end - 4))
      if (exif) copy.put(chunk('eXIf', exif))
    } else if (isCritical(name)) return null
    if (name === 'IEND') break
    at = end
  }
  return copy.done()
}

const isCritical = (name: string) => name >= 'A' && name < '['

function chunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length)
  const view = viewOf(bytes)
  view.setUint32(0, data.length)
  for (let index = 0; index < 4; index++) bytes[4 + index] = name.charCodeAt(index)
  bytes.set(data, 8)
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)))
  return bytes
}

/** CRC-32 of ISO 3309, as annex D of the standard has it. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
