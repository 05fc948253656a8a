import type { Contribution, Pair } from '../../../core/matching/contract-pair'
import { formatScore } from '../../kit/face/score-badge'
import { factorLabels, factorMeanings } from '../../kit/face/factor-words'
import { FactorSides } from './factor-sides'
import { beforeEach, shortNames, waterfallSummary } from './waterfall-words'

/** How a score came about: each factor with both sides' values, its weight and what it adds, up to the score. */
export function Waterfall({ pair }: { pair: Pair }) {
  const { contributions, current_score: score } = pair
  const threshold = pair.threshold > 0 ? pair.threshold : undefined
  const before = beforeEach(contributions)
  const isSpread = contributions.some(({ value }) => value === null)
  return (
    <div className="flex flex-col gap-2">
      <table className="w-full table-fixed border-collapse">
        <caption className="sr-only">{waterfallSummary(pair)}</caption>
        <thead>
          <tr className="text-left text-sm text-ink-3 [&>th]:truncate [&>th]:pb-1 [&>th]:font-normal">
            <th scope="col" className="w-19">
              Factor
            </th>
            <th scope="col" className="w-17 pr-2">
              {shortNames(pair)[0]}
            </th>
            <th scope="col" className="w-17 pr-2">
              {shortNames(pair)[1]}
            </th>
            <th scope="col" className="w-15 text-right">
              Similarity
            </th>
            <th scope="col" className={`text-right ${isSpread ? 'w-24' : 'w-14'}`}>
              Weight
            </th>
            <th scope="col" className="pl-4">
              Adds to the score
            </th>
            <th scope="col" className="w-14">
              <span className="sr-only">Contribution</span>
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
            <th scope="row" colSpan={5} className="text-left font-medium">
              Score by today’s weights
            </th>
            <td className="pl-4">
              {score !== null && <Step from={0} to={score} threshold={threshold} isTotal />}
            </td>
            <td className="text-right">{score === null ? 'none' : formatScore(score)}</td>
          </tr>
          <tr aria-hidden className="text-sm text-ink-3">
            <td colSpan={5} />
            <td className="pl-4">
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
  const { factor, value, weight, effective_weight: share, contribution } = part
  return (
    <tr className="h-7">
      <th scope="row" className="text-left font-normal" title={factorMeanings[factor]}>
        {factorLabels[factor]}
      </th>
      <FactorSides pair={pair} part={part} />
      <td className={`text-right ${value === null ? 'text-ink-3' : ''}`}>
        {value === null ? 'missing' : formatScore(value)}
      </td>
      <td className="text-right whitespace-nowrap text-ink-3">
        <span className={value === null ? 'line-through' : ''}>{weight.toFixed(2)}</span>
        {value !== null && Math.abs(share - weight) > 0.0005 && (
          <span className="text-ink"> → {share.toFixed(2)}</span>
        )}
      </td>
      <td className="pl-4">
        {value !== null && <Step from={before} to={before + contribution} threshold={threshold} />}
      </td>
      <td className="text-right">{value === null ? '' : `+${contribution.toFixed(3)}`}</td>
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
