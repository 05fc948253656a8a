import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findStarterPack, photosAvailable, photosDirectory } from '../../../tests/factories/pack'
import { applyAffine, distance, type Point } from '../affine'
import { decodeImage } from '../images/decode'
import { boxInBase, detectFaces, frameOf, overlapOf } from '../detect'
import type { Detection } from '../detection'
import { fivePointsOf } from '../face-points'
import { findLandmarks } from '../landmarks'
import { locateFaces } from '../locate'
import type { PackModel } from '../packs/manifest'
import { pyramidOf } from '../images/raster'
import { openModel, type Model } from '../inference/session'
import { differencesOf } from '.'

/** Real: detectors as they are published, the starter's models, photos. Nothing is made up here. */
const feeding = {
  scrfd: () => ({ colour: 'rgb' as const, mean: [127.5, 127.5, 127.5], scale: [1 / 128, 1 / 128, 1 / 128] }),
  yunet: () => ({ colour: 'bgr' as const, mean: [0, 0, 0], scale: [1, 1, 1] }),
}
const definitionOf = (decoder: 'scrfd' | 'yunet', side: number): PackModel => ({
  file: 'detector.onnx',
  decoder,
  input: { width: side, height: side, ...feeding[decoder]() },
})
const open: Model[] = []
afterAll(() => Promise.all(open.map((model) => model.close())))

const models = join(photosDirectory, '../models')
const published = existsSync(models)
if (!published) process.stderr.write(`Skipped, for want of models: ${models} is not there.\n`)
const starter = published && photosAvailable() ? await findStarterPack() : undefined

const detectors = [
  ['scrfd_500m_bnkps_320.onnx', 'scrfd', 320],
  ['scrfd_500m_bnkps_640.onnx', 'scrfd', 640],
  ['scrfd_500m_kps_640_batch.onnx', 'scrfd', 640],
  ['scrfd_2.5g_kps_640_batch.onnx', 'scrfd', 640],
  ['yunet_2026may.onnx', 'yunet', 640],
] as const

describe.skipIf(!starter)('published detectors', { timeout: 120_000 }, () => {
  let ultraface: Model
  let landmarks: Model
  beforeAll(async () => {
    const { directory, manifest } = starter!
    const { roles } = manifest
    ultraface = await openModel(join(directory, 'detector.onnx'), roles.detector as PackModel)
    landmarks = await openModel(join(directory, 'landmarks.onnx'), roles.landmarks as PackModel)
    open.push(ultraface, landmarks)
  })

  const look = async (name: string) =>
    pyramidOf((await decodeImage(await readFile(join(photosDirectory, name)))).raster)
  const openDetector = async (file: string, decoder: 'scrfd' | 'yunet', side: number) => {
    const model = await openModel(join(models, file), definitionOf(decoder, side))
    open.push(model)
    expect(differencesOf('detector', model.definition, model.signature, 'detector')).toEqual([])
    return model
  }
  const inBase = ({ keypoints, frame }: Detection): Point[] =>
    (keypoints ?? []).map((point) => applyAffine(frame.toBase, point))

  it.each(detectors)(
    '%s finds the faces that the starter finds, and their points',
    async (file, decoder, side) => {
      const model = await openDetector(file, decoder, side)
      for (const photo of [
        'groups/couple.jpg',
        'groups/insightface_t1.jpg',
        'emotion/happy.png',
        'colour/person_00/img1.jpg',
      ]) {
        const pyramid = await look(photo)
        const expected = await detectFaces(ultraface, pyramid, frameOf(pyramid, 0))
        const found = await detectFaces(model, pyramid, frameOf(pyramid, 0))
        expect(found, photo).toHaveLength(expected.length)
        for (const face of expected) {
          const overlaps = found.map((other) => overlapOf(boxInBase(other), boxInBase(face)))
          const best = Math.max(...overlaps)
          expect(best, photo).toBeGreaterThan(0.45)
          const { points } = await findLandmarks(landmarks, pyramid, face)
          const five = fivePointsOf(points)
          const apart = inBase(found[overlaps.indexOf(best)]).map((point, index) =>
            distance(point, five[index]),
          )
          const mean = apart.reduce((sum, value) => sum + value, 0) / 5
          // Turned heads have their mouth corners where the detectors disagree most.
          expect(mean / distance(five[0], five[1]), photo).toBeLessThan(0.35)
        }
      }
      const nobody = await look('no_face.png')
      expect(await detectFaces(model, nobody, frameOf(nobody, 0))).toEqual([])
    },
  )

  it.each(detectors)('%s counts the Solvay conference', async (file, decoder, side) => {
    const model = await openDetector(file, decoder, side)
    const pyramid = await look('groups/solvay_conference_1927.png')
    expect(await detectFaces(model, pyramid, frameOf(pyramid, 0))).toHaveLength(29)
  })

  it.each(detectors)(
    '%s finds faces that lie on their side or stand on their head',
    async (file, decoder, side) => {
      const detector = await openDetector(file, decoder, side)
      for (const turn of [0, 90, 180, 270]) {
        const faces = await locateFaces({ detector, landmarks }, await look(`rotate/rot_${turn}.jpg`))
        expect(faces, `${turn}°`).toHaveLength(1)
        const five = inBase(faces[0].detection)
        const expected = fivePointsOf(faces[0].landmarks.points)
        const apart = five.map((point, index) => distance(point, expected[index]))
        expect(Math.max(...apart) / distance(expected[0], expected[1]), `${turn}°`).toBeLessThan(0.35)
      }
    },
  )
})
