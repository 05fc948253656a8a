import sharp from 'sharp'
import { meanPoint } from './affine'
import type { Landmarks } from './face-points'
import type { Raster } from './raster'

const side = 256
/** The square is this many times the distance from the eyes to the chin, or as little as that near a border. */
const faceFactor = 2.6
const leastFactor = 1.8

/**
 * A square WebP of 256 px: the face with its eyes in the middle (as far as the photo reaches), or the whole image on
 * a transparent square. A face that has fewer pixels keeps its own: enlarging them would only cost time and room.
 */
export async function thumbnailOf(raster: Raster, landmarks: Landmarks | undefined): Promise<Uint8Array> {
  const { width, height, data } = raster
  const image = sharp(data, { raw: { width, height, channels: 3 } })
  const shown = landmarks
    ? image
        .extract(squareAround(landmarks, width, height))
        .resize(side, side, { fit: 'cover', withoutEnlargement: true })
    : image.resize(side, side, { fit: 'contain', background: { r: 0, g: 0, b: 0, alpha: 0 } })
  const webp = await shown.webp({ quality: 82, effort: 1 }).toBuffer()
  // A buffer of its own, so that a thread can hand it over.
  return new Uint8Array(webp)
}

function squareAround(landmarks: Landmarks, width: number, height: number) {
  const eyes = meanPoint(landmarks.slice(36, 48))
  const chin = landmarks[8]
  const unit = Math.hypot(chin[0] - eyes[0], chin[1] - eyes[1])
  const room = 2 * Math.min(eyes[0], eyes[1], width - eyes[0], height - eyes[1])
  const wanted = Math.max(leastFactor * unit, Math.min(faceFactor * unit, room))
  const size = Math.max(1, Math.min(Math.round(wanted), width, height))
  const within = (centre: number, length: number) =>
    Math.round(Math.min(Math.max(0, centre - size / 2), length - size))
  return { left: within(eyes[0], width), top: within(eyes[1], height), width: size, height: size }
}
