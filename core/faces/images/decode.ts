import sharp, { type Sharp } from 'sharp'
import { imageRejected } from '../../model/errors'
import type { Raster } from './raster'
import { acceptedFormats, sniffFormat, type ImageFormat } from './sniff'

export interface DecodeLimits {
  /** Of the file; 32 MB where not given. */
  maxBytes: number
  /** Of the image as its header declares it; 100 million where not given. */
  maxPixels: number
}
export const defaultLimits: DecodeLimits = { maxBytes: 32_000_000, maxPixels: 100_000_000 }

/** Sides up to this are analysed as they are; longer ones are halved until they fit. */
const longestSide = 2048

export interface ImageHeader {
  format: ImageFormat
  /** Pixels, after EXIF orientation. */
  width: number
  height: number
}

/** An image as decoded for analysis: the upright picture in sRGB, and the size of its original. */
export interface DecodedImage extends ImageHeader {
  raster: Raster
}

/**
 * What the header says, without decoding: enough to refuse an upload early.
 * @throws SemblanceError IMAGE_REJECTED with the reason
 */
export async function inspectImage(bytes: Uint8Array, limits = defaultLimits): Promise<ImageHeader> {
  const format = acceptedFormat(bytes, limits)
  // The limit is checked below, where the message can name the size.
  const header = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch((error: unknown) => {
      throw broken(error)
    })
  const { width, height } = header.autoOrient
  if (width * height > limits.maxPixels) {
    const size = `${width.toLocaleString('en')} × ${height.toLocaleString('en')}`
    const most = Math.floor(limits.maxPixels / 1e6)
    throw imageRejected(
      'too_many_pixels',
      `The image is ${size} pixels; at most ${most} million are accepted. Make it smaller and try again.`,
    )
  }
  return { format, width, height }
}

/**
 * Decodes to upright 8-bit sRGB: EXIF orientation applied, colour profiles converted (CMYK and 16 bits too), alpha
 * laid on white, the first frame of an animation. Large images shrink while they are decoded.
 * @throws SemblanceError IMAGE_REJECTED with the reason
 */
export async function decodeImage(bytes: Uint8Array, limits = defaultLimits): Promise<DecodedImage> {
  const format = acceptedFormat(bytes, limits)
  const small = format === 'heic' ? undefined : await decodeSmall(bytes, limits)
  if (small) return { format, width: small.width, height: small.height, raster: small }
  const header = await inspectImage(bytes, limits)
  const readable = format === 'heic' ? await heicAsPng(bytes, header) : bytes
  const size = analysedSize(header.width, header.height)
  return { ...header, raster: await rasterOf(sharp(readable, decoding(limits.maxPixels)), size) }
}

/**
 * An image that is analysed as it is needs no look at its header before: most photos of a face are small, and each way
 * to the decoder's thread and back waits for a core. Undefined where it is larger, or can't be decoded.
 */
async function decodeSmall(bytes: Uint8Array, { maxPixels }: DecodeLimits): Promise<Raster | undefined> {
  const image = sharp(bytes, decoding(Math.min(longestSide ** 2, maxPixels)))
  const raster = await rasterOf(image).catch(() => undefined)
  return raster && Math.max(raster.width, raster.height) <= longestSide ? raster : undefined
}

const decoding = (limitInputPixels: number) => ({ failOn: 'truncated', limitInputPixels }) as const

async function rasterOf(image: Sharp, size?: { width: number; height: number }): Promise<Raster> {
  const upright = image.autoOrient()
  const { data, info } = await (size ? upright.resize({ ...size, fit: 'fill' }) : upright)
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((error: unknown) => {
      throw broken(error)
    })
  if (info.channels !== 3) throw new Error(`The decoder gave ${info.channels} channels instead of 3.`)
  return { width: info.width, height: info.height, data }
}

/**
 * sharp brings no decoder for HEVC. libheif's is loaded when it is first needed: most hosts never see a HEIC photo.
 * @throws SemblanceError IMAGE_REJECTED where it can't be decoded, or is another size than it says
 */
async function heicAsPng(bytes: Uint8Array, { width, height }: ImageHeader): Promise<Buffer> {
  try {
    const { decodeHeic } = await import('./heic')
    const picture = await decodeHeic(bytes, (await sharp(bytes).metadata()).icc)
    if (picture.width !== width || picture.height !== height)
      throw new Error(`It is ${picture.width}×${picture.height}, its header says ${width}×${height}.`)
    return picture.png
  } catch (error) {
    throw broken(error)
  }
}

/** Halved until the longer side fits: a factor of two is what a JPEG decoder can skip, with no resampling after it. */
function analysedSize(width: number, height: number): { width: number; height: number } {
  let divisor = 1
  while (Math.max(width, height) / divisor > longestSide) divisor *= 2
  return { width: Math.ceil(width / divisor), height: Math.ceil(height / divisor) }
}

/** What can be told from the first bytes. @throws SemblanceError IMAGE_REJECTED with the reason */
function acceptedFormat(bytes: Uint8Array, limits: DecodeLimits): ImageFormat {
  if (bytes.length === 0) throw imageRejected('empty_file', 'The file is empty. Choose the photo again.')
  if (bytes.length > limits.maxBytes) {
    const message = `The file has ${megabytes(bytes.length)} MB; at most ${megabytes(limits.maxBytes)} MB are accepted. Save the photo smaller.`
    throw imageRejected('too_many_bytes', message)
  }
  const format = sniffFormat(bytes)
  if (!format) {
    throw imageRejected('not_an_image', 'This file is not an image, whatever its name says. Choose a photo.')
  }
  if (!acceptedFormats.has(format)) {
    const name = format.toUpperCase()
    throw imageRejected(
      'unsupported_format',
      `${name} files are not supported. Save the photo as JPEG or PNG.`,
    )
  }
  return format
}

const broken = (cause: unknown) =>
  imageRejected('broken_image', 'The image is damaged or cut off. Save or download it again.', { cause })

const megabytes = (bytes: number) => (bytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })
