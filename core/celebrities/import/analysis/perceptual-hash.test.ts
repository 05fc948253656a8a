import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { photosAvailable, photosDirectory } from '../../../../tests/factories/pack'
import { seeded } from '../../../../tests/factories/random'
import { decodeImage } from '../../../faces/images/decode'
import { greyPictureOf, greySide } from '../../../faces/images/grey-picture'
import { pyramidOf } from '../../../faces/images/raster'
import { hammingDistance, hashOfGrey } from './perceptual-hash'

describe('what a picture looks like', () => {
  test('is 64 zeros and ones, half of them ones', () => {
    const random = seeded(1)
    const grey = Array.from({ length: greySide ** 2 }, () => random() * 255)
    const hash = hashOfGrey(grey)
    expect(hash).toMatch(/^[01]{64}$/)
    expect(hash.replaceAll('0', '')).toHaveLength(32)
  })

  test('is the sign of the frequencies: one wave along the rows sets the first bit alone', () => {
    const wave = Array.from(
      { length: greySide ** 2 },
      (_, place) =>
        // The mean of all rows, so that only the vertical frequency 1 and horizontal frequency 1 are there.
        128 +
        100 *
          Math.cos(((2 * (place % greySide) + 1) * Math.PI) / (2 * greySide)) *
          Math.cos(((2 * Math.floor(place / greySide) + 1) * Math.PI) / (2 * greySide)),
    )
    expect(hashOfGrey(wave)[0]).toBe('1')
    expect(hashOfGrey(wave.map((value) => 256 - value))[0]).toBe('0')
  })

  test('does not say how bright it is, nor how strong its contrasts are', () => {
    const random = seeded(2)
    const grey = Array.from({ length: greySide ** 2 }, () => random() * 100)
    const hash = hashOfGrey(grey)
    expect(hashOfGrey(grey.map((value) => value + 50))).toBe(hash)
    expect(hashOfGrey(grey.map((value) => value * 2))).toBe(hash)
  })

  test('counts the bits that differ', () => {
    expect(hammingDistance('0011', '0011')).toBe(0)
    expect(hammingDistance('0011', '0101')).toBe(2)
  })
})

describe.skipIf(!photosAvailable())('of real photos', () => {
  const sameAtMost = 6
  const perceptualHash = async (bytes: Buffer) =>
    hashOfGrey(greyPictureOf(pyramidOf((await decodeImage(bytes)).raster)))

  async function somePhotos(): Promise<Buffer[]> {
    const folder = join(photosDirectory, 'lfw')
    const names = (await readdir(folder, { recursive: true })).filter((name) => /\.jpe?g$/.test(name)).sort()
    const step = Math.floor(names.length / 30)
    return Promise.all(
      names.filter((_, index) => index % step === 0).map((name) => readFile(join(folder, name))),
    )
  }

  test('copies that were scaled, saved anew or brightened are the same picture; others are not', async () => {
    const photos = await somePhotos()
    const hashes = await Promise.all(photos.map((bytes) => perceptualHash(bytes)))
    for (const [index, bytes] of photos.entries()) {
      const copies = await Promise.all([
        sharp(bytes).resize({ width: 90 }).jpeg().toBuffer(),
        sharp(bytes).resize({ width: 600 }).png().toBuffer(),
        sharp(bytes).jpeg({ quality: 30 }).toBuffer(),
        sharp(bytes).modulate({ brightness: 1.1 }).jpeg().toBuffer(),
      ])
      for (const copy of copies)
        expect(hammingDistance(await perceptualHash(copy), hashes[index])).toBeLessThanOrEqual(sameAtMost)
    }
    for (let one = 0; one < hashes.length; one++)
      for (let other = 0; other < one; other++)
        expect(hammingDistance(hashes[one], hashes[other])).toBeGreaterThan(sameAtMost)
  })
})
