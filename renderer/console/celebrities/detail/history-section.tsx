import { useQuery } from '@tanstack/react-query'
import { Undo2 } from 'lucide-react'
import { Button } from '../../../kit/button'
import { cx } from '../../../kit/class-names'
import { Section } from '../../../kit/section'
import { Skeleton } from '../../../kit/skeleton'
import { RelativeTime } from '../../../kit/time'
import { useApi } from '../../../rpc/connection'
import { describeError } from '../../../rpc/errors'
import { ShortenedList } from '../../lists/shortened-list'
import { useUndo } from '../changes/use-changes'
import { groupHistory, type HistoryGroup } from './history'

/** Everything that was done to a celebrity, newest first, each step with its undo. */
export function HistorySection({ id, mayEdit }: { id: string; mayEdit: boolean }) {
  const query = useQuery(useApi().curation.history.queryOptions({ input: { id } }))
  return (
    <Section title="History">
      {query.isError ? (
        <p className="text-bad">{describeError(query.error)}</p>
      ) : !query.data ? (
        <Skeleton className="h-12" />
      ) : query.data.length === 0 ? (
        <p className="text-ink-3">Nothing was changed yet.</p>
      ) : (
        <ShortenedList
          items={groupHistory(query.data)}
          getKey={(group) => `${group.group_id} ${group.changes[0]?.id}`}
          renderItem={(group) => <HistoryLine group={group} mayEdit={mayEdit} />}
        />
      )}
    </Section>
  )
}

function HistoryLine({ group, mayEdit }: { group: HistoryGroup; mayEdit: boolean }) {
  const undo = useUndo()
  const [first] = group.changes
  if (!first) return null
  const isUndone = group.changes.every(({ undone_at }) => undone_at !== null)
  const what = group.changes.map((change) => change.what)
  return (
    <div className="flex items-start gap-2 py-1">
      <div className="min-w-0 grow">
        {what.map((words, place) => (
          <p key={place} className={cx('text-pretty break-words', isUndone && 'text-ink-3 line-through')}>
            {words}
          </p>
        ))}
        <p className="text-sm text-ink-3">
          <RelativeTime date={first.changed_at} /> by {first.changed_by_name ?? 'somebody who is gone'}
          {isUndone && ', undone'}
        </p>
      </div>
      {mayEdit && group.canUndo && (
        <Button
          size="sm"
          icon={<Undo2 aria-hidden />}
          isPending={undo.isPending}
          aria-label={`Undo: ${what.join('; ')}`}
          onPress={() => undo.mutate({ group_id: group.group_id, what: what.join('; ') })}
        >
          Undo
        </Button>
      )}
    </div>
  )
}
