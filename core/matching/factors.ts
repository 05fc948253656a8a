import { geometryRatioNames } from '../model/face'
import { factorNames, type Factors, type Weights } from '../model/weights'

/**
 * The score of two faces: six factors in [0, 1] and their weighted mean. The same as `extensions.face_similarity` in SQL
 * (migrations/0007_matching.sql), within 1e-9: numbers that the database holds as 32-bit floats are rounded here too.
 * docs/matching.md gives each formula's reason. Pure, so that the screen can preview weights at 60 frames a second.
 */

/** What a factor compares: columns of `faces` and `celebrities`. Null means unknown. */
export interface ScoredFace {
  /** Any length above zero; only the direction counts. */
  embedding: ArrayLike<number> | null
  geometry_ratios: Readonly<Record<string, unknown>> | null
  /** Years. */
  age: number | null
  /** 0..1 */
  symmetry_score: number | null
  /** CIELAB (D65): L in [0, 100], a and b in [-128, 128]. */
  skin_tone_lab: ArrayLike<number | null> | null
  expression: string | null
}

/**
 * One over each geometry ratio's standard deviation in the population, in the order of `geometryRatioNames`: measured
 * on the Labeled Faces in the Wild photos (docs/matching.md) and rounded.
 */
export const geometryScales = [6.8, 45, 58, 18, 18.5, 33, 27, 10, 7.4, 28, 44, 33] as const

/** Years of difference at which the age factor has fallen to e^-½. */
export const ageDeviation = 10

/** CIE76 ΔE at which the skin tone factor has fallen to e^-½. */
export const skinToneDeviation = 15

/** Where exponents stop and weights begin: PostgreSQL raises an error where a product underflows. */
const greatestExponent = 100
const leastWeight = 1e-12

/** The six factors of two faces, each in [0, 1]; null where a side lacks what it compares. Symmetric. */
export function factorsOf(a: ScoredFace, b: ScoredFace): Factors {
  return {
    embedding: embeddingFactor(a.embedding, b.embedding),
    geometry: geometryFactor(a.geometry_ratios, b.geometry_ratios),
    age: ageFactor(a.age, b.age),
    symmetry: symmetryFactor(a.symmetry_score, b.symmetry_score),
    skin_tone: skinToneFactor(a.skin_tone_lab, b.skin_tone_lab),
    expression: expressionFactor(a.expression, b.expression),
  }
}

/**
 * The weighted mean of the factors that are known, in [0, 1]. Null without the embedding and at least one other, or
 * where all that is known weighs nothing.
 */
export function scoreOf(factors: Factors, weights: Weights): number | null {
  if (factors.embedding === null) return null
  let sum = 0
  let weight = 0
  let known = 0
  for (const name of factorNames) {
    const factor = factors[name]
    if (factor === null) continue
    known += 1
    if (weights[name] < leastWeight) continue
    sum += weights[name] * factor
    weight += weights[name]
  }
  return known < 2 || weight === 0 ? null : sum / weight
}

/** Cosine of the angle between the two, nothing below 0. */
function embeddingFactor(a: ScoredFace['embedding'], b: ScoredFace['embedding']): number | null {
  if (a === null || b === null) return null
  let squareA = 0
  let squareB = 0
  let squareDifference = 0
  for (let i = 0; i < a.length; i += 1) {
    const elementA = Math.fround(a[i])
    const elementB = Math.fround(b[i])
    const difference = Math.fround(elementA - elementB)
    squareA += elementA * elementA
    squareB += elementB * elementB
    squareDifference += difference * difference
  }
  const normA = Math.sqrt(squareA)
  const normB = Math.sqrt(squareB)
  if (!isUsableNorm(normA) || !isUsableNorm(normB)) return null
  return clamp((squareA + squareB - squareDifference) / (2 * normA * normB))
}

/** Outside of these bounds single precision can't tell a direction any more. */
function isUsableNorm(norm: number): boolean {
  return norm >= 0.01 && norm <= 1000
}

/** exp(-½ · mean z²) of the ratios' differences in standard deviations. */
function geometryFactor(a: ScoredFace['geometry_ratios'], b: ScoredFace['geometry_ratios']): number | null {
  const vectorA = geometryVector(a)
  const vectorB = geometryVector(b)
  if (vectorA === null || vectorB === null) return null
  let squares = 0
  for (const [i, scale] of geometryScales.entries()) {
    const z = Math.fround(Math.fround(vectorA[i] - vectorB[i]) * Math.fround(scale))
    squares += z * z
  }
  return Math.exp(-Math.min(greatestExponent, squares / (2 * geometryScales.length)))
}

/** The ratios in the order of `geometryRatioNames`; null where one is missing, no number, or no quotient of a face. */
function geometryVector(ratios: ScoredFace['geometry_ratios']): number[] | null {
  if (ratios === null) return null
  const elements: number[] = []
  for (const name of geometryRatioNames) {
    const ratio = ratios[name]
    if (typeof ratio !== 'number' || !(Math.abs(ratio) < 1e6)) return null
    elements.push(single(ratio))
  }
  return elements
}

/** A Gaussian of the difference in years. */
function ageFactor(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return null
  return Math.exp(-Math.min(greatestExponent, ((a - b) / ageDeviation) ** 2 / 2))
}

/** One less the difference. */
function symmetryFactor(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return null
  return 1 - Math.abs(clamp(a) - clamp(b))
}

/** A Gaussian of CIE76 ΔE. */
function skinToneFactor(a: ScoredFace['skin_tone_lab'], b: ScoredFace['skin_tone_lab']): number | null {
  const labA = skinToneVector(a)
  const labB = skinToneVector(b)
  if (labA === null || labB === null) return null
  const squares = labA.reduce((sum, element, i) => sum + Math.fround(element - labB[i]) ** 2, 0)
  return Math.exp(-Math.min(greatestExponent, squares / (2 * skinToneDeviation ** 2)))
}

function skinToneVector(lab: ScoredFace['skin_tone_lab']): number[] | null {
  if (lab === null || lab.length !== 3) return null
  const isColour = isWithin(lab[0], 0, 100) && isWithin(lab[1], -128, 128) && isWithin(lab[2], -128, 128)
  return isColour ? Array.from(lab, (part) => single(part ?? 0)) : null
}

function isWithin(value: number | null, least: number, greatest: number): boolean {
  return value !== null && value >= least && value <= greatest
}

/** 1 for the same, ½ where one of two is neutral, else 0. */
function expressionFactor(a: string | null, b: string | null): number | null {
  if (a === null || b === null) return null
  if (a === b) return 1
  return a === 'neutral' || b === 'neutral' ? 0.5 : 0
}

/** To [0, 1]. What is no number becomes 1, as in PostgreSQL, where NaN is the greatest. */
function clamp(value: number): number {
  return value < 1 ? Math.max(0, value) : 1
}

/** As a `real` of the database holds it; too small for one becomes 0. */
function single(value: number): number {
  return Math.abs(value) < 1e-30 ? 0 : Math.fround(value)
}
