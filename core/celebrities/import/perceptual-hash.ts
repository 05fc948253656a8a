import sharp from 'sharp'
import { defaultLimits } from '../../faces/decode'

/** Sides of the grey picture that a hash is made of. */
export const greySide = 32
/** Sides of the block of low frequencies: 64 bits. */
const block = 8

/** `cosines[k][x] = cos((2x + 1)kπ / 2n)`: the basis of DCT-II, for the block's frequencies 1..8. */
const cosines = Array.from({ length: block }, (_, k) =>
  Float64Array.from({ length: greySide }, (_, x) =>
    Math.cos(((2 * x + 1) * (k + 1) * Math.PI) / (2 * greySide)),
  ),
)

/**
 * What a picture looks like, in 64 zeros and ones: copies that were scaled, saved anew or made a little brighter differ
 * in a few bits. The DCT hash of Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010),
 * 3.2.1, as pHash has it: 32×32 grey, the 8×8 block of frequencies 1..8 of either direction (without the mean, which
 * says how bright it is), each bit whether it is above the block's median.
 *
 * @param bytes an image that sharp reads; upright by its EXIF orientation, alpha on white
 * @throws Error where it can't be decoded
 */
export async function perceptualHash(bytes: Uint8Array): Promise<string> {
  const grey = await sharp(bytes, { failOn: 'none', limitInputPixels: defaultLimits.maxPixels })
    .autoOrient()
    .flatten({ background: '#ffffff' })
    // The shortest way of reading a JPEG rounds in another way at each size, which costs up to ten bits.
    .resize(greySide, greySide, { fit: 'fill', fastShrinkOnLoad: false })
    .greyscale()
    .raw()
    .toBuffer()
  return hashOfGrey(grey)
}

/** @param grey 32×32 values, row by row */
export function hashOfGrey(grey: ArrayLike<number>): string {
  const frequencies = lowFrequencies(grey)
  const sorted = frequencies.toSorted()
  const middle = sorted.length / 2
  const median = ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
  return Array.from(frequencies, (value) => (value > median ? '1' : '0')).join('')
}

function lowFrequencies(grey: ArrayLike<number>): Float64Array {
  // Rows first, then columns: the transform is separable.
  const rows = Array.from({ length: greySide }, (_, y) =>
    cosines.map((cosine) => cosine.reduce((sum, value, x) => sum + value * (grey[y * greySide + x] ?? 0), 0)),
  )
  return Float64Array.from({ length: block * block }, (_, place) => {
    const [vertical, horizontal] = [Math.floor(place / block), place % block]
    return rows.reduce((sum, row, y) => sum + (row[horizontal] ?? 0) * (cosines[vertical]?.[y] ?? 0), 0)
  })
}

/** Bits that differ, 0..64, of two hashes of 64 zeros and ones. */
export function hammingDistance(one: string, other: string): number {
  let apart = 0
  for (let bit = 0; bit < one.length; bit++) if (one[bit] !== other[bit]) apart++
  return apart
}
