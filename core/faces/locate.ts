import { boxInBase, detectFaces, frameOf } from './detect'
import type { Detection } from './detection'
import type { LandmarkResult } from './face-points'
import { findLandmarks } from './landmarks'
import type { Pyramid } from './images/raster'
import type { Model } from './inference/session'

/** A face that was found, with its points. */
export interface LocatedFace {
  detection: Detection
  landmarks: LandmarkResult
}

/** Above this the points of a face are not trusted: it may lie on its side or stand on its head. */
const uprightDisagreement = 0.1

/**
 * Finds the faces of an image and their points, the largest first. Where there is none, or the largest one's points
 * make no sense, the image is turned by quarters and the turn under which they make the most sense is taken. Boxes and
 * points are those of the image as it is all the same.
 */
export async function locateFaces(
  models: { detector: Model; landmarks: Model },
  pyramid: Pyramid,
): Promise<LocatedFace[]> {
  let best = await locateInFrame(models, pyramid, 0)
  if (best.disagreement > uprightDisagreement) {
    for (const quarters of [1, 3, 2]) {
      const turned = await locateInFrame(models, pyramid, quarters)
      if (turned.disagreement < best.disagreement) best = turned
    }
  }
  const rest = best.detections.slice(1)
  const faces = best.largest ? [best.largest] : []
  for (const detection of rest) {
    faces.push({ detection, landmarks: await findLandmarks(models.landmarks, pyramid, detection) })
  }
  return faces
}

/** Faces in one frame, largest first, and the points of the largest, by which the frame is judged. */
async function locateInFrame(
  models: { detector: Model; landmarks: Model },
  pyramid: Pyramid,
  quarters: number,
) {
  const found = await detectFaces(models.detector, pyramid, frameOf(pyramid, quarters))
  const detections = found.toSorted((a, b) => areaOf(b) - areaOf(a))
  const [detection] = detections
  if (!detection) return { detections, largest: undefined, disagreement: Infinity }
  const landmarks = await findLandmarks(models.landmarks, pyramid, detection)
  return { detections, largest: { detection, landmarks }, disagreement: landmarks.disagreement }
}

/** Of the face's box, pixels of the base. */
export function areaOf(detection: Detection): number {
  const { width, height } = boxInBase(detection)
  return width * height
}
