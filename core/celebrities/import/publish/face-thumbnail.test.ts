import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { thumbnailOfFace } from './face-thumbnail'

/** Left half red, right half blue. */
async function twoHalves(width: number, height: number): Promise<Buffer> {
  const right = { create: { width: width / 2, height, channels: 3 as const, background: '#0000ff' } }
  return sharp({ create: { width, height, channels: 3, background: '#ff0000' } })
    .composite([{ input: await sharp(right).png().toBuffer(), left: width / 2, top: 0 }])
    .jpeg({ quality: 95 })
    .toBuffer()
}

async function colourOf(image: Uint8Array) {
  const { dominant } = await sharp(image).stats()
  return dominant.r > dominant.b ? 'red' : 'blue'
}

describe('the thumbnail of a face that is not the largest', () => {
  const box = { x: 560, y: 300, width: 60, height: 80 }

  test('is cut around it, also where it lies at the border', async () => {
    const thumbnail = await thumbnailOfFace(await twoHalves(640, 400), { box, width: 640, height: 400 })
    expect(await sharp(thumbnail).metadata()).toMatchObject({ format: 'webp', width: 128, height: 128 })
    expect(await colourOf(thumbnail)).toBe('blue')
  })

  test('where the photo stands on its side, and where a smaller rendition is all there is', async () => {
    const turned = await sharp(await twoHalves(640, 400))
      .rotate(90)
      .withMetadata({ orientation: 8 })
      .jpeg()
      .toBuffer()
    expect(await colourOf(await thumbnailOfFace(turned, { box, width: 640, height: 400 }))).toBe('blue')
    const small = await twoHalves(320, 200)
    const thumbnail = await thumbnailOfFace(small, { box, width: 640, height: 400 })
    expect(await sharp(thumbnail).metadata()).toMatchObject({ width: 64, height: 64 })
    expect(await colourOf(thumbnail)).toBe('blue')
  })

  test('never reaches beyond the photo', async () => {
    const large = { x: -20, y: 0, width: 700, height: 500 }
    const thumbnail = await thumbnailOfFace(await twoHalves(640, 400), {
      box: large,
      width: 640,
      height: 400,
    })
    expect(await sharp(thumbnail).metadata()).toMatchObject({ width: 256, height: 256 })
  })
})
