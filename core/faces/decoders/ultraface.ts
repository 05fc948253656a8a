import { compose } from '../affine'
import type { Candidate, DetectorDecoder, Frame } from '../detection'
import type { Pyramid } from '../images/raster'
import type { Model } from '../inference/session'
import { inputDifferences, outputDifferences } from '../inference/signature'

const scoreThreshold = 0.65

/**
 * UltraFace (Linzaer, Ultra-Light-Fast-Generic-Face-Detector-1MB; RFB-320). Input: the frame letterboxed into the
 * middle, RGB, (x − 127) / 128. `scores` holds background and face a prior, `boxes` the corners as parts of the
 * input's sides.
 */
export const ultraface: DetectorDecoder = {
  detect,
  overlap: 0.4,
  tileScore: 0.8,
  looksWider: false,
  needsTiles: () => true,
  differences: (signature, { input }) => [
    ...inputDifferences(signature, [1, 3, input.height, input.width]),
    ...outputDifferences(signature, [
      { name: 'scores', shape: [1, undefined, 2] },
      { name: 'boxes', shape: [1, undefined, 4] },
    ]),
  ],
}

async function detect(model: Model, pyramid: Pyramid, frame: Frame): Promise<Candidate[]> {
  const { width, height } = model.definition.input
  const scale = Math.max(frame.width / width, frame.height / height)
  const left = (width - frame.width / scale) / 2
  const top = (height - frame.height / scale) / 2
  // Centres of the first pixels lie half a pixel within the borders that the letterbox lays on each other.
  const shift = (scale - 1) / 2
  const toFrame = [scale, 0, shift - left * scale, 0, scale, shift - top * scale] as const
  const outputs = await model.look(pyramid, compose(frame.toBase, toFrame))
  const [scores, boxes] = [outputs['scores'].data, outputs['boxes'].data]
  const found: Candidate[] = []
  for (let index = 0; index < scores.length / 2; index++) {
    const score = scores[index * 2 + 1]
    if (score < scoreThreshold) continue
    const [x0, y0, x1, y1] = boxes.subarray(index * 4, index * 4 + 4)
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
