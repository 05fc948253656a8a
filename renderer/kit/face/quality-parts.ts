import {
  lowWords,
  qualityComponentNames,
  qualityComponentWords,
  type QualityComponent,
  type QualityFault,
  type StoredQualityComponents,
  weakUnder,
} from '../../../core/model/quality'
import { formatNumber } from '../format'

/** One component as the detail panes show it. */
export interface QualityPart {
  name: QualityComponent
  label: string
  /** 0..100; null where it could not be determined. */
  value: number | null
  /** What is wrong and what to do about it, where the value is low. */
  words: string | null
}

export interface QualityParts {
  /** What recognition suffers from, the weakest first. */
  recognition: QualityPart[]
  /** What only an identity photo asks for, the weakest first. */
  portrait: QualityPart[]
}

/** The components of a face in the order in which one wants to mend them; what is not known comes last. */
export function qualityParts(components: StoredQualityComponents): QualityParts {
  const parts = qualityComponentNames.map((name): QualityPart => {
    const value = components[name] ?? null
    const { label, advice } = qualityComponentWords[name]
    const isWeak = value !== null && value < weakUnder
    return { name, label, value, words: isWeak ? `${lowWords(name, components)}. ${advice}` : null }
  })
  const inGroup = (group: 'recognition' | 'portrait') =>
    parts
      .filter(({ name }) => qualityComponentWords[name].group === group)
      .toSorted((a, b) => (a.value ?? Infinity) - (b.value ?? Infinity) || 0)
  return { recognition: inGroup('recognition'), portrait: inGroup('portrait') }
}

/** Why a face is not matched, as one sentence a fault. */
export function faultWords(
  { component, value, needed }: QualityFault,
  components: StoredQualityComponents | null,
): string {
  if (component === 'quality_score') {
    return `Its quality is ${formatNumber(value)}; matching asks for ${formatNumber(needed)}.`
  }
  const { label } = qualityComponentWords[component]
  const low = lowWords(component, components ?? {})
  return `${low}: ${label.toLowerCase()} is ${formatNumber(value, 0)} of 100; matching asks for ${Number(needed.toFixed(1))}.`
}
