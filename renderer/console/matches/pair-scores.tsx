import type { ReactNode } from 'react'
import type { Pair } from '../../../core/matching/contract'
import { formatScore } from '../../kit/face/score-badge'
import { formatDateTime, formatNumber, formatRelative } from '../../kit/format'
import { useNow } from '../../kit/time'

/** The stored score, the score by today's weights, and the threshold. */
export function PairScores({ pair }: { pair: Pair }) {
  const now = useNow()
  const { similarity_score: stored, current_score: current, threshold, created_at } = pair
  const change = current === null ? null : current - stored
  const isMoved = change !== null && Math.abs(change) >= 0.0005
  return (
    <dl className="grid grid-cols-3 divide-x rounded-md border">
      <Figure
        name="Stored score"
        hint={`found ${formatRelative(created_at, now)}`}
        title={formatDateTime(created_at)}
      >
        {formatScore(stored)}
      </Figure>
      <Figure
        name="By today’s weights"
        hint={
          change === null
            ? 'too little is known of a side'
            : isMoved
              ? `${change > 0 ? '+' : '−'}${formatNumber(Math.abs(change), 3)} since then`
              : 'unchanged'
        }
      >
        {current === null ? '–' : formatScore(current)}
      </Figure>
      {threshold > 0 ? (
        <Figure
          name="Threshold"
          hint={current === null ? '' : current >= threshold ? 'a match today' : 'no match today'}
        >
          {formatScore(threshold)}
        </Figure>
      ) : (
        <Figure name="Threshold" hint="the best are kept">
          none
        </Figure>
      )}
    </dl>
  )
}

function Figure({
  name,
  hint,
  title,
  children,
}: {
  name: string
  hint: string
  title?: string
  children: ReactNode
}) {
  return (
    <div className="px-3 py-2" title={title}>
      <dt className="text-sm text-ink-3">{name}</dt>
      <dd>
        <span className="text-lg font-semibold">{children}</span>{' '}
        <span className="text-sm text-ink-3">{hint}</span>
      </dd>
    </div>
  )
}
