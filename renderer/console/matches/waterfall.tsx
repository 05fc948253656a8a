import type { Contribution, Pair } from '../../../core/matching/contract-pair'
import { UnitBar } from '../../kit/face/bars'
import { formatScore } from '../../kit/face/score-badge'
import { factorLabels, factorMeanings } from '../../kit/face/factor-words'
import { FactorSides } from './factor-sides'
import { beforeEach, missingWords, waterfallSummary } from './waterfall-words'

/** How a score came about: each factor with both sides' values, its weight and what it adds, up to the score. */
export function Waterfall({ pair }: { pair: Pair }) {
  const { contributions, current_score: score } = pair
  const threshold = pair.threshold > 0 ? pair.threshold : undefined
  const before = beforeEach(contributions)
  return (
    <div className="flex flex-col gap-2">
      <table className="w-full border-collapse">
        <caption className="sr-only">{waterfallSummary(pair)}</caption>
        <thead>
          <tr className="text-left text-sm text-ink-3 [&>th]:truncate [&>th]:pb-1 [&>th]:font-normal">
            <th scope="col">Factor</th>
            <th scope="col" className="max-w-20 pr-2">
              {pair.a.name ?? 'First'}
            </th>
            <th scope="col" className="max-w-20">
              {pair.b.name ?? 'Second'}
            </th>
            <th scope="col" colSpan={2} className="pl-3">
              Similarity
            </th>
            <th scope="col" className="text-right">
              Weight
            </th>
            <th scope="col" className="pl-3">
              Adds
            </th>
            <th scope="col">
              <span className="sr-only">to the score</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {contributions.map((part, index) => (
            <FactorRow
              key={part.factor}
              pair={pair}
              part={part}
              before={before[index]}
              threshold={threshold}
            />
          ))}
        </tbody>
        <tfoot>
          <tr className="h-8 border-t border-line font-medium">
            <th scope="row" colSpan={6} className="text-left font-medium">
              Score by today’s weights
            </th>
            <td className="pl-3">
              {score !== null && <Step from={0} to={score} threshold={threshold} isTotal />}
            </td>
            <td className="w-13 text-right">{score === null ? 'none' : formatScore(score)}</td>
          </tr>
          <tr aria-hidden className="text-sm text-ink-3">
            <td colSpan={6} />
            <td className="pl-3">
              <Axis threshold={threshold} />
            </td>
            <td />
          </tr>
        </tfoot>
      </table>
      <MissingNote contributions={contributions} />
    </div>
  )
}

/** What fell out, and where its weight went. */
function MissingNote({ contributions }: { contributions: readonly Contribution[] }) {
  const missing = contributions.filter(({ value }) => value === null)
  if (missing.length === 0) return null
  const spread = missing.reduce((sum, { weight }) => sum + weight, 0)
  return (
    <p className="text-sm text-pretty text-ink-3">
      Missing: {missing.map(({ factor }) => factorLabels[factor].toLowerCase()).join(', ')}. The weight of{' '}
      {spread.toFixed(2)} is spread over the others; the weight that then counts stands behind the arrow.
    </p>
  )
}

function FactorRow({
  pair,
  part,
  before,
  threshold,
}: {
  pair: Pair
  part: Contribution
  before: number
  threshold: number | undefined
}) {
  const { factor, value, weight, effective_weight: share, contribution, missing } = part
  return (
    <tr className="h-7">
      <th scope="row" className="w-19 text-left font-normal" title={factorMeanings[factor]}>
        {factorLabels[factor]}
      </th>
      <FactorSides pair={pair} part={part} />
      {value === null ? (
        <td colSpan={2} className="pl-3 text-ink-3" title={missing ? missingWords(missing, pair) : undefined}>
          missing
        </td>
      ) : (
        <>
          <td className="w-13 pl-3">
            <UnitBar value={value} />
          </td>
          <td className="w-11 pl-2">{formatScore(value)}</td>
        </>
      )}
      <td className="w-21 text-right text-ink-3">
        <span className={value === null ? 'line-through' : ''}>{weight.toFixed(2)}</span>
        {value !== null && Math.abs(share - weight) > 0.0005 && (
          <span className="text-ink"> → {share.toFixed(2)}</span>
        )}
      </td>
      <td className="pl-3">
        {value !== null && <Step from={before} to={before + contribution} threshold={threshold} />}
      </td>
      <td className="w-13 text-right">{value === null ? '' : `+${contribution.toFixed(3)}`}</td>
    </tr>
  )
}

interface StepProps {
  from: number
  to: number
  threshold: number | undefined
  isTotal?: boolean
}

function Step({ from, to, threshold, isTotal = false }: StepProps) {
  return (
    <span aria-hidden className="relative block h-3.5 border-x border-line">
      {threshold !== undefined && (
        <span
          className="absolute -inset-y-2 border-l border-dashed border-ink-3"
          style={{ left: `${threshold * 100}%` }}
        />
      )}
      <span
        className={`absolute inset-y-0 rounded-[2px] ${isTotal ? 'bg-ink' : 'bg-accent'}`}
        style={{ left: `${from * 100}%`, width: `max(1px, ${(to - from) * 100}%)` }}
      />
    </span>
  )
}

function Axis({ threshold }: { threshold: number | undefined }) {
  const ticks = [0, 1].filter((tick) => threshold === undefined || Math.abs(tick - threshold) > 0.2)
  return (
    <span className="relative block h-4">
      {ticks.map((tick) => (
        <span key={tick} className="absolute -translate-x-1/2" style={{ left: `${tick * 100}%` }}>
          {tick}
        </span>
      ))}
      {threshold !== undefined && (
        <span
          className="absolute -translate-x-1/2 whitespace-nowrap"
          style={{ left: `${threshold * 100}%` }}
          title="Threshold: the score from which a pair is a match"
        >
          {threshold.toFixed(2)}
        </span>
      )}
    </span>
  )
}
