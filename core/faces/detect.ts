import type { Box } from '../model/face'
import { applyAffine, compose, identity } from './affine'
import type { Candidate, Detection, DetectorDecoder, Frame } from './detection'
import { detectorOf } from './decoders'
import type { Pyramid } from './images/raster'
import type { Model } from './inference/session'

const tileOverlap = 0.25
const tileLargest = 0.4
/** A single face at least this tall (of the image) is a portrait: tiles would find nothing that matters. */
const portraitHeight = 0.25

/** The image turned by quarters, clockwise: 0 as it is, 1 with what was left on top. */
export function frameOf({ base: { width, height } }: Pyramid, quarters: number): Frame {
  if (quarters === 0) return { width, height, toBase: identity }
  if (quarters === 1) return { width: height, height: width, toBase: [0, 1, 0, -1, 0, height - 1] }
  if (quarters === 2) return { width, height, toBase: [-1, 0, width - 1, 0, -1, height - 1] }
  return { width: height, height: width, toBase: [0, -1, width - 1, 1, 0, 0] }
}

/**
 * Finds faces. One look at the whole frame; then, unless that shows a portrait, four overlapping tiles for the faces
 * that are too small in it.
 */
export async function detectFaces(model: Model, pyramid: Pyramid, frame: Frame): Promise<Detection[]> {
  const decoder = detectorOf(model)
  const first = suppress(await decoder.detect(model, pyramid, frame), decoder.overlap)
  const whole =
    first.length > 0 || !decoder.looksWider ? first : await searchWider(decoder, model, pyramid, frame)
  const isPortrait = whole.length === 1 && whole[0].box.height >= portraitHeight * frame.height
  const found =
    isPortrait || !decoder.needsTiles(frame, model.definition)
      ? whole
      : suppress([...whole, ...(await searchTiles(decoder, model, pyramid, frame))], decoder.overlap)
  return found.map((candidate) => ({ ...candidate, frame }))
}

/** The frame with half of its sides of black around it, as photos cut to a face need it. */
async function searchWider(decoder: DetectorDecoder, model: Model, pyramid: Pyramid, frame: Frame) {
  const [x, y] = [-frame.width / 2, -frame.height / 2]
  const toBase = compose(frame.toBase, [1, 0, x, 0, 1, y])
  const wider = { width: frame.width * 2, height: frame.height * 2, toBase }
  const found = await decoder.detect(model, pyramid, wider)
  return suppress(
    found.map((candidate) => moved(candidate, x, y)),
    decoder.overlap,
  )
}

const moved = ({ box, score, keypoints }: Candidate, x: number, y: number): Candidate => ({
  box: { ...box, x: box.x + x, y: box.y + y },
  score,
  keypoints: keypoints?.map(([u, v]) => [u + x, v + y]),
})

/** 2×2 tiles. Large boxes are the whole frame's business, and cut ones are seen whole by the neighbouring tile. */
async function searchTiles(decoder: DetectorDecoder, model: Model, pyramid: Pyramid, frame: Frame) {
  const width = frame.width / (2 - tileOverlap)
  const height = frame.height / (2 - tileOverlap)
  const found: Candidate[] = []
  for (const [column, row] of [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ] as const) {
    const x = column * (frame.width - width)
    const y = row * (frame.height - height)
    const tile = { width, height, toBase: compose(frame.toBase, [1, 0, x, 0, 1, y]) }
    for (const candidate of await decoder.detect(model, pyramid, tile)) {
      const { box, score } = candidate
      const isCut =
        (column === 0 ? box.x + box.width > width - 1 : box.x < 1) ||
        (row === 0 ? box.y + box.height > height - 1 : box.y < 1)
      if (score < decoder.tileScore || box.height > tileLargest * height || isCut) continue
      found.push(moved(candidate, x, y))
    }
  }
  return found
}

/** Greedy non-maximum suppression: of boxes that overlap, the one with the best score stays. Best first. */
export function suppress(candidates: Candidate[], limit: number): Candidate[] {
  const kept: Candidate[] = []
  for (const candidate of candidates.toSorted((a, b) => b.score - a.score)) {
    if (kept.every(({ box }) => overlapOf(box, candidate.box) < limit)) kept.push(candidate)
  }
  return kept
}

/** Intersection over union. */
export function overlapOf(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  if (width <= 0 || height <= 0) return 0
  const shared = width * height
  return shared / (a.width * a.height + b.width * b.height - shared)
}

/** The upright rectangle round a box of a frame, in pixels of the base. Boxes count from the first pixel's corner. */
export function boxInBase({ box, frame }: Detection): Box {
  const [x0, y0] = applyAffine(frame.toBase, [box.x - 0.5, box.y - 0.5])
  const [x1, y1] = applyAffine(frame.toBase, [box.x + box.width - 0.5, box.y + box.height - 0.5])
  return {
    x: Math.min(x0, x1) + 0.5,
    y: Math.min(y0, y1) + 0.5,
    width: Math.abs(x1 - x0),
    height: Math.abs(y1 - y0),
  }
}
