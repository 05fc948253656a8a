import sharp from 'sharp'
import type { Box } from '../../../model/face'

/** The square's side is this many times the longer side of the face's box. */
const room = 1.6

/**
 * A square WebP of 256 px around a face that is not the largest of its photo: the analysis has made one of that alone.
 * @param bytes the photo, or its rendition where browsers can't show it
 * @param face its box, in a photo of `width` × `height` upright pixels
 */
export async function thumbnailOfFace(
  bytes: Uint8Array,
  { box, width, height }: { box: Box; width: number; height: number },
): Promise<Uint8Array> {
  const upright = await sharp(bytes).autoOrient().toBuffer({ resolveWithObject: true })
  const scale = upright.info.width / width
  const size = Math.min(width, height, Math.max(box.width, box.height) * room)
  const within = (middle: number, length: number) =>
    Math.floor(Math.min(Math.max(0, middle - size / 2), length - size) * scale)
  const side = Math.max(1, Math.floor(size * scale))
  return sharp(upright.data)
    .extract({
      left: within(box.x + box.width / 2, width),
      top: within(box.y + box.height / 2, height),
      width: side,
      height: side,
    })
    .resize(256, 256, { withoutEnlargement: true })
    .webp({ quality: 82 })
    .toBuffer()
}
