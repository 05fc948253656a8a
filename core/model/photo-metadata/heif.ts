import { hasText, mostParts, nameAt, orItself, viewOf } from './copy'
import { readItems, type Box, type Item, type Place } from './heif-items'

/** Boxes of the file itself that are needed to show it. */
const kept: ReadonlySet<string> = new Set(['ftyp', 'meta', 'mdat', 'moov'])
/** Boxes further in that tell of something else, or are room for anything. */
const dropped: ReadonlySet<string> = new Set(['udta', 'uuid', 'free', 'skip'])
/** What describes a picture, and is none: EXIF, XMP, C2PA. */
const describes: ReadonlySet<string> = new Set(['Exif', 'mime', 'uri '])

/**
 * HEIC and AVIF, ISO/IEC 14496-12 and 23008-12: what is no picture becomes zeros where it lies, since all else is found
 * by its place in the file. How the picture is turned stands in a box of its own, not in EXIF.
 */
export function cleanHeif(bytes: Uint8Array): Uint8Array | null {
  const boxes = [...boxesIn(bytes, 0, bytes.length)]
  const meta = boxes.find(({ name }) => name === 'meta')
  const movie = boxes.find(({ name }) => name === 'moov')
  if (!meta && !movie) return null
  const copy = new Uint8Array(bytes)
  const clear = ({ from, to }: Place) => copy.fill(0, from, to)
  const free = (box: Box) => {
    if (!hasText(copy, box.from + 4, 'free')) copy.set([0x66, 0x72, 0x65, 0x65], box.from + 4)
    clear({ from: box.content, to: box.to })
  }
  let end = 0
  for (const box of boxes) {
    if (kept.has(box.name)) end = Math.max(end, box.to)
    else free(box)
    // Samples of a film lie there by tables that are not read here.
    if (box.name === 'mdat' && !movie) clear({ from: box.content, to: box.to })
  }
  if (movie) freeWithin(copy, movie, new Set([...dropped, 'meta']), free)
  if (meta) freeWithin(copy, { ...meta, content: meta.content + 4 }, dropped, free)
  const items = meta ? readItems(bytes, meta, boxesIn) : []
  const isDescription = ({ type }: Item) => describes.has(type)
  for (const item of items.filter(isDescription)) item.places.forEach(clear)
  const places = items.filter((item) => !isDescription(item)).flatMap((item) => item.places)
  if (places.reduce((sum, { from, to }) => sum + to - from, 0) > 4 * bytes.length) return null
  for (const { from, to } of places) {
    copy.set(bytes.subarray(from, to), from)
    end = Math.max(end, to)
  }
  return orItself(bytes, copy.subarray(0, end))
}

function freeWithin(
  bytes: Uint8Array,
  { content, to }: Box,
  names: ReadonlySet<string>,
  free: (box: Box) => void,
): void {
  for (const box of [...boxesIn(bytes, content, to)]) {
    if (names.has(box.name)) free(box)
    else if (box.name === 'trak') freeWithin(bytes, box, names, free)
  }
}

/** A box is its length, its name and what it holds; what is no box any more ends them. */
function* boxesIn(bytes: Uint8Array, from: number, to: number): Generator<Box> {
  const view = viewOf(bytes)
  let parts = 0
  for (let at = from; at + 8 <= to;) {
    if (++parts > mostParts) throw new RangeError('No photo has as many parts.')
    const short = view.getUint32(at)
    const isLong = short === 1 && at + 16 <= to
    const length = isLong ? Number(view.getBigUint64(at + 8)) : short === 0 ? to - at : short
    const content = at + (isLong ? 16 : 8)
    if (at + length < content) return
    yield { name: nameAt(bytes, at + 4), from: at, content, to: Math.min(to, at + length) }
    at += length
  }
}
