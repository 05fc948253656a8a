import { useState } from 'react'
import type { InspectedFace } from '../../../core/matching/contract'
import { qualityComponentNames, qualityComponentWords, weakUnder } from '../../../core/model/quality'
import { Button } from '../../kit/button'
import { formatNumber, unknown } from '../../kit/format'
import { Section } from '../../kit/section'

const shownAtFirst = 5

interface QualityRow {
  label: string
  a: number | null
  b: number | null
}

/** What recognition suffers from, of both sides, the weakest first: values 0..100. */
function rowsOf(a: InspectedFace, b: InspectedFace): QualityRow[] {
  return qualityComponentNames
    .filter((name) => qualityComponentWords[name].group === 'recognition')
    .map((name) => ({
      label: qualityComponentWords[name].label,
      a: a.quality_components?.[name] ?? null,
      b: b.quality_components?.[name] ?? null,
    }))
    .toSorted((one, other) => lowest(one) - lowest(other))
}

function lowest({ a, b }: QualityRow): number {
  return Math.min(a ?? 101, b ?? 101)
}

/** The quality of both photos beside each other. */
export function QualitySection({ a, b }: { a: InspectedFace; b: InspectedFace }) {
  const [isWhole, setWhole] = useState(false)
  const rows = rowsOf(a, b)
  return (
    <Section title="Quality of both photos" aside={`0 to 100, weakest first; weak under ${weakUnder}`}>
      <table className="w-full table-fixed border-collapse">
        <caption className="sr-only">
          Components of the quality of both photos, 0 to 100, higher is better
        </caption>
        <thead>
          <tr className="h-6 text-sm text-ink-3 [&>th]:truncate [&>th]:text-left [&>th]:font-normal">
            <th scope="col" className="w-28">
              Component
            </th>
            <th scope="col">{a.name ?? 'First'}</th>
            <th scope="col" className="pl-4">
              {b.name ?? 'Second'}
            </th>
          </tr>
        </thead>
        <tbody>
          <tr className="h-6">
            <th scope="row" className="text-left font-medium">
              Overall
            </th>
            <QualityCell value={overall(a)} />
            <QualityCell value={overall(b)} isSecond />
          </tr>
          {(isWhole ? rows : rows.slice(0, shownAtFirst)).map((row) => (
            <tr key={row.label} className="h-6">
              <th scope="row" className="truncate text-left font-normal text-ink-2">
                {row.label}
              </th>
              <QualityCell value={row.a} />
              <QualityCell value={row.b} isSecond />
            </tr>
          ))}
        </tbody>
      </table>
      <Button size="sm" variant="ghost" className="-ml-2 self-start" onPress={() => setWhole(!isWhole)}>
        {isWhole ? 'Show the weakest alone' : `Show all ${rows.length}`}
      </Button>
    </Section>
  )
}

function overall({ quality_score: score }: InspectedFace): number | null {
  return score === null ? null : score * 100
}

function QualityCell({ value, isSecond = false }: { value: number | null; isSecond?: boolean }) {
  const isWeak = value !== null && value < weakUnder
  return (
    <td className={isSecond ? 'pl-4' : ''}>
      <span className="grid grid-cols-[1fr_4rem] items-center gap-2">
        <span aria-hidden className="block h-1.5 overflow-hidden rounded-full bg-active">
          <span
            className={`block h-full ${isWeak ? 'bg-warning-solid' : 'bg-accent'}`}
            style={{ width: `${value ?? 0}%` }}
          />
        </span>
        <span className={`whitespace-nowrap ${isWeak ? 'font-medium text-warning' : 'text-ink-2'}`}>
          {value === null ? unknown : formatNumber(value, 0)}
          {isWeak && ' weak'}
        </span>
      </span>
    </td>
  )
}
