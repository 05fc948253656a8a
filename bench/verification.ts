import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { starterManifest } from '../core/faces/packs/shipped-packs'
import { installPack } from '../core/faces/packs/packs'
import { createFacePool, type FacePool } from '../core/faces/pool/pool'
import type { AnalyzedFace, ImageAnalysis } from '../core/model/face'
import { accuracyByFolds, acceptedAt, percent, type ScoredPair } from './verification-scores'

/**
 * Face verification after the protocol of LFW (Huang et al., 2007): pairs of photos, same person or not, by the cosine
 * of their embeddings; the threshold is chosen on nine tenths of the pairs and judged on the last. Every photo goes
 * through the whole pipeline, with its own detector and alignment. As in LFW the person meant is the one in the middle.
 */
const needed = { accuracy: 0.988, faces: 29 }
const poolSize = 2

interface Context {
  root: string
  say: (line: string) => void
}

export default async function verification({ root, say }: Context) {
  const photos = join(root, '../shared/photos')
  if (!existsSync(photos)) throw new Error(`The photos of this benchmark are not on this machine: ${photos}`)
  const directory = process.env['SEMBLANCE_PACKS'] ?? join(homedir(), '.cache/semblance-test/packs')
  const pack = await installPack({ manifest: starterManifest, directory })
  const pool = await createFacePool({
    pack,
    workerEntry: join(root, 'out/main/face-worker.js'),
    size: poolSize,
  })
  try {
    const pairs = await readPairs(join(photos, 'lfw_pairs.tsv'))
    const names = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))]
    const started = performance.now()
    const faces = await analyzeAll(pool, join(photos, 'lfw'), names, say)
    const seconds = (performance.now() - started) / 1000
    const genders = await readGenders(join(photos, 'lfw_gender.tsv'))
    const solvay = await pool.analyze(await readFile(join(photos, 'groups/solvay_conference_1927.png')))
    const nobody = await pool.analyze(await readFile(join(photos, 'no_face.png')))
    return summary({ pairs, faces, genders, seconds, solvay, nobody, model: pack.embeddingModel })
  } finally {
    await pool.close()
  }
}

interface Measured {
  pairs: { isSame: boolean; a: string; b: string }[]
  faces: Map<string, AnalyzedFace>
  genders: Map<string, string>
  seconds: number
  solvay: ImageAnalysis
  nobody: ImageAnalysis
  model: string
}

function summary({ pairs, faces, genders, seconds, solvay, nobody, model }: Measured) {
  const scored: ScoredPair[] = pairs.flatMap(({ isSame, a, b }) => {
    const [first, second] = [faces.get(a), faces.get(b)]
    return first && second ? [{ isSame, score: cosine(first, second) }] : []
  })
  const { accuracy, deviation, threshold } = accuracyByFolds(scored, 10)
  // A pair whose face was not found is one that the pipeline got wrong.
  const overall = (accuracy * scored.length) / pairs.length
  const thousandth = acceptedAt(scored, 1e-3)
  const gender = genderAccuracy(faces, genders)
  const passes = (quality: number | null) => quality !== null && quality >= 0.6
  const gate = [...faces.values()].filter(({ quality_score }) => passes(quality_score)).length / faces.size
  const result = {
    embedding_model: model,
    pairs: pairs.length,
    photos: new Set(pairs.flatMap(({ a, b }) => [a, b])).size,
    faces_found: faces.size,
    accuracy: overall,
    accuracy_deviation: deviation,
    threshold,
    tar_at_far_1e3: thousandth.rate,
    tar_threshold: thousandth.threshold,
    gender_balanced: gender,
    quality_gate_passed: gate,
    solvay_faces: solvay.faces.length,
    no_face_faces: nobody.faces.length,
    photos_per_second: faces.size / seconds,
  }
  const rows = [
    {
      measure: 'verification accuracy, 10 folds',
      value: `${percent(overall)} ± ${percent(deviation)}`,
      needed: '≥ 98.8 %',
    },
    { measure: 'threshold (cosine)', value: threshold.toFixed(3), needed: '' },
    { measure: 'TAR at FAR 1e-3', value: percent(thousandth.rate), needed: '' },
    { measure: 'photos with a face', value: `${faces.size} of ${result.photos}`, needed: '' },
    { measure: 'gender, balanced', value: percent(gender), needed: '' },
    { measure: 'photos over the quality gate of 0.6', value: percent(gate), needed: '' },
    { measure: 'faces on Solvay 1927', value: String(solvay.faces.length), needed: '29' },
    { measure: 'faces on no_face.png', value: String(nobody.faces.length), needed: '0' },
    {
      measure: `photos a second, ${poolSize} workers`,
      value: result.photos_per_second.toFixed(1),
      needed: '',
    },
  ]
  const passed =
    overall >= needed.accuracy && solvay.faces.length === needed.faces && nobody.faces.length === 0
  return { rows, result, passed }
}

/** The face in the middle of every photo, two photos at a time. */
async function analyzeAll(pool: FacePool, folder: string, names: string[], say: (line: string) => void) {
  const faces = new Map<string, AnalyzedFace>()
  const rest = names.values()
  let done = 0
  async function work() {
    for (const name of rest) {
      const analysis = await pool.analyze(await readFile(join(folder, name)))
      const face = middleFace(analysis)
      if (face) faces.set(name, face)
      if (++done % 200 === 0) say(`${done} of ${names.length} photos`)
    }
  }
  await Promise.all(Array.from({ length: poolSize }, work))
  return faces
}

function middleFace({ width, height, faces }: ImageAnalysis): AnalyzedFace | undefined {
  const offCentre = ({ box }: AnalyzedFace) =>
    Math.hypot(box.x + box.width / 2 - width / 2, box.y + box.height / 2 - height / 2)
  return faces.toSorted((a, b) => offCentre(a) - offCentre(b))[0]
}

/** The mean of the rates of both genders, over all photos. */
function genderAccuracy(faces: Map<string, AnalyzedFace>, genders: Map<string, string>): number {
  const counts: Record<string, { right: number; all: number }> = {}
  for (const [name, face] of faces) {
    const [person] = name.split('/')
    const truth = genders.get(person)
    if (!truth) continue
    const count = (counts[truth] ??= { right: 0, all: 0 })
    count.all++
    if (face.gender === truth) count.right++
  }
  const rates = Object.values(counts).map(({ right, all }) => right / all)
  return rates.reduce((sum, rate) => sum + rate, 0) / rates.length
}

const cosine = (a: AnalyzedFace, b: AnalyzedFace) =>
  a.embedding.reduce((sum, value, index) => sum + value * b.embedding[index], 0)

async function readLines(file: string): Promise<string[][]> {
  const text = await readFile(file, 'utf8')
  return text
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split('\t'))
}

const readPairs = async (file: string) =>
  (await readLines(file)).map(([same, a, b]) => ({ isSame: same === '1', a, b }))

const readGenders = async (file: string) =>
  new Map((await readLines(file)).map(([person, gender]) => [person, gender]))
