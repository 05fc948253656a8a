import type { Candidate, DetectorDecoder, Frame } from '../detection'
import type { Pyramid } from '../images/raster'
import type { Model } from '../inference/session'
import { inputDifferences, outputDifferences } from '../inference/signature'
import { isFarLarger, letterbox, sizeStep, type Letterboxed } from './letterbox'

/** OpenCV's samples take 0.6 to 0.9. At 0.6 two of 31 "faces" of the Solvay conference are none, at 0.7 all 29 are. */
const scoreThreshold = 0.7
const strides = [8, 16, 32]

/**
 * YuNet (Wu et al., "YuNet: A Tiny Millisecond-level Face Detector", 2023; OpenCV face_detection_yunet). Input:
 * letterboxed to multiples of 32, BGR, 0..255. For each stride s of 8, 16, 32 and each cell (column, row):
 * score √(cls · obj); `bbox` the box's centre ((column + dx) · s, (row + dy) · s) and size (eʷ · s, eʰ · s);
 * `kps` five offsets from the cell in strides.
 */
export const yunet: DetectorDecoder = {
  detect,
  overlap: 0.3,
  tileScore: 0.8,
  looksWider: true,
  needsTiles: (frame, { input }) => isFarLarger(frame, input),
  differences: (signature, { input }) => [
    ...inputDifferences(signature, [1, 3, input.height, input.width]),
    ...outputDifferences(
      signature,
      strides.flatMap((stride) => [
        { name: `cls_${stride}`, shape: [1, undefined, 1] },
        { name: `obj_${stride}`, shape: [1, undefined, 1] },
        { name: `bbox_${stride}`, shape: [1, undefined, 4] },
        { name: `kps_${stride}`, shape: [1, undefined, 10] },
      ]),
    ),
    ...(input.width % sizeStep > 0 || input.height % sizeStep > 0
      ? [`expected sides that are multiples of ${sizeStep}; found ${input.width}×${input.height}`]
      : []),
  ],
}

async function detect(model: Model, pyramid: Pyramid, frame: Frame): Promise<Candidate[]> {
  const view = await letterbox(model, pyramid, frame)
  return strides.flatMap((stride) => readStride(view, stride))
}

function readStride(view: Letterboxed, stride: number): Candidate[] {
  const map = (name: string) => view.outputs[`${name}_${stride}`].data
  const [cls, obj, bbox, kps] = [map('cls'), map('obj'), map('bbox'), map('kps')]
  const columns = view.width / stride
  const found: Candidate[] = []
  for (const [place, value] of cls.entries()) {
    const score = Math.sqrt(within(value) * within(obj[place]))
    if (score < scoreThreshold) continue
    const [column, row] = [place % columns, Math.floor(place / columns)]
    const [dx, dy, logWidth, logHeight] = bbox.subarray(place * 4, place * 4 + 4)
    const [x, y] = [(column + dx) * stride, (row + dy) * stride]
    const [right, down] = [(Math.exp(logWidth) * stride) / 2, (Math.exp(logHeight) * stride) / 2]
    found.push({
      box: view.boxOf(x - right, y - down, x + right, y + down),
      score,
      keypoints: [0, 2, 4, 6, 8].map((at) =>
        view.pointOf((column + kps[place * 10 + at]) * stride, (row + kps[place * 10 + at + 1]) * stride),
      ),
    })
  }
  return found
}

const within = (value: number) => Math.min(1, Math.max(0, value))
