import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createAnalyzer } from '../core/faces/analyze'
import { installPack } from '../core/faces/packs/packs'
import { starterManifest } from '../core/faces/packs/shipped-packs'
import type { AnalyzedFace, ImageAnalysis } from '../core/model/face'
import { qualityComponentNames } from '../core/model/quality'
import { percent } from './verification-scores'

/**
 * What the quality of faces is on the photos beside the repository: how many pass the gate, how each component is
 * spread, and what measuring it costs of the whole analysis of a photo with one face.
 */
const needed = { passed: 0.985, cost: 0.03 }
const gate = 0.6
const shown = [1, 5, 50, 95]

interface Context {
  root: string
  say: (line: string) => void
}

export default async function quality({ root, say }: Context) {
  const photos = join(root, '../shared/photos')
  if (!existsSync(photos)) throw new Error(`The photos of this benchmark are not on this machine: ${photos}`)
  const directory = process.env['SEMBLANCE_PACKS'] ?? join(homedir(), '.cache/semblance-test/packs')
  const analyzer = await createAnalyzer(await installPack({ manifest: starterManifest, directory }))
  const sets = { LFW: await pairedPhotos(photos), colour: await imagesIn(join(photos, 'colour')) }
  const rows: Record<string, string>[] = []
  const result: Record<string, unknown> = {}
  let [whole, spent, passed] = [0, 0, 0]
  try {
    for (const [name, files] of Object.entries(sets)) {
      const faces: AnalyzedFace[] = []
      for (const [index, file] of files.entries()) {
        const analysis = await analyzer.analyze(await readFile(file))
        const face = middleFace(analysis)
        if (face) faces.push(face)
        // The first photos pay for warming up.
        if (name === 'LFW' && index >= 20 && analysis.faces.length === 1) {
          whole += Object.values(analysis.timings).reduce((sum, stage) => sum + stage, 0)
          spent += analysis.timings['quality']
        }
        if ((index + 1) % 200 === 0) say(`${index + 1} of ${files.length} photos of ${name}`)
      }
      const rate = faces.filter(({ quality_score }) => (quality_score ?? 0) >= gate).length / faces.length
      if (name === 'LFW') passed = rate
      rows.push({ set: name, measure: `over the gate of ${gate}`, value: percent(rate) })
      const spreads = spreadsOf(faces)
      for (const [measure, values] of Object.entries(spreads)) {
        rows.push({ set: name, measure: `${measure}, ${shown.join('/')} %`, value: values.join(' / ') })
      }
      result[name] = { faces: faces.length, passed: rate, spreads }
    }
  } finally {
    await analyzer.close()
  }
  const cost = spent / whole
  rows.push({ set: 'LFW', measure: 'cost of quality, of the whole analysis', value: percent(cost) })
  return { rows, result: { ...result, cost }, passed: passed >= needed.passed && cost <= needed.cost }
}

/** The photos of the pairs that verification is measured on. */
async function pairedPhotos(photos: string): Promise<string[]> {
  const lines = (await readFile(join(photos, 'lfw_pairs.tsv'), 'utf8')).trim().split(/\r?\n/).slice(1)
  const names = new Set(lines.flatMap((line) => line.split('\t').slice(1, 3)))
  return [...names].map((name) => join(photos, 'lfw', name))
}

async function imagesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && /\.(jpe?g|png)$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
}

/** In LFW the person meant is the one in the middle. */
function middleFace({ width, height, faces }: ImageAnalysis): AnalyzedFace | undefined {
  const offCentre = ({ box }: AnalyzedFace) =>
    Math.hypot(box.x + box.width / 2 - width / 2, box.y + box.height / 2 - height / 2)
  return faces.toSorted((a, b) => offCentre(a) - offCentre(b))[0]
}

function spreadsOf(faces: AnalyzedFace[]): Record<string, number[]> {
  const spread = (values: (number | null)[], digits: number) => {
    const known = values.filter((value) => value !== null).toSorted((a, b) => a - b)
    return shown.map((place) =>
      known.length > 0 ? Number(known[Math.floor((known.length * place) / 100)].toFixed(digits)) : NaN,
    )
  }
  return Object.fromEntries([
    [
      'quality_score',
      spread(
        faces.map((face) => face.quality_score),
        2,
      ),
    ],
    ...qualityComponentNames.map(
      (name) =>
        [
          name,
          spread(
            faces.map((face) => face.quality_components[name]),
            0,
          ),
        ] as const,
    ),
  ])
}
