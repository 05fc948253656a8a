import { hasText, orItself, viewOf } from './copy'

/** Tags of TIFF 6.0 and its supplements that say how the picture is coded and looks, besides where it lies. */
const kept: ReadonlySet<number> = new Set([
  ...[
    254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 274, 277, 278, 280, 281, 282, 283, 284, 290, 291,
  ],
  ...[
    292, 293, 296, 297, 301, 317, 318, 319, 320, 321, 322, 323, 326, 327, 328, 332, 334, 336, 338, 339, 340,
  ],
  ...[341, 342, 347, 529, 530, 531, 532, 32995, 32996, 32997, 32998, 34675, 37439, 50674],
])
const compression = 259
const stripOffsets = 273
const stripBytes = 279
const tileOffsets = 324
const tileBytes = 325
/** Values of compression: none, and the old way to put JPEG in, which points to parts of it by tags of its own. */
const none = 1
const oldJpeg = 6
/** Bytes of one value by its type. */
const sizes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4]
const mostPages = 1000

interface Entry {
  tag: number
  at: number
  type: number
  count: number
  /** Where its values lie. */
  values: number
}

/**
 * A file of the same places, in which all is zero that no tag of the picture leads to: what else the camera wrote,
 * its directories of EXIF and GPS, text, small pictures; nothing follows the last place that one leads to.
 */
export function cleanTiff(bytes: Uint8Array): Uint8Array | null {
  const isLittle = hasText(bytes, 0, 'II')
  const view = viewOf(bytes)
  const copy = new Uint8Array(bytes.length)
  let end = 0
  let total = 0
  const keep = (from: number, length: number) => {
    // Places that lie over each other again and again are no picture, and would take long.
    if (from + length > bytes.length || (total += length) > 4 * bytes.length) throw new RangeError('damaged')
    copy.set(bytes.subarray(from, from + length), from)
    end = Math.max(end, from + length)
  }
  keep(0, 8)
  const seen = new Set<number>()
  for (let at = view.getUint32(4, isLittle); at !== 0;) {
    if (seen.has(at) || seen.size > mostPages) return null
    seen.add(at)
    const page = readPage(view, at, isLittle)
    const values = (tag: number) => valuesOf(view, page, tag, isLittle)
    if (values(compression)[0] === oldJpeg) return null
    const places = [...values(stripOffsets), ...values(tileOffsets)]
    const lengths = [...values(stripBytes), ...values(tileBytes)]
    if (!isWhole(places, lengths, values)) return null
    const entries = page.filter(({ tag }) => kept.has(tag) || isPlace(tag))
    places.forEach((place, index) => keep(place, lengths[index]))
    for (const { type, count, values: from } of entries) keep(from, sizes[type] * count)
    end = Math.max(end, at + 6 + entries.length * 12)
    new DataView(copy.buffer).setUint16(at, entries.length, isLittle)
    entries.forEach((entry, index) => copy.set(bytes.subarray(entry.at, entry.at + 12), at + 2 + index * 12))
    const next = at + 2 + page.length * 12
    copy.set(bytes.subarray(next, next + 4), at + 2 + entries.length * 12)
    at = next + 4 <= bytes.length ? view.getUint32(next, isLittle) : 0
  }
  return orItself(bytes, copy.subarray(0, end))
}

const isPlace = (tag: number) => [stripOffsets, stripBytes, tileOffsets, tileBytes].includes(tag)

/** @throws RangeError where the file ends before the directory does */
function readPage(view: DataView, at: number, isLittle: boolean): Entry[] {
  return Array.from({ length: view.getUint16(at, isLittle) }, (_, index) => {
    const entry = at + 2 + index * 12
    const type = view.getUint16(entry + 2, isLittle)
    const count = view.getUint32(entry + 4, isLittle)
    const length = (sizes[type] ?? 0) * count
    const values = length <= 4 ? entry + 8 : view.getUint32(entry + 8, isLittle)
    return { tag: view.getUint16(entry, isLittle), at: entry, type, count, values }
  })
}

/** Those of a tag that has 16 or 32 bits a value. @throws RangeError */
function valuesOf(view: DataView, page: readonly Entry[], tag: number, isLittle: boolean): number[] {
  const entry = page.find((one) => one.tag === tag)
  if (!entry || (entry.type !== 3 && entry.type !== 4)) return []
  const { type, count, values } = entry
  if (values + count * sizes[type] > view.byteLength) throw new RangeError('damaged')
  return Array.from({ length: count }, (_, index) =>
    type === 3 ? view.getUint16(values + index * 2, isLittle) : view.getUint32(values + index * 4, isLittle),
  )
}

/** Decoders help themselves where lengths are missing or too small: what they would read then can't be told. */
function isWhole(
  places: readonly number[],
  lengths: readonly number[],
  values: (tag: number) => number[],
): boolean {
  if (places.length === 0 || places.length !== lengths.length || lengths.includes(0)) return false
  if ((values(compression)[0] ?? none) !== none) return true
  const [width, height, samples] = [256, 257, 277].map((tag) => values(tag)[0] ?? 1)
  const bits = values(258)[0] ?? 1
  const subsampled = values(530).length > 0
  const least = subsampled ? 0 : Math.ceil((width * samples * bits) / 8) * height
  return lengths.reduce((sum, length) => sum + length, 0) >= least
}
