import type { ReactNode } from 'react'
import type { Contribution, InspectedFace, Pair } from '../../../core/matching/contract-pair'
import { SkinSwatch } from '../../kit/face/skin-swatch'
import { formatLabel, formatNumber, unknown } from '../../kit/format'
import { missingWords } from './waterfall-words'

/** What a factor compares, side by side: two cells, or one where only the distance can be said. */
export function FactorSides({ pair, part }: { pair: Pair; part: Contribution }) {
  const { factor, value, missing } = part
  if (factor === 'embedding' || factor === 'geometry') {
    return (
      <td
        colSpan={2}
        className="truncate text-ink-2"
        title={
          factor === 'embedding'
            ? 'The angle between two vectors of 512 numbers'
            : 'Root mean square of 12 ratios’ differences, in standard deviations of the population'
        }
      >
        {value === null
          ? missing && missingWords(missing, pair)
          : factor === 'embedding'
            ? `${angle(value)} apart`
            : `${deviations(value)} σ apart`}
      </td>
    )
  }
  return (
    <>
      <td className="truncate pr-2 text-ink-2">{sideValue(factor, pair.a)}</td>
      <td className="truncate pr-2 text-ink-2">{sideValue(factor, pair.b)}</td>
    </>
  )
}

/** The angle between two embeddings, from its cosine. */
function angle(cosine: number): string {
  return `${((Math.acos(Math.min(1, cosine)) * 180) / Math.PI).toFixed(0)}°`
}

/** The root mean square of the ratios' differences in standard deviations, from exp(−½ · mean z²). */
function deviations(similarity: number): string {
  return Math.sqrt(Math.max(0, -2 * Math.log(similarity))).toFixed(1)
}

function sideValue(factor: 'age' | 'symmetry' | 'skin_tone' | 'expression', face: InspectedFace): ReactNode {
  switch (factor) {
    case 'age':
      return face.age === null ? unknown : `${face.age} years`
    case 'symmetry':
      return formatNumber(face.symmetry_score)
    case 'skin_tone':
      return face.skin_tone_lab === null ? (
        unknown
      ) : (
        <SkinSwatch lab={face.skin_tone_lab} className="size-4 align-middle" />
      )
    case 'expression':
      return face.expression === null ? unknown : formatLabel(face.expression)
  }
}
