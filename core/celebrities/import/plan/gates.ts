import {
  lowWords,
  qualityComponentNames,
  qualityComponentWords,
  type QualityComponent,
} from '../../../model/quality'
import type { ImportRules } from '../../contract-import-schemas'
import type { PlanFace } from './types'

/** The least that a face is published with. What is not known is not held against it. */

/** Why a face is too poor, in words; null where it is not. */
export function poorQuality(face: PlanFace, rules: ImportRules): string | null {
  const lacks = qualityComponentNames.flatMap((name) => {
    const [value, needed] = [face.components?.[name], rules.min_components[name]]
    return typeof value === 'number' && needed !== undefined && value < needed
      ? [{ name, value, needed }]
      : []
  })
  const [worst] = lacks.toSorted((a, b) => b.needed - b.value - (a.needed - a.value))
  if (worst) {
    const { label } = qualityComponentWords[worst.name]
    return `${lowWords(worst.name, face.components ?? {})}: ${label.toLowerCase()} is ${Math.round(worst.value)}, and at least ${worst.needed} is asked for.`
  }
  if (face.quality === null || face.quality >= rules.min_quality) return null
  const weakest = weakestWords(face)
  return `The quality is ${percent(face.quality)}, and at least ${percent(rules.min_quality)} is asked for.${weakest === null ? '' : ` ${weakest}.`}`
}

/** What recognition suffers from most, where anything is low at all. */
function weakestWords({ components }: PlanFace): string | null {
  if (!components) return null
  const [weakest] = qualityComponentNames
    .filter((name: QualityComponent) => qualityComponentWords[name].group === 'recognition')
    .flatMap((name) => {
      const value = components[name]
      return typeof value === 'number' && value < 50 ? [{ name, value }] : []
    })
    .toSorted((a, b) => a.value - b.value)
  return weakest ? lowWords(weakest.name, components) : null
}

/** 0..1 as people read it. */
export const percent = (share: number) => `${Math.round(share * 100)} %`

/**
 * Whether somebody may be a minor. A single estimate is wrong by 4.5 years in the mean, so one photo that looks young says
 * little of an adult: what counts is the median of all photos of the person. But a photo that by itself looks younger
 * than `adult_age` is held whatever the others say, since it may show an adult as a child.
 * @param ages estimates of all photos of the person
 */
export function maybeMinor(age: number | null, ages: readonly number[], rules: ImportRules): string | null {
  if (age !== null && age < rules.adult_age) {
    return `May show a minor: the estimated age is ${age}, which is wrong by ${rules.age_uncertainty} years at times.`
  }
  const middle = medianOf(ages)
  if (middle === null || middle >= rules.adult_age + rules.age_uncertainty) return null
  return ages.length === 1
    ? `May be a minor: the estimated age is ${middle}, which is wrong by ${rules.age_uncertainty} years at times.`
    : `May be a minor: over ${ages.length} photos the estimated age is ${middle}, which is wrong by ${rules.age_uncertainty} years at times.`
}

function medianOf(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[(sorted.length - 1) >> 1]
}
