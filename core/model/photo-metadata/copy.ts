/** Takes parts of a file over into one that is never longer. */
export interface Copy {
  /** To be called for each part that is met. */
  part: () => void
  /** Takes over the bytes from one place up to another. */
  keep: (from: number, to: number) => void
  put: (bytes: ArrayLike<number>) => void
  /** How long it is so far. */
  length: () => number
  /** Changes what was taken over. */
  patch: (at: number, bytes: ArrayLike<number>) => void
  /** The copy; the file itself where nothing of it was left out. */
  done: () => Uint8Array
}

/** A large photo has thousands. */
export const mostParts = 100_000

/** @throws RangeError where the copy would be longer than the file, a place lies outside of that, or it has too many parts */
export function copyOf(bytes: Uint8Array): Copy {
  const copy = new Uint8Array(bytes.length)
  let length = 0
  let parts = 0
  return {
    part() {
      if (++parts > mostParts) throw new RangeError('No photo has as many parts.')
    },
    keep(from, to) {
      if (to > bytes.length || from > to) throw new RangeError('The file ends before.')
      copy.set(bytes.subarray(from, to), length)
      length += to - from
    },
    put(more) {
      copy.set(more, length)
      length += more.length
    },
    length: () => length,
    patch: (at, more) => copy.set(more, at),
    done: () => orItself(bytes, copy.subarray(0, length)),
  }
}

/** A copy that has the very bytes of the file is the file. */
export const orItself = (bytes: Uint8Array, copy: Uint8Array): Uint8Array =>
  copy.length === bytes.length && copy.every((byte, at) => byte === bytes[at]) ? bytes : copy

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Whether these ASCII letters stand there. */
export function hasText(bytes: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index++)
    if (bytes[at + index] !== text.charCodeAt(index)) return false
  return true
}

/** The four letters that name a chunk or box. */
export const nameAt = (bytes: Uint8Array, at: number): string =>
  String.fromCharCode(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3])
