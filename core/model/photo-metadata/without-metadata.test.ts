import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { brokenImages } from '../../../tests/factories/broken-images'
import { makeZip } from '../../../tests/factories/zip'
import { decodeImage } from '../../faces/images/decode'
import { withoutMetadata } from './without-metadata'

const secret = 'Anna, at home'
const noise = Buffer.from(Array.from({ length: 96 * 64 * 3 }, (_, at) => (at * 7919) % 251))

/** A picture that is turned, with all that cameras and programs write beside it. */
const picture = (orientation = 6) =>
  sharp(noise, { raw: { width: 96, height: 64, channels: 3 } })
    .withExif({
      IFD0: { Artist: secret, Orientation: String(orientation) },
      IFD2: { UserComment: secret },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 30/1 0/1' },
    })
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>${secret}</a></x:xmpmeta>`)
    .withIccProfile('p3', { attach: true })

const pixels = (bytes: Uint8Array) => sharp(bytes).autoOrient().raw().toBuffer({ resolveWithObject: true })
const has = (bytes: Uint8Array, text: string) => Buffer.from(bytes).includes(text)

async function expectSamePicture(clean: Uint8Array, bytes: Uint8Array): Promise<void> {
  const [one, other] = await Promise.all([pixels(clean), pixels(bytes)])
  expect(one.info).toEqual(other.info)
  expect(one.data.equals(other.data)).toBe(true)
  const [here, there] = await Promise.all([sharp(clean).metadata(), sharp(bytes).metadata()])
  expect([here.icc, here.orientation ?? 1, here.xmp]).toEqual([there.icc, there.orientation ?? 1, undefined])
}

describe('what a photo says besides its picture', () => {
  const made = {
    jpeg: () => picture().jpeg(),
    'progressive jpeg': () => picture(3).jpeg({ progressive: true }),
    png: () => picture().png(),
    webp: () => picture().webp(),
    'lossless webp': () => picture(8).webp({ lossless: true }),
    tiff: () => picture().tiff({ compression: 'lzw' }),
    'tiled tiff': () => picture(5).tiff({ tile: true, tileWidth: 32, tileHeight: 32 }),
    'plain tiff': () => picture(1).tiff({ compression: 'none' }),
  }
  test.each(Object.entries(made))('goes out of a %s, and no pixel with it', async (_, make) => {
    const bytes = new Uint8Array(await make().toBuffer())
    expect(has(bytes, secret)).toBe(true)
    const clean = withoutMetadata(bytes)
    expect(has(clean, secret)).toBe(false)
    expect(clean.length).toBeLessThanOrEqual(bytes.length)
    await expectSamePicture(clean, bytes)
    expect(withoutMetadata(clean)).toBe(clean)
    // Also with a ZIP behind it, which programs would open.
    const zip = makeZip([{ name: 'home.txt', data: Buffer.from(secret) }])
    expect(withoutMetadata(Buffer.concat([bytes, zip]))).toEqual(clean)
  })

  test('becomes zeros in an AVIF, where all else keeps its place', async () => {
    const bytes = new Uint8Array(await picture(1).avif({ effort: 0 }).toBuffer())
    expect(has(bytes, secret)).toBe(true)
    const free = Buffer.from('\0\0\0\x20free Anna, at home             ', 'latin1').subarray(0, 32)
    const clean = withoutMetadata(Buffer.concat([bytes, free, makeZip([{ name: secret }])]))
    expect(clean).toHaveLength(bytes.length)
    expect(has(clean, secret)).toBe(false)
    const { exif } = await sharp(clean).metadata()
    expect(exif?.every((byte) => byte === 0)).toBe(true)
    expect((await pixels(clean)).data.equals((await pixels(bytes)).data)).toBe(true)
    expect(withoutMetadata(clean)).toBe(clean)
  })

  test('becomes zeros in a HEIC, whose picture stays upright', async () => {
    const bytes = new Uint8Array(await readFile('tests/fixtures/photos/turned.heic'))
    const clean = withoutMetadata(bytes)
    expect((await sharp(bytes).metadata()).exif?.some((byte) => byte !== 0)).toBe(true)
    expect((await sharp(clean).metadata()).exif?.every((byte) => byte === 0)).toBe(true)
    expect((await decodeImage(clean)).raster).toEqual((await decodeImage(bytes)).raster)
    for (const name of ['four-fields', 'display-p3', 'alpha', 'drawn-face']) {
      const other = new Uint8Array(await readFile(`tests/fixtures/photos/${name}.heic`))
      expect((await decodeImage(withoutMetadata(other))).raster).toEqual((await decodeImage(other)).raster)
    }
  })
})

test('of a JPEG, comments, Photoshop, small pictures and a second picture go; its tables, colours and frames stay', async () => {
  const bytes = await picture(1).jpeg().toBuffer()
  const segment = (marker: number, text: string) => {
    const data = Buffer.from(text, 'latin1')
    return Buffer.concat([Buffer.from([0xff, marker, 0, data.length + 2]), data])
  }
  const small = segment(0xe0, `JFIF\0\x01\x02\0\0\x01\0\x01\x02\x02${secret.padEnd(12)}`)
  const added = [
    small,
    segment(0xfe, secret),
    segment(0xed, `Photoshop 3.0\0${secret}`),
    segment(0xe2, `MPF\0${secret}`),
    segment(0xe5, secret),
  ]
  const start = bytes.subarray(0, 2)
  const full = new Uint8Array(Buffer.concat([start, ...added, bytes.subarray(2), bytes, Buffer.from(secret)]))
  const clean = withoutMetadata(full)
  expect(has(clean, secret)).toBe(false)
  await expectSamePicture(clean, full)
  // Cut off in its scan, what is before still goes.
  const cut = withoutMetadata(full.subarray(0, full.indexOf(0xd9, 3000) - 1))
  expect(has(cut, secret)).toBe(false)
})

test('of a PNG, texts and the time go; an animation of a WebP or GIF keeps its frames, delays and loops', async () => {
  const text = (name: string, data: string) =>
    Buffer.concat([Buffer.from([0, 0, 0, data.length]), Buffer.from(name + data), Buffer.alloc(4)])
  const png = await picture(1).png().toBuffer()
  const full = Buffer.concat([
    png.subarray(0, 33),
    ...['tEXt', 'zTXt', 'iTXt', 'tIME', 'caBX'].map((name) => text(name, secret)),
    png.subarray(33),
  ])
  expect(has(withoutMetadata(full), secret)).toBe(false)
  expect(withoutMetadata(full)).toEqual(withoutMetadata(png))
  const frames = [noise, noise.toReversed() as Buffer].map((data) =>
    sharp(data, { raw: { width: 96, height: 64, channels: 3 } })
      .png()
      .toBuffer(),
  )
  const pictures = await Promise.all(frames)
  const film = () => sharp(pictures, { join: { animated: true } })
  const gif = await film()
    .gif({ loop: 3, delay: [80, 160] })
    .toBuffer()
  const comment = Buffer.from(`\x21\xfe\x0d${secret}\0\x21\xff\x0bXMP DataXMP\x0d${secret}\0`, 'latin1')
  const at = 13 + (gif[10] & 0x80 ? 3 * 2 ** ((gif[10] & 7) + 1) : 0)
  const spoken = Buffer.concat([gif.subarray(0, at), comment, gif.subarray(at), Buffer.from(secret)])
  expect(withoutMetadata(spoken)).toEqual(new Uint8Array(gif))
  const webp = await film()
    .webp({ loop: 3, delay: [80, 160] })
    .withXmp(`<a>${secret}</a>`)
    .toBuffer()
  expect(has(webp, secret)).toBe(true)
  const clean = withoutMetadata(webp)
  expect(has(clean, secret)).toBe(false)
  const [one, other] = await Promise.all(
    [clean, webp].map((file) => sharp(file, { pages: -1 }).raw().toBuffer()),
  )
  expect(one.equals(other)).toBe(true)
  expect(await sharp(clean).metadata()).toMatchObject({ pages: 2, loop: 3, delay: [80, 160] })
})

test('a file that is none of these is the same object', () => {
  for (const text of [
    '',
    'x',
    '%PDF-1.7',
    'RIFF\0\0\0\0WAVE',
    '\xff\xd8\xff\xe0\0\x01',
    '\x89PNG\r\n\x1a\n',
    'II*\0',
    'GIF89a',
  ]) {
    const bytes = new Uint8Array(Buffer.from(text, 'latin1'))
    expect(withoutMetadata(bytes)).toBe(bytes)
  }
})

test(
  'broken files never throw, never grow, and stay as they are themselves',
  { timeout: 300_000 },
  async () => {
    let changed = 0
    for await (const { name, bytes } of brokenImages('.', 1500, 11)) {
      const before = createHash('md5').update(bytes).digest('hex')
      const clean = withoutMetadata(bytes)
      expect(clean.length, name).toBeLessThanOrEqual(bytes.length)
      expect(createHash('md5').update(bytes).digest('hex'), name).toBe(before)
      if (clean !== bytes) changed++
    }
    expect(changed).toBeGreaterThan(100)
  },
)
