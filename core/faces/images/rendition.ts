import sharp from 'sharp'
import { isHiddenFormat } from '../../model/photo-formats'
import type { DecodedImage } from './decode'

/**
 * The photo as a JPEG where browsers can't show it (HEIC, TIFF): upright, sRGB, as large as it is analysed (the longer
 * side 2048 px at most), so that landmarks lie on it as on the original. Undefined where browsers show the photo itself.
 */
export async function renditionOf({ format, raster }: DecodedImage): Promise<Uint8Array | undefined> {
  if (!isHiddenFormat(format)) return undefined
  const { width, height, data } = raster
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 86 })
    .toBuffer()
}
