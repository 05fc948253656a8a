import type { Factors, Weights } from '../../../core/model/weights'
import { UnitBar } from './bars'
import { formatScore } from './score-badge'
import { factorLabels, factorMeanings, scoreParts, type ScorePart } from './score-parts'

export interface FactorBarsProps {
  factors: Factors
  weights: Weights
  /** The score from which a pair counts as a match. */
  threshold?: number
}

/** How a score came about: each factor's similarity and weight, and what it adds, as a waterfall up to the score. */
export function FactorBars({ factors, weights, threshold }: FactorBarsProps) {
  const { parts, score, spread } = scoreParts(factors, weights)
  const missing = parts
    .filter((part) => part.value === null)
    .map((part) => factorLabels[part.name].toLowerCase())
  return (
    <div>
      <table className="w-full border-collapse">
        <caption className="sr-only">The six factors and what each adds to the score</caption>
        <thead>
          <tr className="text-left text-sm text-ink-3 [&>th]:pb-1 [&>th]:font-normal">
            <th scope="col">Factor</th>
            <th scope="col" colSpan={2}>
              Similarity
            </th>
            <th scope="col" className="text-right">
              Weight
            </th>
            <th scope="col" className="pl-4">
              Adds to the score
            </th>
            <th scope="col">
              <span className="sr-only">Contribution</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {parts.map((part) => (
            <FactorRow key={part.name} part={part} threshold={threshold} />
          ))}
        </tbody>
        <tfoot>
          <tr className="h-8 border-t border-line font-medium">
            <th scope="row" colSpan={4} className="text-left font-medium">
              Score by today’s weights
            </th>
            <td className="pl-4">
              <WaterfallBar from={0} to={score} threshold={threshold} total />
            </td>
            <td className="w-16 text-right">{formatScore(score)}</td>
          </tr>
          <tr aria-hidden className="text-sm text-ink-3">
            <td colSpan={4} />
            <td className="pl-4">
              <Axis threshold={threshold} />
            </td>
            <td />
          </tr>
        </tfoot>
      </table>
      {missing.length > 0 && (
        <p className="mt-2 text-ink-3">
          Missing on a side: {missing.join(', ')}. The weight of {spread.toFixed(2)} is spread over the
          others.
        </p>
      )}
    </div>
  )
}

function FactorRow({ part, threshold }: { part: ScorePart; threshold: number | undefined }) {
  const { name, value, weight, share, contribution, before } = part
  return (
    <tr className="h-7">
      <th scope="row" className="w-24 text-left font-normal" title={factorMeanings[name]}>
        {factorLabels[name]}
      </th>
      {value === null ? (
        <td colSpan={2} className="text-ink-3">
          missing
        </td>
      ) : (
        <>
          <td className="w-20">
            <UnitBar value={value} />
          </td>
          <td className="w-12 pl-2">{formatScore(value)}</td>
        </>
      )}
      <td className="w-24 text-right text-ink-3">
        <span className={value === null ? 'line-through' : ''}>{weight.toFixed(2)}</span>
        {value !== null && Math.abs(share - weight) > 0.0005 && (
          <span className="text-ink"> → {share.toFixed(2)}</span>
        )}
      </td>
      <td className="pl-4">
        {value !== null && <WaterfallBar from={before} to={before + contribution} threshold={threshold} />}
      </td>
      <td className="w-16 text-right">{value === null ? '' : `+${contribution.toFixed(3)}`}</td>
    </tr>
  )
}

interface WaterfallBarProps {
  from: number
  to: number
  threshold: number | undefined
  total?: boolean
}

function WaterfallBar({ from, to, threshold, total = false }: WaterfallBarProps) {
  return (
    <span aria-hidden className="relative block h-3.5 border-x border-line">
      {threshold !== undefined && (
        <span
          className="absolute -inset-y-2 border-l border-dashed border-ink-3"
          style={{ left: `${threshold * 100}%` }}
        />
      )}
      <span
        className={`absolute inset-y-0 rounded-[2px] ${total ? 'bg-ink' : 'bg-accent'}`}
        style={{ left: `${from * 100}%`, width: `max(1px, ${(to - from) * 100}%)` }}
      />
    </span>
  )
}

function Axis({ threshold }: { threshold: number | undefined }) {
  const ticks = [0, 1].filter((tick) => threshold === undefined || Math.abs(tick - threshold) > 0.1)
  return (
    <span className="relative block h-4">
      {ticks.map((tick) => (
        <span key={tick} className="absolute -translate-x-1/2" style={{ left: `${tick * 100}%` }}>
          {tick}
        </span>
      ))}
      {threshold !== undefined && (
        <span className="absolute -translate-x-1/2 whitespace-nowrap" style={{ left: `${threshold * 100}%` }}>
          threshold {threshold.toFixed(2)}
        </span>
      )}
    </span>
  )
}
