import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { faceToSvgString, generate } from 'facesjs'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findStarterPack, photosAvailable, photosDirectory } from '../../tests/factories/pack'
import {
  faceAttributesSchema,
  geometryRatioNames,
  type AnalyzedFace,
  type ImageAnalysis,
} from '../model/face'
import { createAnalyzer, type Analyzer } from './analyze'
import { greySide } from './images/grey-picture'

/** Real: the models of the starter pack, and photos of people. Nothing is made up here. */
const pack = photosAvailable() ? await findStarterPack() : undefined
const photo = (name: string) => readFile(join(photosDirectory, name))
const cosine = (a: AnalyzedFace, b: AnalyzedFace) =>
  a.embedding.reduce((sum, value, index) => sum + value * b.embedding[index], 0)

describe.skipIf(!pack)('analyze', { timeout: 120_000 }, () => {
  let analyzer: Analyzer
  beforeAll(async () => {
    analyzer = await createAnalyzer(pack!)
  })
  afterAll(() => analyzer.close())

  const analyze = async (name: string) => analyzer.analyze(await photo(name))
  const single = ({ faces }: ImageAnalysis) => {
    expect(faces).toHaveLength(1)
    return faces[0]
  }

  it('gives every attribute, in its range', async () => {
    const bytes = await photo('colour/person_00/img1.jpg')
    const analysis = await analyzer.analyze(bytes)
    const face = single(analysis)
    expect(faceAttributesSchema.parse(face)).toBeDefined()
    expect(Object.values(face)).not.toContain(null)
    expect(analysis).toMatchObject({ width: 1382, height: 1868, embedding_model: 'starter/87aacdfe5751/a1' })
    expect(analysis.image_hash).toBe(createHash('md5').update(bytes).digest('hex'))
    expect(face.embedding).toHaveLength(512)
    expect(Math.hypot(...face.embedding)).toBeCloseTo(1, 6)
    expect(Object.values(face.emotion_scores!).reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 6)
    expect(Object.keys(face.geometry_ratios!)).toEqual([...geometryRatioNames])
    expect(face).toMatchObject({ gender: 'female', expression: 'happy' })
    expect(face.quality_score).toBeGreaterThan(0.6)
    const { x, y, width, height } = face.box
    const inside = face.landmarks_68!.filter(
      ([px, py]) =>
        px > x - width / 4 && px < x + width * 1.25 && py > y - height / 4 && py < y + height * 1.25,
    )
    expect(inside.length).toBeGreaterThan(60)
    const thumbnail = await sharp(analysis.thumbnail).metadata()
    expect(thumbnail).toMatchObject({ format: 'webp', width: 256, height: 256 })
  })

  it('gives the whole picture as a small grey one where that is asked for', async () => {
    const bytes = await photo('colour/person_00/img1.jpg')
    const { grey_picture: grey } = await analyzer.analyze(bytes, { greyPicture: true })
    // A sharp scaling, which lets neighbours count a little, is the same but for the edges.
    const small = await sharp(bytes)
      .resize(greySide, greySide, { fit: 'fill', kernel: 'cubic' })
      .raw()
      .toBuffer()
    const apart = [...grey!].map((value, place) => {
      const [red, green, blue] = small.subarray(place * 3)
      return Math.abs(value - (0.299 * red + 0.587 * green + 0.114 * blue))
    })
    expect(apart).toHaveLength(greySide ** 2)
    expect(apart.reduce((sum, value) => sum + value, 0) / apart.length).toBeLessThan(5)
    expect(await analyzer.analyze(bytes)).not.toHaveProperty('grey_picture')
  })

  it('is the same bit for bit the second time', async () => {
    const [first, second] = [await analyze('emotion/happy.png'), await analyze('emotion/happy.png')]
    expect(second.faces).toEqual(first.faces)
    expect(second.thumbnail).toEqual(first.thumbnail)
  })

  it('finds all 29 faces of the Solvay conference, the largest first, in grey', async () => {
    const { faces } = await analyze('groups/solvay_conference_1927.png')
    expect(faces).toHaveLength(29)
    const areas = faces.map(({ box }) => box.width * box.height)
    expect(areas).toEqual(areas.toSorted((a, b) => b - a))
    expect(faces.every(({ skin_tone_lab }) => skin_tone_lab === null)).toBe(true)
    for (const [index, face] of faces.entries()) {
      for (const other of faces.slice(0, index)) expect(cosine(face, other)).toBeLessThan(0.6)
    }
  })

  it('finds no face where there is none, and shows the whole image', async () => {
    const { faces, thumbnail } = await analyze('no_face.png')
    expect(faces).toEqual([])
    expect(await sharp(thumbnail).metadata()).toMatchObject({ width: 256, height: 256 })
  })

  it("has the signs of poses right: yaw + to the image's left, pitch + up, roll + clockwise", async () => {
    const pose = async (name: string) => single(await analyze(`poses/${name}`)).pose!
    expect((await pose('left_face.jpeg')).yaw).toBeGreaterThan(25)
    expect((await pose('right_face.png')).yaw).toBeLessThan(-25)
    expect((await pose('rise_face.jpeg')).pitch).toBeGreaterThan(10)
    expect((await pose('lower_face.jpeg')).pitch).toBeLessThan(-15)
    expect((await pose('left_wryneck.png')).roll).toBeLessThan(-20)
    expect((await pose('right_wryneck.png')).roll).toBeGreaterThan(20)
  })

  it('sees the same face in a photo that lies on its side or stands on its head', async () => {
    const upright = single(await analyze('rotate/rot_0.jpg'))
    for (const turn of [90, 180, 270]) {
      const analysis = await analyze(`rotate/rot_${turn}.jpg`)
      const face = single(analysis)
      expect(cosine(face, upright)).toBeGreaterThan(0.95)
      // The box is that of the image as it lies: it holds the nose tip.
      const [x, y] = face.landmarks_68![30]
      expect(x).toBeGreaterThan(face.box.x)
      expect(x).toBeLessThan(face.box.x + face.box.width)
      expect(y).toBeGreaterThan(face.box.y)
      expect(y).toBeLessThan(face.box.y + face.box.height)
      expect(Math.abs(face.pose!.roll)).toBeGreaterThan(60)
    }
  })

  it('follows EXIF: the answer is that of the upright photo', async () => {
    const upright = await sharp(await photo('rotate/rot_0.jpg'))
      .jpeg({ quality: 97 })
      .toBuffer()
    const expected = await analyzer.analyze(upright)
    for (const [orientation, turn] of [
      [3, 180],
      [6, 270],
      [8, 90],
    ] as const) {
      const stored = await sharp(upright)
        .rotate(turn)
        .withMetadata({ orientation })
        .jpeg({ quality: 97 })
        .toBuffer()
      const analysis = await analyzer.analyze(stored)
      expect([analysis.width, analysis.height]).toEqual([expected.width, expected.height])
      const [face, reference] = [single(analysis), single(expected)]
      expect(cosine(face, reference)).toBeGreaterThan(0.98)
      expect(Math.abs(face.box.x - reference.box.x)).toBeLessThan(6)
      expect(face.pose!.roll).toBeCloseTo(reference.pose!.roll, -1)
    }
  })

  it('gives boxes and points in pixels of the original, however large that is', async () => {
    const small = await photo('colour/person_00/img5.jpg')
    const large = await sharp(small)
      .resize({ width: 330 * 8 })
      .jpeg({ quality: 95 })
      .toBuffer()
    const [a, b] = [single(await analyzer.analyze(small)), single(await analyzer.analyze(large))]
    expect(b.box.width / a.box.width).toBeCloseTo(8, 0)
    for (const [index, [x, y]] of a.landmarks_68!.entries()) {
      expect(Math.abs(b.landmarks_68![index][0] / 8 - x)).toBeLessThan(a.box.width * 0.04)
      expect(Math.abs(b.landmarks_68![index][1] / 8 - y)).toBeLessThan(a.box.width * 0.04)
    }
    expect(cosine(a, b)).toBeGreaterThan(0.9)
  })

  it('keeps the embedding through mirror, compression and light, and tells people apart', async () => {
    const bytes = await photo('colour/person_00/img6.jpg')
    const face = single(await analyzer.analyze(bytes))
    const changed = {
      mirrored: sharp(bytes).flop(),
      compressed: sharp(bytes).jpeg({ quality: 30 }),
      darker: sharp(bytes).linear(0.7, 0),
      tilted: sharp(bytes).rotate(25, { background: '#777' }),
    }
    for (const image of Object.values(changed)) {
      expect(cosine(single(await analyzer.analyze(await image.toBuffer())), face)).toBeGreaterThan(0.8)
    }
    const same = single(await analyze('colour/person_00/img1.jpg'))
    const other = single(await analyze('colour/person_06/img22.jpg'))
    expect(cosine(face, same)).toBeGreaterThan(0.41)
    expect(cosine(face, other)).toBeLessThan(0.35)
  })

  it('refuses a blurred face at the gate of 0.6 and passes the sharp one', async () => {
    const bytes = await photo('colour/person_08/img8.jpg')
    const sharpFace = single(await analyzer.analyze(bytes))
    const blurred = single(await analyzer.analyze(await sharp(bytes).blur(12).toBuffer()))
    expect(sharpFace.quality_score).toBeGreaterThan(0.8)
    expect(blurred.quality_score).toBeLessThan(0.6)
  })

  it('has gender and skin tone of every colour photo', async () => {
    const female = ['person_00', 'person_06', 'person_08']
    const folders = await readdir(join(photosDirectory, 'colour'))
    for (const folder of folders) {
      for (const file of await readdir(join(photosDirectory, 'colour', folder))) {
        const face = single(await analyze(`colour/${folder}/${file}`))
        expect(face.gender, `${folder}/${file}`).toBe(female.includes(folder) ? 'female' : 'male')
        const [lightness, a, b] = face.skin_tone_lab!
        expect(lightness).toBeGreaterThan(30)
        expect(Math.hypot(a, b)).toBeGreaterThan(5)
      }
    }
  })

  it('reads posed expressions', async () => {
    expect(single(await analyze('emotion/happy.png'))).toMatchObject({ expression: 'happy' })
    expect(single(await analyze('emotion/anger.png'))).toMatchObject({ expression: 'angry' })
  })

  it('finds nearly every generated face', async () => {
    let found = 0
    for (let index = 0; index < 20; index++) {
      const svg = faceToSvgString(generate(undefined, { gender: index % 2 ? 'male' : 'female' }))
      const background = '#c8d0d8'
      const image = sharp(Buffer.from(svg))
        .extend({ top: 60, bottom: 60, left: 140, right: 140, background })
        .flatten({ background })
      const { faces } = await analyzer.analyze(await image.png().toBuffer())
      if (faces.length === 1) found++
    }
    expect(found).toBeGreaterThanOrEqual(17)
  })
})
