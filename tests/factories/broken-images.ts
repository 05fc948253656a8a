import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import { seeded } from './random'

/** An image as an attacker, a bad disk or a bad program leaves it. */
export interface BrokenImage {
  /** What was done to what: enough to make it again, with the seed. */
  name: string
  bytes: Buffer
}

type Random = () => number
interface Whole {
  name: string
  bytes: Buffer
}

/** Whole images of every format and kind that is read, small, with something to see. */
async function wholeImages(root: string, photo: Buffer | undefined): Promise<Whole[]> {
  const picture = () => sharp(waves(96, 64), { raw: { width: 96, height: 64, channels: 3 } })
  const face = photo ? () => sharp(photo) : picture
  const frames = await Promise.all([200, 40, 90].map(frame))
  const animated = () => sharp(frames, { join: { animated: true } })
  const made: [string, Sharp][] = [
    ['photo.jpeg', face().jpeg()],
    ['progressive.jpeg', face().jpeg({ progressive: true })],
    ['cmyk.jpeg', picture().toColourspace('cmyk').jpeg()],
    ['exif.jpeg', face().withMetadata({ orientation: 6 }).jpeg()],
    ['plain.png', face().png()],
    ['16-bit.png', picture().toColourspace('rgb16').png()],
    ['interlaced.png', picture().png({ progressive: true })],
    ['palette.png', picture().png({ palette: true })],
    ['alpha.webp', picture().ensureAlpha(0.5).webp()],
    ['lossless.webp', picture().webp({ lossless: true })],
    ['animated.webp', animated().webp()],
    ['animated.gif', animated().gif()],
    ['lzw.tiff', picture().tiff({ compression: 'lzw' })],
    ['tiled.tiff', picture().tiff({ tile: true, tileWidth: 32, tileHeight: 32, compression: 'deflate' })],
    ['plain.avif', picture().avif({ effort: 0 })],
    ['narrow.png', picture().resize(1, 4000, { fit: 'fill' }).png()],
    ['flat.jpeg', picture().resize(6000, 1, { fit: 'fill' }).jpeg()],
  ]
  const images = await Promise.all(
    made.map(async ([name, image]) => ({ name, bytes: await image.toBuffer() })),
  )
  for (const name of ['four-fields', 'turned', 'display-p3', 'alpha']) {
    const bytes = await readFile(join(root, `tests/fixtures/photos/${name}.heic`))
    images.push({ name: `${name}.heic`, bytes })
  }
  return images
}

function frame(level: number): Promise<Buffer> {
  const background = { r: level, g: 90, b: 255 - level }
  return sharp({ create: { width: 24, height: 24, channels: 3, background } })
    .png()
    .toBuffer()
}

function waves(width: number, height: number): Buffer {
  return Buffer.from(
    Array.from(
      { length: width * height * 3 },
      (_, at) => 127 + Math.round(120 * Math.sin(at / (3 + (at % 3)))),
    ),
  )
}

type Mutation = (bytes: Buffer, random: Random) => Buffer

const below = (random: Random, limit: number) => Math.floor(random() * limit)

/** The head, where headers are, is hit as often as all the rest. */
const place = (bytes: Buffer, random: Random) =>
  below(random, random() < 0.5 ? Math.min(bytes.length, 200) : bytes.length)

const sizes = [0, 1, 2, 0xffff, 0x7fff, 0x8000, 30_000, 9000]

const mutations: Record<string, Mutation> = {
  flips(bytes, random) {
    const copy = Buffer.from(bytes)
    for (let count = 1 + below(random, 24); count > 0; count--)
      copy[place(copy, random)] ^= 1 << below(random, 8)
    return copy
  },
  noise(bytes, random) {
    const copy = Buffer.from(bytes)
    const start = place(copy, random)
    for (let at = start; at < Math.min(copy.length, start + 40); at++) copy[at] = below(random, 256)
    return copy
  },
  cut: (bytes, random) => bytes.subarray(0, below(random, bytes.length)),
  hole(bytes, random) {
    const start = place(bytes, random)
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + 1 + below(random, 60))])
  },
  repeated(bytes, random) {
    const start = place(bytes, random)
    return Buffer.concat([bytes, bytes.subarray(start), bytes.subarray(0, start)])
  },
  lies(bytes, random) {
    const copy = Buffer.from(bytes)
    for (const at of sizeFields(copy)) {
      if (at + 4 > copy.length || random() < 0.3) continue
      const size = sizes[below(random, sizes.length)]
      if (copy[0] === 0x89 || copy.toString('latin1', 4, 8) === 'ftyp') copy.writeUInt32BE(size, at)
      else if (copy[0] === 0xff) copy.writeUInt16BE(size, at)
      else copy.writeUInt16LE(size, at)
    }
    return copy[0] === 0x89 ? withHeaderSum(copy) : copy
  },
  exif(bytes, random) {
    if (bytes[0] !== 0xff) return mutations['flips'](bytes, random)
    const body = Buffer.from(Array.from({ length: 20 + below(random, 400) }, () => below(random, 256)))
    const head = Buffer.from('Exif\0\0MM\0*\0\0\0\b\0\x05\x01\x12\0\x03', 'latin1')
    const length = Buffer.alloc(2)
    length.writeUInt16BE(head.length + body.length + 2)
    return Buffer.concat([
      bytes.subarray(0, 2),
      Buffer.from([0xff, 0xe1]),
      length,
      head,
      body,
      bytes.subarray(2),
    ])
  },
}

/** Where a file says its size, as far as that is easily found. */
function sizeFields(bytes: Buffer): number[] {
  if (bytes[0] === 0x89) return [16, 20]
  if (bytes.subarray(0, 3).toString('latin1') === 'GIF') return [6, 8]
  if (bytes.toString('latin1', 8, 12) === 'WEBP') return [24, 26, 27, 28]
  if (bytes[0] === 0xff) {
    const start = [0xc0, 0xc2].map((kind) => bytes.indexOf(Buffer.from([0xff, kind]))).find((at) => at > 0)
    return start === undefined ? [] : [start + 5, start + 7]
  }
  const box = bytes.indexOf('ispe')
  if (box > 0) return [box + 8, box + 12]
  // TIFF: values of the first directory's tags.
  const directory = bytes.length > 8 ? bytes.readUInt32LE(4) : 0
  return [0, 1, 2, 3].map((tag) => directory + 2 + tag * 12 + 8)
}

/** A lie that is not refused for its checksum. */
function withHeaderSum(png: Buffer): Buffer {
  if (png.length >= 33) png.writeUInt32BE(crc32(png.subarray(12, 29)), 29)
  return png
}

/** Small files of many pixels: some over the limits, some just below. */
async function bombs(): Promise<BrokenImage[]> {
  const flat = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#777' }, limitInputPixels: false })
  const files: [string, Promise<Buffer>][] = [
    ['bomb over.png', Promise.resolve(flatPng(60_000, 60_000, 0))],
    ['bomb below.png', Promise.resolve(flatPng(9990, 9990, 0))],
    ['bomb interlaced.png', Promise.resolve(flatPng(6000, 6000, 1))],
    ['bomb.webp', flat(8000, 8000).webp({ effort: 0 }).toBuffer()],
    ['bomb.tiff', flat(9000, 9000).tiff({ compression: 'deflate' }).toBuffer()],
    ['bomb.avif', flat(4000, 4000).avif({ effort: 0 }).toBuffer()],
    ['bomb.gif', flat(9000, 9000).gif({ effort: 1 }).toBuffer()],
    ['bomb.jpeg', flat(9900, 9900).jpeg({ progressive: true }).toBuffer()],
  ]
  return Promise.all(files.map(async ([name, bytes]) => ({ name, bytes: await bytes })))
}

/** Eight bits of grey a pixel; interlaced ones have the rows of seven passes, which this has too few of. */
function flatPng(width: number, height: number, interlace: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 0, 0, 0, interlace], 8)
  const data = deflateSync(Buffer.alloc(Math.min(1e8, (width + 1) * height)))
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    ...[['IHDR', header] as const, ['IDAT', data] as const, ['IEND', Buffer.alloc(0)] as const].map(
      ([type, content]) => {
        const body = Buffer.concat([Buffer.from(type, 'latin1'), content])
        const numbers = Buffer.alloc(8)
        numbers.writeUInt32BE(content.length, 0)
        numbers.writeUInt32BE(crc32(body), 4)
        return Buffer.concat([numbers.subarray(0, 4), body, numbers.subarray(4)])
      },
    ),
  ])
}

/**
 * The same `count` images for the same seed: every mutation of every format in turn, then the bombs.
 * @param photo of a face, for some of the whole images
 */
export async function* brokenImages(
  root: string,
  count: number,
  seed: number,
  photo?: Buffer,
): AsyncGenerator<BrokenImage> {
  const random = seeded(seed)
  const whole = await wholeImages(root, photo)
  const blasts = await bombs()
  const kinds = Object.entries(mutations)
  for (let index = 0; index < count - blasts.length; index++) {
    const { name, bytes } = whole[index % whole.length]
    const [kind, mutate] = kinds[Math.floor(index / whole.length) % kinds.length]
    yield { name: `${index} ${kind} ${name}`, bytes: mutate(bytes, random) }
  }
  yield* blasts
}
