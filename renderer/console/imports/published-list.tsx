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
import { Kept, UndoDialog, type UndoneImport } from './undo-dialog'

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
                {formatAmount(one.celebrities, 'celebrity', 'celebrities')},{' '}
                {formatAmount(one.photos, 'photo')}
                {one.created_by_name && ` · by ${one.created_by_name}`}
                {one.host_name && ` · on ${one.host_name}`}
              </span>
              <span className="ml-auto flex items-center gap-3 text-sm text-ink-3">
                <RelativeTime date={one.undone_at ?? one.created_at} />
                {one.state === 'undone' ? (
                  <Button
                    size="sm"
                    variant="ghost"
                    aria-label={`What was kept of ${one.name}`}
                    onPress={() => setShownKept(shownKept === one.id ? undefined : one.id)}
                  >
                    What was kept
                  </Button>
                ) : (
                  <Button
                    size="sm"
                    icon={<Undo2 aria-hidden />}
                    aria-label={`Undo the import ${one.name}`}
                    onPress={() => setUndone(one)}
                  >
                    Undo…
                  </Button>
                )}
              </span>
            </div>
            {shownKept === one.id && <KeptOrNothing id={one.id} />}
          </li>
        ))}
      </ul>
      {undone && <UndoDialog of={undone} onClose={() => setUndone(undefined)} />}
    </section>
  )
}

function KeptOrNothing({ id }: { id: string }) {
  const kept = useQuery(useApi().imports.kept.queryOptions({ input: { id } }))
  if (kept.data?.length === 0) return <p className="text-sm text-ink-3">Nothing was kept.</p>
  return <Kept id={id} />
}
