import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deflateSync, crc32 } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { SemblanceError } from '../../model/errors'
import { decodeImage, defaultLimits, inspectImage } from './decode'
import { sniffFormat } from './sniff'

/** 40×20: the left half orange, the right half blue. */
const orange = { r: 230, g: 120, b: 30 }
const blue = { r: 20, g: 60, b: 200 }
const twoColours = () =>
  sharp({ create: { width: 40, height: 20, channels: 3, background: orange } }).composite([
    { input: { create: { width: 20, height: 20, channels: 3, background: blue } }, left: 20, top: 0 },
  ])

async function colourAt(bytes: Uint8Array, x: number, y: number): Promise<number[]> {
  const { raster } = await decodeImage(bytes)
  const at = (y * raster.width + x) * 3
  return [...raster.data.subarray(at, at + 3)]
}

function expectNear(actual: number[], { r, g, b }: { r: number; g: number; b: number }, tolerance = 6) {
  for (const [index, value] of [r, g, b].entries())
    expect(Math.abs(actual[index] - value)).toBeLessThanOrEqual(tolerance)
}

async function rejection(bytes: Uint8Array, limits = defaultLimits) {
  const error = await decodeImage(bytes, limits).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(SemblanceError)
  const { code, data, message } = error as SemblanceError
  expect(code).toBe('IMAGE_REJECTED')
  return { reason: data?.['reason'], message }
}

/** Made with libheif and x265 from pictures of our own. */
const heic = (name: string) =>
  readFile(join(import.meta.dirname, `../../../tests/fixtures/photos/${name}.heic`))

/** A PNG whose header declares a size that its few bytes of data do not have. */
function pngDeclaring(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const frame = Buffer.alloc(8)
    frame.writeUInt32BE(data.length, 0)
    frame.writeUInt32BE(crc32(body), 4)
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const magic = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([
    magic,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1000))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

const heicHeader = Buffer.concat([
  Buffer.from([0, 0, 0, 24]),
  Buffer.from('ftypheic\0\0\0\0mif1heic', 'latin1'),
  Buffer.alloc(200),
])

describe('what is refused, and why', () => {
  it('an empty file', async () => {
    expect(await rejection(new Uint8Array())).toMatchObject({ reason: 'empty_file' })
  })

  it('text, whatever it is called', async () => {
    expect(await rejection(Buffer.from('This is portrait.jpg, honestly.'))).toMatchObject({
      reason: 'not_an_image',
    })
  })

  it('a JPEG that is cut off, wherever', async () => {
    const noise = await sharp({
      create: {
        width: 300,
        height: 300,
        channels: 3,
        background: '#888',
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
      },
    })
      .jpeg()
      .toBuffer()
    for (const part of [0.02, 0.3, 0.6, 0.95]) {
      const cut = noise.subarray(0, Math.floor(noise.length * part))
      expect(await rejection(cut)).toMatchObject({ reason: 'broken_image' })
    }
  })

  it('a PNG that declares 50,000 × 50,000 pixels, by its header and at once', async () => {
    const before = process.memoryUsage.rss()
    const started = performance.now()
    const { reason, message } = await rejection(pngDeclaring(50_000, 50_000))
    expect(reason).toBe('too_many_pixels')
    expect(message).toContain('50,000 × 50,000')
    expect(performance.now() - started).toBeLessThan(2000)
    expect(process.memoryUsage.rss() - before).toBeLessThan(200e6)
  })

  it('a PNG with less data than it declares', async () => {
    expect(await rejection(pngDeclaring(500, 500))).toMatchObject({ reason: 'broken_image' })
  })

  it('a file that is too long', async () => {
    const bytes = await twoColours().png().toBuffer()
    expect(await rejection(bytes, { ...defaultLimits, maxBytes: bytes.length - 1 })).toMatchObject({
      reason: 'too_many_bytes',
    })
    await decodeImage(bytes, { ...defaultLimits, maxBytes: bytes.length })
  })

  it('HEIC that is damaged', async () => {
    expect(await rejection(heicHeader)).toMatchObject({ reason: 'broken_image' })
    const bytes = await heic('four-fields')
    expect(await rejection(bytes.subarray(0, bytes.length - 100))).toMatchObject({ reason: 'broken_image' })
    expect(await rejection(bytes, { ...defaultLimits, maxPixels: 1000 })).toMatchObject({
      reason: 'too_many_pixels',
    })
  })

  it('formats that are more programs than pictures', async () => {
    for (const text of [
      '<svg xmlns="http://www.w3.org/2000/svg"/>',
      '<?xml version="1.0"?>\n<svg/>',
      '%PDF-1.7',
      'BM123456',
    ]) {
      expect(await rejection(Buffer.from(text))).toMatchObject({ reason: 'unsupported_format' })
    }
  })
})

describe('what is decoded', () => {
  it.each(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const)('%s', async (format) => {
    const bytes = await twoColours().toFormat(format, { quality: 95 }).toBuffer()
    expect(sniffFormat(bytes)).toBe(format)
    expect(await inspectImage(bytes)).toEqual({ format, width: 40, height: 20 })
    expectNear(await colourAt(bytes, 5, 10), orange, 12)
    expectNear(await colourAt(bytes, 35, 10), blue, 12)
  })

  it('CMYK', async () => {
    const bytes = await twoColours().toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer()
    expect((await sharp(bytes).metadata()).space).toBe('cmyk')
    // CMYK holds fewer colours, so these come near only.
    expectNear(await colourAt(bytes, 5, 10), orange, 40)
    expectNear(await colourAt(bytes, 35, 10), blue, 60)
  })

  it('16 bits', async () => {
    const bytes = await twoColours().toColourspace('rgb16').png().toBuffer()
    expect((await sharp(bytes).metadata()).depth).toBe('ushort')
    expectNear(await colourAt(bytes, 5, 10), orange, 1)
  })

  it('grey, as three equal channels', async () => {
    const bytes = await twoColours().toColourspace('b-w').png().toBuffer()
    const [red, green, blueValue] = await colourAt(bytes, 5, 10)
    expect(green).toBe(red)
    expect(blueValue).toBe(red)
    expect(
      (await decodeImage(await sharp(bytes).toColourspace('grey16').png().toBuffer())).raster.data,
    ).toHaveLength(40 * 20 * 3)
  })

  it('alpha, laid on white', async () => {
    const background = { r: 0, g: 0, b: 0, alpha: 0.5 }
    const bytes = await sharp({ create: { width: 8, height: 8, channels: 4, background } })
      .png()
      .toBuffer()
    expectNear(await colourAt(bytes, 4, 4), { r: 128, g: 128, b: 128 }, 2)
  })

  it('a wide-gamut profile, as sRGB', async () => {
    const bytes = await twoColours().withIccProfile('p3').png().toBuffer()
    const stored = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer()
    expect(Math.abs(stored[0] - orange.r)).toBeGreaterThan(5)
    expectNear(await colourAt(bytes, 5, 10), orange, 4)
  })

  it('the first frame of an animation', async () => {
    const frames = await Promise.all(
      [orange, blue].map((background) =>
        sharp({ create: { width: 16, height: 16, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    )
    const bytes = await sharp(frames, { join: { animated: true } })
      .gif({ delay: [100, 100] })
      .toBuffer()
    expect((await sharp(bytes).metadata()).pages).toBe(2)
    expect(await inspectImage(bytes)).toMatchObject({ width: 16, height: 16 })
    expectNear(await colourAt(bytes, 8, 8), orange, 8)
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i, upright', async (orientation) => {
    // A camera that is held in this way stores the scene so that the tag undoes it.
    // The library mirrors before it turns.
    const undo: Record<number, (image: Sharp) => Sharp> = {
      1: (image) => image,
      2: (image) => image.flop(),
      3: (image) => image.rotate(180),
      4: (image) => image.flip(),
      5: (image) => image.flip().rotate(90),
      6: (image) => image.rotate(270),
      7: (image) => image.flip().rotate(270),
      8: (image) => image.rotate(90),
    }
    const scene = await twoColours().png().toBuffer()
    const stored = await undo[orientation](sharp(scene)).png().toBuffer()
    const bytes = await sharp(stored).withMetadata({ orientation }).jpeg({ quality: 100 }).toBuffer()
    expect(await inspectImage(bytes)).toMatchObject({ width: 40, height: 20 })
    expectNear(await colourAt(bytes, 5, 10), orange, 12)
    expectNear(await colourAt(bytes, 35, 10), blue, 12)
  })

  it('a large image at half or a quarter of its size, its own size reported', async () => {
    const bytes = await sharp({ create: { width: 5001, height: 1201, channels: 3, background: orange } })
      .jpeg()
      .toBuffer()
    const { width, height, raster } = await decodeImage(bytes)
    expect([width, height]).toEqual([5001, 1201])
    expect([raster.width, raster.height]).toEqual([1251, 301])
    expect(raster.data).toHaveLength(1251 * 301 * 3)
  })
})

describe('HEIC', () => {
  const red = { r: 255, g: 0, b: 0 }
  const green = { r: 0, g: 255, b: 0 }
  const pureBlue = { r: 0, g: 0, b: 255 }
  const white = { r: 255, g: 255, b: 255 }

  it.each(['four-fields', 'turned'])('is upright, whatever way it is stored: %s', async (name) => {
    const bytes = await heic(name)
    expect(await inspectImage(bytes)).toEqual({ format: 'heic', width: 96, height: 64 })
    const { raster } = await decodeImage(bytes)
    expect([raster.width, raster.height]).toEqual([96, 64])
    expectNear(await colourAt(bytes, 10, 10), red)
    expectNear(await colourAt(bytes, 85, 10), green)
    expectNear(await colourAt(bytes, 10, 55), pureBlue)
    expectNear(await colourAt(bytes, 85, 55), white)
  })

  it('has its colour profile converted', async () => {
    expectNear(await colourAt(await heic('display-p3'), 30, 30), { r: 220, g: 90, b: 30 })
  })

  it('has its alpha laid on white', async () => {
    const bytes = await heic('alpha')
    expectNear(await colourAt(bytes, 10, 30), { r: 30, g: 160, b: 60 })
    expectNear(await colourAt(bytes, 55, 30), white)
  })
})
