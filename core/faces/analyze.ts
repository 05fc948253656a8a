import { createHash } from 'node:crypto'
import type { AnalyzedFace, ImageAnalysis } from '../model/face'
import { applyAffine, distance, type Affine } from './affine'
import { alignFace } from './align'
import { decodeImage, defaultLimits, type DecodedImage, type DecodeLimits } from './images/decode'
import { embed } from './decoders/arcface'
import { attributePatch, findAgeAndGender, findExpression } from './decoders/face-api'
import { findPose } from './decoders/hopenet'
import { findAgeAndGenderInBox } from './decoders/insightface-genderage'
import { boxInBase } from './detect'
import { withReached, type AnalysisWishes } from './pool/face-messages'
import { geometryRatios, symmetryOf } from './geometry'
import { fivePointsOf, type LandmarkResult, type Landmarks } from './face-points'
import { areaOf, locateFaces, type LocatedFace } from './locate'
import { greyPictureOf } from './images/grey-picture'
import type { PackManifest } from './packs/manifest'
import { closeModels, openModels, type Models } from './inference/pack-models'
import type { InstalledPack } from './packs/pack-types'
import type { ProviderChoice } from './inference/provider-choice'
import { openOnBest, planProviders, type ProviderReport } from './inference/providers'
import { qualityComponents, type ComponentsInput } from './quality/components'
import { qualityOf } from './quality/score'
import { lumaOf, pyramidOf, type Patch, type Pyramid } from './images/raster'
import type { Model } from './inference/session'
import { renditionOf } from './images/rendition'
import { isGrey, skinToneOf } from './skin-tone'
import { thumbnailOf } from './images/thumbnail'

/** Analyses one image after the other; holds the models of a pack. */
export interface Analyzer {
  readonly embeddingModel: string
  readonly provider: ProviderReport
  /** @throws SemblanceError IMAGE_REJECTED where the bytes are no usable image; an image without a face is no error. */
  analyze(bytes: Uint8Array, wishes?: AnalysisWishes): Promise<ImageAnalysis>
  close(): Promise<void>
}

/** Opens a pack for analysis on this thread, which `analyze` blocks while a model runs: see pool.ts for a host. */
export async function createAnalyzer(
  pack: InstalledPack,
  limits: DecodeLimits = defaultLimits,
  provider: ProviderChoice = 'cpu',
): Promise<Analyzer> {
  const { models, report } = await openOnBest(planProviders(provider), (name) => openModels(pack, name))
  return {
    embeddingModel: pack.embeddingModel,
    provider: report,
    async analyze(bytes, wishes = {}) {
      const clock = stopwatch()
      try {
        return await analyzeImage({ models, pack, limits, clock, wishes }, bytes)
      } catch (error) {
        throw withReached(error, { last: clock.last(), timings: clock.timings })
      }
    },
    close: () => closeModels(models),
  }
}

interface Tools {
  models: Models
  pack: InstalledPack
  limits: DecodeLimits
  clock: Stopwatch
  wishes: AnalysisWishes
}

async function analyzeImage(
  { models, pack, limits, clock, wishes }: Tools,
  bytes: Uint8Array,
): Promise<ImageAnalysis> {
  const { manifest, embeddingModel } = pack
  const image = await decodeImage(bytes, limits)
  clock.lap('decode')
  const pyramid = pyramidOf(image.raster)
  const located = await locateFaces(models, pyramid)
  clock.lap('locate')
  const faces: AnalyzedFace[] = []
  const { alignment } = manifest
  const areas = located.map(({ detection }) => areaOf(detection))
  for (const [index, face] of located.entries()) {
    const largestOther = Math.max(0, ...areas.filter((_, other) => other !== index))
    faces.push(await describeFace({ models, alignment, pyramid, image, clock, largestOther }, face))
  }
  const thumbnail = await thumbnailOf(pyramid, located[0]?.landmarks.points)
  clock.lap('thumbnail')
  const rendition = await renditionOf(image)
  clock.lap('rendition')
  const greyPicture = wishes.greyPicture ? greyPictureOf(pyramid) : undefined
  return {
    width: image.width,
    height: image.height,
    image_hash: createHash('md5').update(bytes).digest('hex'),
    faces,
    embedding_model: embeddingModel,
    thumbnail,
    ...(rendition ? { rendition } : {}),
    ...(greyPicture ? { grey_picture: greyPicture } : {}),
    timings: clock.timings,
  }
}

interface Description {
  models: Models
  alignment: PackManifest['alignment']
  pyramid: Pyramid
  image: DecodedImage
  clock: Stopwatch
  /** Area of the largest other face's box, pixels of the base; 0 where there is none. */
  largestOther: number
}

async function describeFace(
  { models, alignment, pyramid, image, clock, largestOther }: Description,
  { detection, landmarks }: LocatedFace,
): Promise<AnalyzedFace> {
  const { points } = landmarks
  const five = fivePointsOf(points)
  const { keypoints, frame } = detection
  const anchors =
    alignment === 'detector' && keypoints ? keypoints.map((point) => applyAffine(frame.toBase, point)) : five
  const { patch: aligned, toBase } = alignFace(pyramid, anchors)
  clock.lap('align')
  const embedding = await embed(models.recogniser, aligned)
  clock.lap('embed')
  const pose = models.pose
    ? await findPose(models.pose, pyramid, detection, points)
    : (landmarks.pose ?? null)
  clock.lap('pose')
  const crop = cropper(pyramid, landmarks)
  const ageAndGender = models.age_gender ? await findAge(models.age_gender, pyramid, detection, crop) : null
  const expression = models.expression
    ? await findExpression(models.expression, crop(models.expression))
    : null
  clock.lap('attributes')
  const inImage = inOriginal(image, detection, points)
  const grey = isGrey(aligned)
  const quality = qualityColumns(
    { image, detection, points, aligned, toBase, largestOther },
    {
      pose,
      emotions: expression?.emotion_scores ?? null,
      isGrey: grey,
      inImage: inImage.landmarks_68,
    },
  )
  clock.lap('quality')
  const face: AnalyzedFace = {
    ...inImage,
    detection_score: Math.min(1, Math.max(0, detection.score)),
    embedding,
    age: ageAndGender?.age ?? null,
    gender: ageAndGender?.gender ?? null,
    pose,
    geometry_ratios: geometryRatios(points),
    symmetry_score: symmetryOf(points),
    skin_tone_lab: grey ? null : skinToneOf(aligned, toBase, points),
    expression: expression?.expression ?? null,
    expression_confidence: expression?.expression_confidence ?? null,
    emotion_scores: expression?.emotion_scores ?? null,
    ...quality,
  }
  clock.lap('measures')
  return face
}

interface Seen {
  image: DecodedImage
  detection: LocatedFace['detection']
  points: Landmarks
  aligned: Patch
  toBase: Affine
  largestOther: number
}

/** The scores of a face's quality, as columns. */
function qualityColumns(
  { image, detection, points, aligned, toBase, largestOther }: Seen,
  { inImage, ...known }: Pick<ComponentsInput, 'pose' | 'emotions' | 'isGrey'> & { inImage: Landmarks },
) {
  const [left, right] = fivePointsOf(points)
  const eyeDistance = distance(left, right) * (image.width / image.raster.width)
  const luma = lumaOf(aligned)
  const { width } = aligned
  const quality = qualityOf({ luma, width, eyeDistance, detectionScore: detection.score, pose: known.pose })
  const components = qualityComponents({
    ...known,
    ...{ aligned, luma, toBase, eyeDistance, largestOther },
    base: image.raster,
    landmarks: points,
    points: inImage,
    image,
    blurScore: quality.blur_score,
    ownArea: areaOf(detection),
  })
  return { ...quality, quality_components: components }
}

type Cropper = (model: Model) => Patch

/** The crop that age and expression are read from, cut once where both want the same size. */
function cropper(pyramid: Pyramid, landmarks: LandmarkResult): Cropper {
  const patches = new Map<number, Patch>()
  return ({ definition }) => {
    const { width } = definition.input
    const patch = patches.get(width) ?? attributePatch(pyramid, landmarks, width)
    patches.set(width, patch)
    return patch
  }
}

function findAge(model: Model, pyramid: Pyramid, detection: LocatedFace['detection'], crop: Cropper) {
  const seesBox = model.definition.decoder === 'insightface_genderage'
  return seesBox ? findAgeAndGenderInBox(model, pyramid, detection) : findAgeAndGender(model, crop(model))
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
  let since = performance.now()
  let last: string | null = null
  return {
    timings,
    /** The stage that was passed last. */
    last: () => last,
    lap(stage: string) {
      const now = performance.now()
      timings[stage] = (timings[stage] ?? 0) + now - since
      since = now
      last = stage
    },
  }
}
