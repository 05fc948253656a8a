import type { Candidate, DetectorDecoder, Frame } from '../detection'
import type { PackModel } from '../packs/manifest'
import type { Pyramid } from '../images/raster'
import type { Model, ModelOutput } from '../inference/session'
import { inputDifferences, listText, type ModelSignature } from '../inference/signature'
import { isFarLarger, letterbox, sizeStep, type Letterboxed } from './letterbox'

const scoreThreshold = 0.5

/** Values a place in each kind of map: score, distances to the box's sides, five points. */
const widths = { score: 1, box: 4, points: 10 } as const

/**
 * SCRFD (Guo et al., "Sample and Computation Redistribution for Efficient Face Detection", 2021; insightface
 * `detection/scrfd`, model_zoo/scrfd.py). Input: letterboxed into the upper left corner, RGB, (x − 127.5) / 128.
 * For every stride a map of scores (0..1), one of distances from the anchor's centre to left, top, right and bottom
 * in strides, and, where the model has points, one of five offsets in strides; `anchors` places a cell, row by row.
 * Exports differ in names, order, a batch axis in front and the strides; what a map is, is told by its last axis, and
 * which stride by the number of its places.
 */
export const scrfd: DetectorDecoder = {
  detect,
  overlap: 0.4,
  tileScore: 0.6,
  looksWider: true,
  needsTiles: (frame, { input }) => isFarLarger(frame, input),
  differences,
}

/** One stride's maps. */
export interface Level {
  stride: number
  anchors: number
  columns: number
  score: Float32Array
  box: Float32Array
  points: Float32Array | undefined
}

async function detect(model: Model, pyramid: Pyramid, frame: Frame): Promise<Candidate[]> {
  const view = await letterbox(model, pyramid, frame)
  const levels = levelsOf(view.outputs, view.width, view.height)
  return levels.flatMap((level) => readLevel(level, view))
}

function readLevel({ stride, anchors, columns, score, box, points }: Level, view: Letterboxed): Candidate[] {
  const found: Candidate[] = []
  for (const [place, value] of score.entries()) {
    if (value < scoreThreshold) continue
    const cell = Math.floor(place / anchors)
    const x = (cell % columns) * stride
    const y = Math.floor(cell / columns) * stride
    const [left, top, right, bottom] = box.subarray(place * 4, place * 4 + 4)
    found.push({
      box: view.boxOf(x - left * stride, y - top * stride, x + right * stride, y + bottom * stride),
      score: value,
      keypoints:
        points &&
        [0, 2, 4, 6, 8].map((at) =>
          view.pointOf(x + points[place * 10 + at] * stride, y + points[place * 10 + at + 1] * stride),
        ),
    })
  }
  return found
}

/**
 * Sorts a model's outputs into strides. With the number of places n, n = (width / s) · (height / s) · anchors has one
 * solution in powers of two for s and 1 or 2 for the anchors.
 * @throws Error where the maps do not fit together
 */
export function levelsOf(outputs: Record<string, ModelOutput>, width: number, height: number): Level[] {
  const maps = Object.values(outputs)
  const ofWidth = (values: number) => maps.filter(({ dims }) => dims[dims.length - 1] === values)
  const levels = ofWidth(widths.score).map(({ data }): Level => {
    const places = data.length
    const twin = (values: number) => ofWidth(values).find((map) => map.data.length === places * values)?.data
    const box = twin(widths.box)
    const grid = gridOf(places, width, height)
    if (!box || !grid)
      throw new Error(
        `The detector's map of ${places} scores has no boxes or fits no stride at ${width}×${height}.`,
      )
    return { ...grid, score: data, box, points: twin(widths.points) }
  })
  return levels.toSorted((a, b) => a.stride - b.stride)
}

function gridOf(places: number, width: number, height: number) {
  for (let stride = 4; stride <= 256; stride *= 2) {
    const columns = Math.ceil(width / stride)
    const cells = columns * Math.ceil(height / stride)
    for (const anchors of [1, 2]) if (cells * anchors === places) return { stride, anchors, columns }
  }
  return undefined
}

function differences(signature: ModelSignature, { input }: PackModel, needsPoints: boolean): string[] {
  const found = inputDifferences(signature, [undefined, 3, input.height, input.width])
  const shapes = signature.outputs.map(({ type, shape }) => (type === 'float32' ? shape : []))
  const count = (values: number) =>
    shapes.filter((shape) => shape?.length && shape.length <= 3 && shape[shape.length - 1] === values).length
  const [scores, boxes, points] = [count(widths.score), count(widths.box), count(widths.points)]
  const areKnown = shapes.every((shape) => shape !== undefined)
  const isRight = scores > 0 && scores === boxes && (points === scores || (points === 0 && !needsPoints))
  if (areKnown && !isRight) {
    const wanted = `for each stride float32 [?, 1], [?, 4]${needsPoints ? ' and' : ' and perhaps'} [?, 10]`
    found.push(
      `expected outputs ${wanted}, a batch axis before them or not; found ${listText(signature.outputs)}`,
    )
  }
  const isFixed = signature.inputs[0]?.shape?.slice(2).every((axis) => axis !== undefined)
  if (!isFixed && (input.width % sizeStep > 0 || input.height % sizeStep > 0))
    found.push(`expected sides that are multiples of ${sizeStep}; found ${input.width}×${input.height}`)
  return found
}
