import { createHash } from 'node:crypto'
import type { AnalyzedFace, ImageAnalysis } from '../model/face'
import { applyAffine, distance } from './affine'
import { alignFace } from './align'
import { attributePatch, findAgeAndGender, findExpression } from './attributes'
import { decodeImage, defaultLimits, type DecodedImage, type DecodeLimits } from './decode'
import { boxInBase } from './detect'
import { embed } from './embed'
import { geometryRatios, symmetryOf } from './geometry'
import { fivePointsOf, type Landmarks } from './landmarks'
import { locateFaces, type LocatedFace } from './locate'
import type { InstalledPack } from './packs'
import { findPose } from './pose'
import { qualityOf } from './quality'
import { pyramidOf, type Pyramid } from './raster'
import { openModel, type Model } from './session'
import { skinToneOf } from './skin-tone'
import { thumbnailOf } from './thumbnail'

/** Analyses one image after the other; holds the models of a pack. */
export interface Analyzer {
  readonly embeddingModel: string
  /** @throws SemblanceError IMAGE_REJECTED where the bytes are no usable image; an image without a face is no error. */
  analyze(bytes: Uint8Array): Promise<ImageAnalysis>
  close(): Promise<void>
}

/** The models of a pack, open. A role that the pack lacks leaves its attributes null. */
type Models = Record<'detector' | 'landmarks' | 'recogniser', Model> &
  Partial<Record<'pose' | 'age_gender' | 'expression', Model>>

async function openModels(pack: InstalledPack): Promise<Models> {
  const { roles } = pack.manifest
  const [detector, landmarks, recogniser] = await Promise.all([
    openModel(pack, roles.detector),
    openModel(pack, roles.landmarks),
    openModel(pack, roles.recogniser),
  ])
  return {
    detector,
    landmarks,
    recogniser,
    ...(roles.pose && { pose: await openModel(pack, roles.pose) }),
    ...(roles.age_gender && { age_gender: await openModel(pack, roles.age_gender) }),
    ...(roles.expression && { expression: await openModel(pack, roles.expression) }),
  }
}

/** Opens a pack for analysis on this thread, which `analyze` blocks while a model runs: see pool.ts for a host. */
export async function createAnalyzer(
  pack: InstalledPack,
  limits: DecodeLimits = defaultLimits,
): Promise<Analyzer> {
  const models = await openModels(pack)
  return {
    embeddingModel: pack.embeddingModel,
    analyze: (bytes) => analyzeImage(models, pack.embeddingModel, bytes, limits),
    async close() {
      await Promise.all(Object.values(models).map((model) => model.close()))
    },
  }
}

async function analyzeImage(
  models: Models,
  embeddingModel: string,
  bytes: Uint8Array,
  limits: DecodeLimits,
): Promise<ImageAnalysis> {
  const clock = stopwatch()
  const image = await decodeImage(bytes, limits)
  clock.lap('decode')
  const pyramid = pyramidOf(image.raster)
  const located = await locateFaces(models, pyramid)
  clock.lap('locate')
  const faces: AnalyzedFace[] = []
  for (const face of located) faces.push(await describeFace(models, pyramid, face, image, clock))
  const thumbnail = await thumbnailOf(image.raster, located[0]?.landmarks.points)
  clock.lap('thumbnail')
  return {
    width: image.width,
    height: image.height,
    image_hash: createHash('md5').update(bytes).digest('hex'),
    faces,
    embedding_model: embeddingModel,
    thumbnail,
    timings: clock.timings,
  }
}

async function describeFace(
  models: Models,
  pyramid: Pyramid,
  { detection, landmarks }: LocatedFace,
  image: DecodedImage,
  clock: Stopwatch,
): Promise<AnalyzedFace> {
  const { points } = landmarks
  const five = fivePointsOf(points)
  const { patch: aligned, toBase } = alignFace(pyramid, five)
  const embedding = await embed(models.recogniser, aligned)
  clock.lap('embed')
  const pose = models.pose ? await findPose(models.pose, pyramid, detection, points) : null
  clock.lap('pose')
  const cropped = models.age_gender ?? models.expression
  const patch = cropped && attributePatch(pyramid, landmarks, cropped.definition.input.width)
  const ageAndGender = patch && models.age_gender ? await findAgeAndGender(models.age_gender, patch) : null
  const expression = patch && models.expression ? await findExpression(models.expression, patch) : null
  clock.lap('attributes')
  const scale = image.width / image.raster.width
  const quality = qualityOf({
    aligned,
    eyeDistance: distance(five[0], five[1]) * scale,
    detectionScore: detection.score,
    pose,
  })
  const face: AnalyzedFace = {
    ...inOriginal(image, detection, points),
    detection_score: Math.min(1, Math.max(0, detection.score)),
    embedding,
    age: ageAndGender?.age ?? null,
    gender: ageAndGender?.gender ?? null,
    ...quality,
    pose,
    geometry_ratios: geometryRatios(points),
    symmetry_score: symmetryOf(points),
    skin_tone_lab: skinToneOf(aligned, toBase, points),
    expression: expression?.expression ?? null,
    expression_confidence: expression?.expression_confidence ?? null,
    emotion_scores: expression?.emotion_scores ?? null,
  }
  clock.lap('measures')
  return face
}

/** Box and points in pixels of the upright original; a pixel's centre is at its whole number plus a half. */
function inOriginal(image: DecodedImage, detection: LocatedFace['detection'], points: Landmarks) {
  const [scaleX, scaleY] = [image.width / image.raster.width, image.height / image.raster.height]
  const box = boxInBase(detection)
  return {
    box: { x: box.x * scaleX, y: box.y * scaleY, width: box.width * scaleX, height: box.height * scaleY },
    landmarks_68: points.map(
      (point) => applyAffine([scaleX, 0, scaleX / 2, 0, scaleY, scaleY / 2], point) as [number, number],
    ),
  }
}

type Stopwatch = ReturnType<typeof stopwatch>

/** Adds the milliseconds since the last lap to a stage. */
function stopwatch() {
  const timings: Record<string, number> = {}
  let last = performance.now()
  return {
    timings,
    lap(stage: string) {
      const now = performance.now()
      timings[stage] = (timings[stage] ?? 0) + now - last
      last = now
    },
  }
}
