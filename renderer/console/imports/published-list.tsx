import { useQuery } from '@tanstack/react-query'
import { Undo2 } from 'lucide-react'
import { useState } from 'react'
import { StatusDot } from '../../kit/badge'
import { Button } from '../../kit/button'
import { formatAmount } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { SkeletonRows } from '../../kit/skeleton'
import { RelativeTime } from '../../kit/time'
import { useApi } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { stateWords } from './import-words'
import { KeptList } from './kept-list'
import { UndoDialog, type UndoneImport } from './undo-dialog'
import { undoneWords } from './undone-words'

/** What was published to this database, from whichever machine, with the way back. */
export function PublishedList() {
  const published = useQuery(useApi().imports.published.queryOptions())
  const [undone, setUndone] = useState<UndoneImport>()
  const [shownKept, setShownKept] = useState<string>()
  return (
    <section aria-labelledby="published-title" className="flex flex-col">
      <h2 id="published-title" className="border-b bg-app px-4 py-1.5 text-sm font-medium text-ink-3">
        Published, from all machines
      </h2>
      {published.isPending && <SkeletonRows label="Loading published imports" rows={3} />}
      {published.isError && (
        <div className="p-4">
          <Notice
            tone="warning"
            action={
              <Button size="sm" isPending={published.isFetching} onPress={() => void published.refetch()}>
                Try again
              </Button>
            }
          >
            Published imports can’t be shown now. {describeError(published.error)}
          </Notice>
        </div>
      )}
      {published.data?.length === 0 && (
        <p className="px-4 py-6 text-ink-3">Nothing has been published by an import yet.</p>
      )}
      <ul aria-label="Published imports">
        {published.data?.map((one) => (
          <li key={one.id} className="flex flex-col gap-2 border-b px-4 py-2.5">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <span className="min-w-0 truncate font-medium">{one.name}</span>
              <StatusDot tone={stateWords[one.state].tone}>{stateWords[one.state].label}</StatusDot>
              <span className="text-sm text-ink-3">
                {one.state === 'undone'
                  ? undoneWords(one)
                  : `${formatAmount(one.celebrities, 'celebrity', 'celebrities')}, ${formatAmount(one.photos, 'photo')}`}
                {one.created_by_name && ` · by ${one.created_by_name}`}
                {one.host_name && ` · on ${one.host_name}`}
              </span>
              <span className="ml-auto flex items-center gap-3 text-sm text-ink-3">
                <RelativeTime date={one.undone_at ?? one.created_at} />
                {one.kept > 0 && (
                  <Button
                    size="sm"
                    variant="ghost"
                    aria-label={`What was kept of ${one.name}`}
                    aria-expanded={shownKept === one.id}
                    onPress={() => setShownKept(shownKept === one.id ? undefined : one.id)}
                  >
                    What was kept
                  </Button>
                )}
                {(one.state !== 'undone' || one.kept > 0) && (
                  // Once more: what was changed may have been changed back since.
                  <Button
                    size="sm"
                    icon={<Undo2 aria-hidden />}
                    aria-label={`Undo ${one.state === 'undone' ? 'the rest of ' : ''}the import ${one.name}`}
                    onPress={() => setUndone(one)}
                  >
                    {one.state === 'undone' ? 'Undo the rest…' : 'Undo…'}
                  </Button>
                )}
              </span>
            </div>
            {shownKept === one.id && <KeptList id={one.id} />}
          </li>
        ))}
      </ul>
      {undone && <UndoDialog of={undone} onClose={() => setUndone(undefined)} />}
    </section>
  )
}
