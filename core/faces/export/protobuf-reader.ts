import type { FileHandle } from 'node:fs/promises'

/** One field of a message: a number for wire type 0, else where its bytes lie in the file. */
export interface Field {
  number: number
  value: number
  start: number
  end: number
}

/** Reads a file a window at a time: headers lie close together, and gigabytes of weights between them are skipped. */
export interface ByteSource {
  /** The bytes from `start` on, at least `length` of them. @throws RangeError beyond the end */
  at: (start: number, length: number) => Promise<Buffer>
  size: number
}

const windowBytes = 64 * 1024

export async function byteSourceOf(file: FileHandle): Promise<ByteSource> {
  const { size } = await file.stat()
  let window = Buffer.alloc(0)
  let from = 0
  return {
    size,
    async at(start, length) {
      if (start + length > size) throw new RangeError('the file ends within a field')
      if (start < from || start + length > from + window.length) {
        window = Buffer.alloc(Math.min(size - start, Math.max(windowBytes, length)))
        await file.read(window, 0, window.length, start)
        from = start
      }
      return window.subarray(start - from)
    },
  }
}

/** The fields of the protobuf message that lies from `start` to `end`, in their order; nothing of a field's content. */
export async function* fieldsOf(source: ByteSource, start: number, end: number): AsyncGenerator<Field> {
  let place = start
  const varint = async (): Promise<number> => {
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const [byte] = await source.at(place++, 1)
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw new RangeError('a number has no end')
  }
  while (place < end) {
    const key = await varint()
    const [number, wire] = [Math.floor(key / 8), key % 8]
    if (wire === 0) {
      yield { number, value: await varint(), start: place, end: place }
      continue
    }
    if (wire !== 1 && wire !== 2 && wire !== 5) throw new RangeError(`wire type ${wire} is unknown`)
    const length = wire === 2 ? await varint() : wire === 1 ? 8 : 4
    if (place + length > end) throw new RangeError('a field ends beyond its message')
    yield { number, value: 0, start: place, end: place + length }
    place += length
  }
}
