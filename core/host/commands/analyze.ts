import type { Logger } from 'pino'
import { SemblanceError } from '../../model/errors'
import type { AnalyzedFace, ImageAnalysis } from '../../model/face'
import { lowWords, qualityComponentNames, weakComponents } from '../../model/quality'
import type { FacePool } from '../../faces/pool/pool'
import type { Config } from '../config'
import { exitCodes, type Output } from '../output'
import { readPhoto } from './read-photo'
import { setUpPackFor } from '../work/starter-pack'

/** One image of `analyze --json`. `error` stands where the image could not be analysed, and then `faces` is empty. */
interface AnalyzedImage {
  image: string
  width: number | null
  height: number | null
  faces: (AnalyzedFace & { image_hash: string; embedding_model: string })[]
  error?: { code: string; reason?: unknown; message: string }
}

/** Analyses photos without a database. Exit code 1 where any of them could not be. */
export async function analyze(
  images: string[],
  { pack }: { pack?: string },
  config: Config,
  output: Output,
  log: Logger,
): Promise<number> {
  const setup = await setUpPackFor(config, output, log, pack)
  try {
    const pool = await setup.pool()
    const results = await analyzeAll(images, pool, config.faceThreads)
    output.result(results, results.map(describe).join('\n'))
    return results.some((result) => result.error) ? exitCodes.failed : exitCodes.ok
  } finally {
    await setup.close()
  }
}

/** In the order given, a few at once so that every thread has work and memory stays bounded. */
async function analyzeAll(images: string[], pool: FacePool, threads: number): Promise<AnalyzedImage[]> {
  const results: AnalyzedImage[] = []
  let next = 0
  const lane = async () => {
    while (next < images.length) {
      const index = next++
      results[index] = await analyzeOne(images[index], pool)
    }
  }
  await Promise.all(Array.from({ length: threads + 1 }, lane))
  return results
}

async function analyzeOne(image: string, pool: FacePool): Promise<AnalyzedImage> {
  try {
    return asColumns(image, await pool.analyze(await readPhoto(image)))
  } catch (error) {
    if (!(error instanceof SemblanceError)) throw error
    const { code, message, data } = error
    return { image, width: null, height: null, faces: [], error: { code, reason: data?.reason, message } }
  }
}

function asColumns(image: string, analysis: ImageAnalysis): AnalyzedImage {
  const { width, height, image_hash, embedding_model } = analysis
  return {
    image,
    width,
    height,
    faces: analysis.faces.map((face) => ({ ...face, image_hash, embedding_model })),
  }
}

function describe({ image, faces, width, height, error }: AnalyzedImage): string {
  if (error) return `${image}: ${error.message}`
  const list = faces.map((face) => {
    const parts = [face.gender, face.age === null ? null : `about ${face.age}`, face.expression]
    const quality = face.quality_score === null ? '' : `, quality ${face.quality_score.toFixed(2)}`
    const place = `at ${Math.round(face.box.x)}, ${Math.round(face.box.y)}`
    return [`  ${parts.filter(Boolean).join(', ')}${quality}, ${place}`, ...weakParts(face)].join('\n')
  })
  const count = faces.length === 1 ? '1 face' : `${faces.length || 'no'} faces`
  return [`${image}: ${width} × ${height}, ${count}`, ...list].join('\n')
}

/** The parts of the quality that are low, the lowest first, and all values in one line. */
function weakParts({ quality_components: components }: AnalyzedFace): string[] {
  const values = qualityComponentNames.map((name) => `${name} ${components[name] ?? 'unknown'}`)
  const weak = weakComponents(components).map(
    ({ name, value }) => `${lowWords(name, components).toLowerCase()} (${name} ${value})`,
  )
  return [...(weak.length > 0 ? [`    low: ${weak.join(', ')}`] : []), `    of 100: ${values.join(', ')}`]
}
