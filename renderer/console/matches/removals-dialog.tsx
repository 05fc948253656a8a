import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Undo2 } from 'lucide-react'
import { useState } from 'react'
import type { Removal } from '../../../core/matching/contract-removal'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { EmptyState } from '../../kit/empty-state'
import { ErrorState } from '../../kit/error-state'
import { formatScore } from '../../kit/face/score-badge'
import { formatAmount, formatDateTime } from '../../kit/format'
import { SearchField } from '../../kit/search-field'
import { Segmented } from '../../kit/segmented'
import { SkeletonRows } from '../../kit/skeleton'
import { RelativeTime } from '../../kit/time'
import { useApi } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { useUndoRemoval } from './use-removal'

/** The pairs that were removed: who did it, why, what went with them, and the way back. */
export function RemovalsDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Removed pairs" width="lg">
      <Removals />
    </Dialog>
  )
}

function Removals() {
  const [search, setSearch] = useState<string>()
  const [which, setWhich] = useState<'standing' | 'all'>('standing')
  const query = useInfiniteQuery(
    useApi().matching.removals.infiniteOptions({
      input: (cursor: string | undefined) => ({ search, standing: which === 'standing', cursor, limit: 50 }),
      initialPageParam: undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
      placeholderData: keepPreviousData,
    }),
  )
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <div className="flex min-h-80 flex-col gap-2">
      <div className="flex items-center justify-between gap-2">
        <SearchField label="Search names and reasons" value={search} onChange={setSearch} className="w-64" />
        <Segmented
          label="Shown"
          options={[
            { id: 'standing', label: 'Removed now' },
            { id: 'all', label: 'Undone too' },
          ]}
          value={which}
          onChange={setWhich}
        />
      </div>
      {query.isPending ? (
        <SkeletonRows label="Loading removed pairs" rows={5} />
      ) : query.isError && items.length === 0 ? (
        <ErrorState
          title="The removed pairs could not be loaded"
          message={describeError(query.error)}
          onRetry={() => void query.refetch()}
          isRetrying={query.isFetching}
        />
      ) : items.length === 0 ? (
        <EmptyState icon={<Undo2 />} title={search ? 'Nothing by these words' : 'No pair is removed'}>
          {search
            ? 'Search for a shorter part of a name or of the reason.'
            : 'What you remove is kept here, to be undone.'}
        </EmptyState>
      ) : (
        <ul aria-label="Removed pairs" className="flex flex-col">
          {items.map((removal) => (
            <RemovalLine key={removal.id} removal={removal} />
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <Button
          className="self-center"
          isPending={query.isFetchingNextPage}
          onPress={() => void query.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </div>
  )
}

/** What went with a match, in words: "2 reactions, 1 connection with 5 messages". */
function lostWords({ reactions, connections, messages, babies, notifications }: Removal): string {
  const parts = [
    reactions > 0 && formatAmount(reactions, 'reaction'),
    connections > 0 && `${formatAmount(connections, 'connection')} with ${formatAmount(messages, 'message')}`,
    babies > 0 && formatAmount(babies, 'baby', 'babies'),
    notifications > 0 && formatAmount(notifications, 'notification'),
  ].filter(Boolean)
  return parts.length === 0 ? 'nothing hung on it' : `with ${parts.join(', ')}`
}

function RemovalLine({ removal }: { removal: Removal }) {
  const undo = useUndoRemoval()
  const { name_a: a, name_b: b, undone_at: undone } = removal
  return (
    <li className="flex items-center gap-3 border-b py-2 last:border-b-0">
      <div className="min-w-0 grow">
        <div className="flex items-baseline gap-2">
          <span className="truncate font-medium">
            {a ?? 'Unnamed person'} and {b ?? 'unnamed person'}
          </span>
          <span className="shrink-0 text-ink-3">{formatScore(removal.similarity_score)}</span>
        </div>
        <p className="text-pretty text-ink-2">“{removal.reason}”</p>
        <p className="text-sm text-ink-3">
          <RelativeTime date={removal.removed_at} /> by {removal.removed_by_name ?? 'somebody who is gone'},{' '}
          {lostWords(removal)}
          {undone &&
            `; undone ${formatDateTime(undone)} by ${removal.undone_by_name ?? 'somebody who is gone'}`}
          {!undone && !removal.restorable && '; a photo is gone, so an undo only lets them be matched again'}
        </p>
      </div>
      {!undone && (
        <Button
          size="sm"
          icon={<Undo2 aria-hidden />}
          isPending={undo.isPending}
          aria-label={`Undo the removal of ${a ?? 'unnamed person'} and ${b ?? 'unnamed person'}`}
          onPress={() => undo.mutate({ removal_id: removal.id })}
        >
          Undo
        </Button>
      )}
    </li>
  )
}
