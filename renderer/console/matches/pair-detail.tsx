import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { MatchSummary, Pair } from '../../../core/matching/contract'
import { DetailPane } from '../../kit/detail-pane'
import { ErrorState } from '../../kit/error-state'
import { Skeleton } from '../../kit/skeleton'
import { useApi } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { PairBody } from './pair-body'

const width = 600

/** A match seen through. */
export function MatchDetail({
  id,
  summary,
  onClose,
}: {
  id: string
  /** From the list: the title follows the arrow keys at once, and the sides lead to their people. */
  summary: MatchSummary | undefined
  onClose: () => void
}) {
  const query = useQuery(
    useApi().matching.get.queryOptions({ input: { id }, placeholderData: keepPreviousData }),
  )
  const sides = summary && { a: personLink(summary.a), b: personLink(summary.b) }
  return (
    <PairPane
      label="Match"
      query={query}
      title={titleOf(summary ?? (query.data?.id === id ? query.data : undefined))}
      subtitle={summary ? schoolsOf(summary) : ' '}
      sides={query.data?.id === id ? sides : undefined}
      onClose={onClose}
    />
  )
}

/** The pair of a person's face and a celebrity seen through. */
export function LookalikeDetail({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useQuery(useApi().matching.getLookalike.queryOptions({ input: { id } }))
  const celebrityId = query.data?.celebrity_id
  const sides = celebrityId && {
    b: (
      <Link to="/celebrities" search={{ id: celebrityId }} className={linkClass}>
        Open celebrity
      </Link>
    ),
  }
  return (
    <PairPane
      label="Celebrity lookalike"
      query={query}
      title={query.data ? titleOf(query.data) : 'Celebrity lookalike'}
      subtitle="A person and a celebrity"
      sides={sides || undefined}
      onClose={onClose}
    />
  )
}

const linkClass = 'text-accent-ink hover:underline'

function personLink({ profile_id }: MatchSummary['a']): ReactNode {
  return (
    <Link to="/people" search={{ id: profile_id }} className={linkClass}>
      Open person
    </Link>
  )
}

function titleOf(pair: { a: { name: string | null }; b: { name: string | null } } | undefined): string {
  return pair ? `${pair.a.name ?? 'Unnamed person'} and ${pair.b.name ?? 'unnamed person'}` : 'Match'
}

function schoolsOf({ a, b }: MatchSummary): string {
  const schools = [...new Set([a.school, b.school])].map((school) => school ?? 'no school')
  return schools.join(' and ')
}

function PairPane({
  label,
  title,
  subtitle,
  query,
  sides,
  onClose,
}: {
  label: string
  title: string
  subtitle: string
  query: {
    data: Pair | undefined
    isError: boolean
    isPlaceholderData: boolean
    error: unknown
    isFetching: boolean
    refetch: () => unknown
  }
  /** Where each side leads. */
  sides: { a?: ReactNode; b?: ReactNode } | undefined
  onClose: () => void
}) {
  const hasFailed = query.isError && (query.data === undefined || query.isPlaceholderData)
  return (
    <DetailPane label={label} title={title} subtitle={subtitle} onClose={onClose} width={width}>
      {hasFailed ? (
        <ErrorState
          title="This pair could not be loaded"
          message={describeError(query.error)}
          onRetry={() => void query.refetch()}
          isRetrying={query.isFetching}
        />
      ) : query.data ? (
        <PairBody pair={query.data} sides={sides ?? {}} />
      ) : (
        <div role="status" aria-label="Loading" className="flex flex-col gap-4">
          <Skeleton className="h-9 w-full" />
          <div className="grid grid-cols-2 gap-4">
            <Skeleton className="aspect-[4/5]" />
            <Skeleton className="aspect-[4/5]" />
          </div>
          <Skeleton className="h-40 w-full" />
        </div>
      )}
    </DetailPane>
  )
}
