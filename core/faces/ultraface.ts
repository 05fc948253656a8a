import type { Candidate, Frame } from './detection'
import { compose } from './affine'
import { cutPatch, type Pyramid } from './raster'
import type { Model } from './session'

const scoreThreshold = 0.65

/**
 * UltraFace (RFB-320): the frame letterboxed into the input. `scores` holds background and face a prior, `boxes` the
 * corners as parts of the input's sides.
 */
export async function ultraface(model: Model, pyramid: Pyramid, frame: Frame): Promise<Candidate[]> {
  const { width, height } = model.definition.input
  const scale = Math.max(frame.width / width, frame.height / height)
  const left = (width - frame.width / scale) / 2
  const top = (height - frame.height / scale) / 2
  // Centres of the first pixels lie half a pixel within the borders that the letterbox lays on each other.
  const shift = (scale - 1) / 2
  const toFrame = [scale, 0, shift - left * scale, 0, scale, shift - top * scale] as const
  const { scores, boxes } = await model.run(cutPatch(pyramid, compose(frame.toBase, toFrame), width, height))
  if (!scores || !boxes) throw new Error('The detector gives no scores and boxes; it is no UltraFace.')
  const found: Candidate[] = []
  for (let index = 0; index < scores.length / 2; index++) {
    const score = scores[index * 2 + 1]
    if (score < scoreThreshold) continue
    const [x0, y0, x1, y1] = boxes.subarray(index * 4, index * 4 + 4) as unknown as [
      number,
      number,
      number,
      number,
    ]
    const box = {
      x: (x0 * width - left) * scale,
      y: (y0 * height - top) * scale,
      width: (x1 - x0) * width * scale,
      height: (y1 - y0) * height * scale,
    }
    found.push({ box, score })
  }
  return found
}
