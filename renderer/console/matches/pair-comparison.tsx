import type { ReactNode } from 'react'
import type { InspectedFace } from '../../../core/matching/contract'
import {
  ageAttribute,
  formatAttribute,
  formatDifference,
  geometryAttributes,
  poseAttributes,
  qualityAttributes,
  type NumericAttribute,
} from '../../kit/face/attributes'
import { labDistance } from '../../kit/face/lab-color'
import { formatLab, SkinSwatch } from '../../kit/face/skin-swatch'
import { formatLabel, unknown } from '../../kit/format'
import { Section } from '../../kit/section'

interface Sides {
  a: InspectedFace
  b: InspectedFace
}

/** Both sides' values beside each other, and how far they lie apart. */
export function PairComparison({ a, b }: Sides) {
  return (
    <Section title="Both sides compared">
      <table className="w-full table-fixed border-collapse [&_td]:truncate">
        <caption className="sr-only">Attributes of both faces and their differences</caption>
        <thead>
          <tr className="h-7 border-b text-sm text-ink-3 [&>th]:font-normal">
            <th scope="col" className="w-32 text-left">
              Attribute
            </th>
            <th scope="col" className="truncate text-right">
              {a.name ?? 'First'}
            </th>
            <th scope="col" className="truncate pl-3 text-right">
              {b.name ?? 'Second'}
            </th>
            <th scope="col" className="w-16 text-right">
              Apart
            </th>
          </tr>
        </thead>
        <tbody>
          <NumericRow attribute={ageAttribute} a={a} b={b} />
          <WordRow label="Gender, detected" a={a.gender} b={b.gender} />
          <WordRow label="Expression" a={a.expression} b={b.expression} />
          <SkinRow a={a} b={b} />
          {qualityAttributes.map((attribute) => (
            <NumericRow key={attribute.label} attribute={attribute} a={a} b={b} />
          ))}
          {poseAttributes.map((attribute) => (
            <NumericRow key={attribute.label} attribute={attribute} a={a} b={b} />
          ))}
          <tr>
            <th scope="rowgroup" colSpan={4} className="h-8 pt-2 text-left text-sm font-normal text-ink-3">
              Geometry, ratios of distances
            </th>
          </tr>
          {geometryAttributes.map((attribute) => (
            <NumericRow key={attribute.label} attribute={attribute} a={a} b={b} />
          ))}
        </tbody>
      </table>
    </Section>
  )
}

function Row({
  label,
  title,
  a,
  b,
  apart,
}: {
  label: string
  title?: string
  a: ReactNode
  b: ReactNode
  apart: ReactNode
}) {
  return (
    <tr className="h-6" title={title}>
      <th scope="row" className="truncate text-left font-normal text-ink-2">
        {label}
      </th>
      <td className="text-right">{a}</td>
      <td className="pl-3 text-right">{b}</td>
      <td className="text-right text-ink-3">{apart}</td>
    </tr>
  )
}

function NumericRow({
  attribute: { label, meaning, kind, read },
  a,
  b,
}: Sides & { attribute: NumericAttribute }) {
  const [valueA, valueB] = [read(a), read(b)]
  return (
    <Row
      label={label}
      title={meaning}
      a={valueA === null ? unknown : formatAttribute(kind, valueA)}
      b={valueB === null ? unknown : formatAttribute(kind, valueB)}
      apart={valueA === null || valueB === null ? unknown : formatDifference(kind, valueA, valueB)}
    />
  )
}

function WordRow({ label, a, b }: { label: string; a: string | null; b: string | null }) {
  return (
    <Row
      label={label}
      a={a ? formatLabel(a) : unknown}
      b={b ? formatLabel(b) : unknown}
      apart={a === null || b === null ? unknown : a === b ? 'same' : 'different'}
    />
  )
}

function SkinRow({ a: { skin_tone_lab: a }, b: { skin_tone_lab: b } }: Sides) {
  const patch = (lab: typeof a) =>
    lab === null ? (
      unknown
    ) : (
      <span className="inline-flex h-5 items-center gap-1.5 align-middle">
        <SkinSwatch lab={lab} />
        <span className="text-sm whitespace-pre">{formatLab(lab)}</span>
      </span>
    )
  return (
    <Row
      label="Skin tone, CIELAB"
      title="Dominant colour of cheeks and forehead; apart as ΔE (CIE 1976), of which 2.3 is just noticeable"
      a={patch(a)}
      b={patch(b)}
      apart={a && b ? `ΔE ${labDistance(a, b).toFixed(1)}` : unknown}
    />
  )
}
