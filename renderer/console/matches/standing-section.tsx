import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Standing } from '../../../core/matching/contract-pair'
import { Histogram } from '../../kit/histogram'
import { formatScore } from '../../kit/face/score-badge'
import { Notice } from '../../kit/notice'
import { Section } from '../../kit/section'
import { Segmented } from '../../kit/segmented'
import { Skeleton } from '../../kit/skeleton'
import { useApi } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { standingSentences } from './standing-words'
import type { PairRef } from './pair-ref'

/** Where the score stands: among all others, and among the other scores of either side. */
export function StandingSection({ pair, names }: { pair: PairRef; names: readonly [string, string] }) {
  const query = useQuery(useApi().matching.standing.queryOptions({ input: pair, staleTime: 30_000 }))
  if (query.isError) {
    return (
      <Section title="Among other scores">
        <Notice tone="bad">{describeError(query.error)}</Notice>
      </Section>
    )
  }
  if (!query.data) return <Skeleton className="h-52 w-full" />
  return <StandingBody standing={query.data} names={names} isLookalike={pair.kind === 'lookalike'} />
}

function StandingBody({
  standing,
  names,
  isLookalike,
}: {
  standing: Standing
  names: readonly [string, string]
  isLookalike: boolean
}) {
  const [group, setGroup] = useState<'all' | 'a' | 'b'>('all')
  const { stored, background } = group === 'all' ? standing : standing[group]
  const what = isLookalike ? 'lookalikes' : 'matches'
  const label = group === 'all' ? `All ${what}` : `Other ${what} of ${names[group === 'a' ? 0 : 1]}`
  const sentences = standingSentences(standing, group, names, what)
  return (
    <Section title="Among other scores" aside="share of the pairs, %">
      <Segmented
        label="Compared with"
        options={[
          { id: 'all', label: 'Everybody' },
          { id: 'a', label: names[0] },
          { id: 'b', label: names[1] },
        ]}
        value={group}
        onChange={setGroup}
      />
      <Histogram
        label="How this score stands among others"
        summary={sentences.join(' ')}
        bars={{ name: label, counts: stored.counts }}
        outline={{
          name: group === 'all' ? 'Random pairs' : 'This face with random others',
          counts: background.counts,
        }}
        marker={{ value: standing.score, label: formatScore(standing.score) }}
        line={
          standing.threshold > 0
            ? { value: standing.threshold, label: `threshold ${standing.threshold.toFixed(2)}` }
            : undefined
        }
        axis="Score"
      />
      <ul className="flex flex-col gap-0.5 text-ink-2">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </Section>
  )
}
