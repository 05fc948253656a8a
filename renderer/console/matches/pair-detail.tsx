import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { MatchPair, Pair } from '../../../core/matching/contract-pair'
import { DetailPane } from '../../kit/detail-pane'
import { ErrorState } from '../../kit/error-state'
import { Skeleton } from '../../kit/skeleton'
import { useApi } from '../../rpc/connection'
import { describeError, errorCode } from '../../rpc/errors'
import { PairActions, type PairWalk } from './pair-actions'
import { PairBody } from './pair-body'
import type { PairRef } from './pair-ref'
import { useRested } from '../lists/use-rested'

const width = 600

/** How long the arrow keys must rest before a pair is fetched, in milliseconds. */
const rest = 110

interface Named {
  name: string | null
  school: string | null
}

export interface DetailProps {
  id: string
  isWide: boolean
  onWide: (isWide: boolean) => void
  walk: PairWalk
  onClose: () => void
}

/** A match seen through. */
export function MatchDetail({
  summary,
  onRemove,
  ...props
}: DetailProps & {
  /** From the list: the title follows the arrow keys at once. */
  summary: { a: Named; b: Named } | undefined
  /** Undefined for whoever may not. */
  onRemove: (() => void) | undefined
}) {
  const id = useRested(props.id, rest)
  const query = useQuery(
    useApi().matching.get.queryOptions({ input: { id }, placeholderData: keepPreviousData }),
  )
  const isThis = query.data?.id === props.id
  return (
    <PairPane
      {...props}
      label="Match"
      query={query}
      title={titleOf(summary ?? (isThis ? query.data : undefined))}
      subtitle={schoolsOf(summary ?? (isThis ? query.data : undefined))}
      reference={{ id, kind: 'match' }}
      onRemove={onRemove}
    />
  )
}

/** The pair of a person's face and a celebrity seen through. */
export function LookalikeDetail(props: DetailProps) {
  const query = useQuery(useApi().matching.getLookalike.queryOptions({ input: { id: props.id } }))
  return (
    <PairPane
      {...props}
      label="Celebrity lookalike"
      query={query}
      title={query.data ? titleOf(query.data) : 'Celebrity lookalike'}
      subtitle="A person and a celebrity"
      reference={{ id: props.id, kind: 'lookalike' }}
      onRemove={undefined}
    />
  )
}

/** A side's own page. */
function sideLink({ profile_id, celebrity_id }: Pair['a']): ReactNode {
  const className = 'text-accent-ink hover:underline'
  if (celebrity_id) {
    return (
      <Link to="/celebrities" search={{ id: celebrity_id }} className={className}>
        Open celebrity
      </Link>
    )
  }
  return (
    profile_id && (
      <Link to="/people" search={{ id: profile_id }} className={className}>
        Open person
      </Link>
    )
  )
}

function titleOf(pair: { a: { name: string | null }; b: { name: string | null } } | undefined): string {
  return pair ? `${pair.a.name ?? 'Unnamed person'} and ${pair.b.name ?? 'unnamed person'}` : 'Match'
}

function schoolsOf(pair: { a: Named; b: Named } | undefined): string {
  if (!pair) return ' '
  return [...new Set([pair.a.school, pair.b.school])].map((school) => school ?? 'no school').join(' and ')
}

interface PairQuery {
  data: Pair | MatchPair | undefined
  isError: boolean
  isPlaceholderData: boolean
  error: unknown
  isFetching: boolean
  refetch: () => unknown
}

function PairPane({
  label,
  title,
  subtitle,
  query,
  reference,
  isWide,
  onWide,
  walk,
  onRemove,
  onClose,
}: DetailProps & {
  label: string
  title: string
  subtitle: string
  query: PairQuery
  reference: PairRef
  onRemove: (() => void) | undefined
}) {
  const hasFailed = query.isError && (query.data === undefined || query.isPlaceholderData)
  const isGone = errorCode(query.error) === 'NOT_FOUND'
  return (
    <DetailPane
      label={label}
      title={title}
      subtitle={subtitle}
      onClose={onClose}
      width={isWide ? 'full' : width}
      actions={
        <PairActions
          pair={reference}
          isWide={isWide}
          onWide={onWide}
          walk={walk}
          onRemove={hasFailed ? undefined : onRemove}
        />
      }
    >
      {hasFailed ? (
        <ErrorState
          title={isGone ? 'This pair is gone' : 'This pair could not be loaded'}
          message={
            isGone
              ? 'It was removed, or one of the two has left. Choose another one.'
              : describeError(query.error)
          }
          onRetry={isGone ? undefined : () => void query.refetch()}
          isRetrying={query.isFetching}
        />
      ) : query.data ? (
        <PairBody
          pair={query.data}
          reference={query.data.id === reference.id ? reference : { ...reference, id: query.data.id }}
          sides={{ a: sideLink(query.data.a), b: sideLink(query.data.b) }}
          isWide={isWide}
        />
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
