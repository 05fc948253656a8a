import { mostParts, nameAt, viewOf } from './copy'

/** Bytes of the file, `to` not among them. */
export interface Place {
  from: number
  to: number
}

export interface Box extends Place {
  name: string
  /** Where what it holds begins. */
  content: number
}

export interface Item {
  /** Four letters; empty where none are given. */
  type: string
  places: Place[]
}

type Boxes = (bytes: Uint8Array, from: number, to: number) => Iterable<Box>

/**
 * The items of a HEIF file and where their bytes lie: in the file, or in the box `idat`.
 * @throws RangeError where a box ends too early
 */
export function readItems(bytes: Uint8Array, meta: Box, boxesIn: Boxes): Item[] {
  const boxes = [...boxesIn(bytes, meta.content + 4, meta.to)]
  const find = (name: string) => boxes.find((box) => box.name === name)
  const [information, locations, data] = ['iinf', 'iloc', 'idat'].map(find)
  if (!locations) return []
  const types = information ? typesOf(bytes, information, boxesIn) : new Map<number, string>()
  return [...placesOf(bytes, locations, data)].map(([id, places]) => ({ type: types.get(id) ?? '', places }))
}

function typesOf(bytes: Uint8Array, { content, to }: Box, boxesIn: Boxes): Map<number, string> {
  const view = viewOf(bytes)
  const types = new Map<number, string>()
  const first = content + (bytes[content] === 0 ? 6 : 8)
  for (const box of boxesIn(bytes, first, to)) {
    if (box.name !== 'infe') continue
    const version = bytes[box.content]
    if (version < 2) continue
    const isWide = version > 2
    const id = isWide ? view.getUint32(box.content + 4) : view.getUint16(box.content + 4)
    types.set(id, nameAt(bytes, box.content + (isWide ? 10 : 8)))
  }
  return types
}

/** By item. The box says how many bytes each of its numbers has. */
function placesOf(bytes: Uint8Array, { content, to }: Box, data: Box | undefined): Map<number, Place[]> {
  const read = numbersOf(viewOf(bytes), content, to)
  const version = read(1)
  read(3)
  const [sizes, more] = [read(1), read(1)]
  const [ofOffset, ofLength, ofBase] = [sizes >> 4, sizes & 15, more >> 4]
  const ofIndex = version > 0 ? more & 15 : 0
  const items = new Map<number, Place[]>()
  let count = 0
  const ofId = version < 2 ? 2 : 4
  for (let left = read(ofId); left > 0; left--) {
    const id = read(ofId)
    const method = version > 0 ? read(2) & 15 : 0
    read(2)
    const base = read(ofBase)
    const places: Place[] = []
    for (let extents = read(2); extents > 0; extents--) {
      // Numbers of no bytes can claim any number of places.
      if (++count > mostParts) throw new RangeError('No photo has as many parts.')
      read(ofIndex)
      const offset = base + read(ofOffset)
      const length = read(ofLength)
      const room = method === 1 ? data && { from: data.content, to: data.to } : { from: 0, to: bytes.length }
      if (!room || method > 1) continue
      const from = Math.min(room.to, room.from + offset)
      places.push({ from, to: length === 0 ? room.to : Math.min(room.to, from + length) })
    }
    items.set(id, places)
  }
  return items
}

/** Reads one number after the other, of so many bytes, the high one first. @throws RangeError at the end */
function numbersOf(view: DataView, from: number, to: number): (size: number) => number {
  let at = from
  return (size) => {
    if (at + size > to) throw new RangeError('The box ends before.')
    let value = 0
    for (let index = 0; index < size; index++) value = value * 256 + view.getUint8(at + index)
    at += size
    return value
  }
}
