import { eyeCenters, type Point } from './landmark-regions'

interface Size {
  width: number
  height: number
}

interface Rectangle extends Size {
  x: number
  y: number
}

/** Maps a pixel (x, y) of the photo to (a·x − b·y + tx, b·x + a·y + ty): scale, rotation, shift. */
export interface Similarity {
  a: number
  b: number
  tx: number
  ty: number
}

/** Where the eyes go, as shares of the frame's width and height. */
const eyeLine = { left: 0.345, right: 0.655, y: 0.42 }

/** The same transform as a CSS `transform` with its origin at 0 0. */
export function toCssMatrix({ a, b, tx, ty }: Similarity): string {
  return `matrix(${a}, ${b}, ${-b}, ${a}, ${tx}, ${ty})`
}

/** Where a transform puts a pixel. */
export function applySimilarity({ a, b, tx, ty }: Similarity, [x, y]: Point): Point {
  return [a * x - b * y + tx, b * x + a * y + ty]
}

/**
 * Shows the whole of a region of the photo, as large as the frame allows, in its middle.
 * @param region pixels of the photo
 * @param frame  pixels of the screen
 */
export function fitRegion(region: Rectangle, frame: Size): Similarity {
  const scale = Math.min(frame.width / region.width, frame.height / region.height)
  return {
    a: scale,
    b: 0,
    tx: frame.width / 2 - scale * (region.x + region.width / 2),
    ty: frame.height / 2 - scale * (region.y + region.height / 2),
  }
}

/**
 * The region to show when zoomed to a face: the box, widened by a half and moved only as far as the photo reaches.
 * @param box   the face, pixels of the photo
 * @param photo size of the photo
 */
export function faceRegion(box: Rectangle, photo: Size): Rectangle {
  const width = Math.min(photo.width, box.width * 1.6)
  const height = Math.min(photo.height, box.height * 1.5)
  const clamp = (value: number, highest: number) => Math.max(0, Math.min(value, highest))
  return {
    x: clamp(box.x + box.width / 2 - width / 2, photo.width - width),
    y: clamp(box.y + box.height / 2 - height / 2, photo.height - height),
    width,
    height,
  }
}

/**
 * Puts the eyes at the same places of a frame whatever the photo, so that two faces can be compared: upright, at one
 * size. Without landmarks the box's middle goes to where the middle of a face is.
 * @returns null where neither landmarks nor a box are known.
 */
export function alignFace(
  face: { landmarks: readonly Point[] | null; box: Rectangle | null },
  frame: Size,
): Similarity | null {
  const eyes = eyeCenters(face.landmarks)
  if (eyes) {
    const [[x1, y1], [x2, y2]] = eyes
    const [dx, dy] = [x2 - x1, y2 - y1]
    const square = dx * dx + dy * dy
    if (square > 0) {
      const distance = (eyeLine.right - eyeLine.left) * frame.width
      const a = (distance * dx) / square
      const b = (-distance * dy) / square
      return {
        a,
        b,
        tx: eyeLine.left * frame.width - (a * x1 - b * y1),
        ty: eyeLine.y * frame.height - (b * x1 + a * y1),
      }
    }
  }
  if (!face.box) return null
  const { x, y, width, height } = face.box
  // With eyes at their places a detector's box is about three quarters of the frame wide: keep that size here.
  const scale = (0.75 * frame.width) / width
  return {
    a: scale,
    b: 0,
    tx: frame.width / 2 - scale * (x + width / 2),
    ty: frame.height * 0.52 - scale * (y + height / 2),
  }
}
