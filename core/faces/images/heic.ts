import libheif from 'libheif-js/wasm-bundle.js'
import { deflateSync, crc32 } from 'node:zlib'

/** Upright pixels of a HEIC photo, as a PNG that carries its colour profile. */
export interface HeicPicture {
  png: Buffer
  width: number
  height: number
}

/**
 * Decodes the primary image of a HEIC or HEIF file with libheif (WebAssembly): its turns and mirrorings applied, as the
 * format wants, and EXIF's orientation, which repeats them, left alone. It blocks its thread for about half a second
 * a megapixel and knows no cancelling: run it where a time limit can end it.
 * @param icc the colour profile, from the header
 * @throws Error where the file is damaged, or holds nothing that can be decoded
 */
export async function decodeHeic(bytes: Uint8Array, icc: Buffer | undefined): Promise<HeicPicture> {
  const images = new libheif.HeifDecoder().decode(bytes)
  try {
    const image = images.find((one) => one.is_primary()) ?? images[0]
    if (!image) throw new Error('libheif finds no image in it.')
    const [width, height] = [image.get_width(), image.get_height()]
    const pixels = { data: new Uint8ClampedArray(width * height * 4), width, height }
    const data = await new Promise<Uint8ClampedArray>((resolve, reject) => {
      image.display(pixels, (shown) => {
        if (shown) resolve(shown.data)
        else reject(new Error('libheif can not decode it.'))
      })
    })
    return { png: pngOf(data, width, height, icc), width, height }
  } finally {
    for (const image of images) image.free()
  }
}

/** Pixels and profile in one file, uncompressed, so that the decoder of all other formats goes on from there. */
function pngOf(rgba: Uint8ClampedArray, width: number, height: number, icc: Buffer | undefined): Buffer {
  const row = width * 4
  // Every row begins with the number of its filter, here none.
  const raw = Buffer.alloc((row + 1) * height)
  for (let y = 0; y < height; y++) raw.set(rgba.subarray(y * row, (y + 1) * row), y * (row + 1) + 1)
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 6, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...(icc ? [chunk('iCCP', Buffer.concat([Buffer.from('icc\0\0', 'latin1'), deflateSync(icc)]))] : []),
    chunk('IDAT', deflateSync(raw, { level: 0 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(content))
  return Buffer.concat([length, content, check])
}
