import type { PictureHash } from './types'

/** From 64 zeros and ones. */
export function readPictureHash(bits: string | null): PictureHash | null {
  if (bits?.length !== 64) return null
  return [Number.parseInt(bits.slice(0, 32), 2) | 0, Number.parseInt(bits.slice(32), 2) | 0]
}

/** How many of the 64 bits differ. */
export function bitsApart([a, b]: PictureHash, [c, d]: PictureHash): number {
  return ones(a ^ c) + ones(b ^ d)
}

function ones(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555)
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333)
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

interface Entry<T> {
  hash: PictureHash
  values: T[]
}

/** Finds everything within some bits of a hash. */
export interface PictureIndex<T> {
  /** Nearest first; those equally near as they were put in. */
  near: (hash: PictureHash) => { value: T; bits: number }[]
}

/**
 * Two hashes that differ in at most `most` bits have one of `most + 1` bands in common, so only those that share a band are
 * looked at. Equal hashes are one entry, so that thousands of blank pictures cost no more than one.
 */
export function indexPictures<T>(
  pictures: Iterable<readonly [PictureHash, T]>,
  most: number,
): PictureIndex<T> {
  const bands = bandsOf(most)
  const entries = new Map<string, Entry<T>>()
  const buckets = bands.map(() => new Map<number, Entry<T>[]>())
  for (const [hash, value] of pictures) {
    const key = `${hash[0]},${hash[1]}`
    const known = entries.get(key)
    if (known) {
      known.values.push(value)
      continue
    }
    const entry = { hash, values: [value] }
    entries.set(key, entry)
    for (const [i, band] of bands.entries()) {
      const bucket = buckets[i].get(bitsOf(hash, band))
      if (bucket) bucket.push(entry)
      else buckets[i].set(bitsOf(hash, band), [entry])
    }
  }
  const near = (hash: PictureHash) => {
    const found = new Map<Entry<T>, number>()
    for (const [i, band] of bands.entries()) {
      for (const entry of buckets[i].get(bitsOf(hash, band)) ?? []) {
        if (!found.has(entry)) found.set(entry, bitsApart(hash, entry.hash))
      }
    }
    return [...found]
      .filter(([, bits]) => bits <= most)
      .toSorted(([, a], [, b]) => a - b)
      .flatMap(([entry, bits]) => entry.values.map((value) => ({ value, bits })))
  }
  return { near }
}

interface Band {
  from: number
  width: number
}

/** As equal as they can be, none wider than a number's bits. */
function bandsOf(most: number): Band[] {
  const count = Math.max(3, most + 1)
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * 64) / count)
    return { from, width: Math.floor(((i + 1) * 64) / count) - from }
  })
}

function bitsOf([high, low]: PictureHash, { from, width }: Band): number {
  let bits = 0
  for (let i = from; i < from + width; i += 1) {
    bits = (bits << 1) | (((i < 32 ? high : low) >>> (31 - (i % 32))) & 1)
  }
  return bits
}
