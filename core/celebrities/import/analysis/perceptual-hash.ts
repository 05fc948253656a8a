import { greySide } from '../../../faces/images/grey-picture'

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
 * @param grey 32×32 values, row by row: `greyPictureOf` in core/faces/grey-picture.ts
 */
export function hashOfGrey(grey: ArrayLike<number>): string {
  const frequencies = lowFrequencies(grey)
  const sorted = frequencies.toSorted()
  const middle = sorted.length / 2
  const median = ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
  return Array.from(frequencies, (value) => (value > median ? '1' : '0')).join('')
}

/** Rows first, then columns: the transform is separable. */
function lowFrequencies(grey: ArrayLike<number>): Float64Array {
  const result = new Float64Array(block * block)
  for (let y = 0; y < greySide; y++) {
    for (let horizontal = 0; horizontal < block; horizontal++) {
      const cosine = cosines[horizontal]
      let sum = 0
      for (let x = 0; x < greySide; x++) sum += cosine[x] * grey[y * greySide + x]
      for (let vertical = 0; vertical < block; vertical++)
        result[vertical * block + horizontal] += sum * cosines[vertical][y]
    }
  }
  return result
}

/** Bits that differ, 0..64, of two hashes of 64 zeros and ones. */
export function hammingDistance(one: string, other: string): number {
  let apart = 0
  for (let bit = 0; bit < one.length; bit++) if (one[bit] !== other[bit]) apart++
  return apart
}
