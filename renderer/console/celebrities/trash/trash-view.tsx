import { keepPreviousData, useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { SearchX, Trash2, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../../kit/button'
import { type Column, DataTable } from '../../../kit/data-table'
import { ConfirmDialog } from '../../../kit/dialog'
import { EmptyState } from '../../../kit/empty-state'
import { formatAmount, formatCount } from '../../../kit/format'
import { SkeletonRows } from '../../../kit/skeleton'
import { Thumbnail } from '../../../kit/thumbnail'
import { RelativeTime, useNow } from '../../../kit/time'
import { notifyDone, notifyFailed } from '../../../kit/toast'
import { useShortcut } from '../../../kit/use-shortcut'
import { useApi, useConnection } from '../../../rpc/connection'
import { describeError } from '../../../rpc/errors'
import { ListStates } from '../../lists/list-states'
import { usePages } from '../../lists/use-pages'
import { useChanged } from '../changes/use-changes'
import { restoreGroups, type Trashed } from './restore'
import { daysLeftWords } from './trash-words'

/** What lies in the trash, with the way back and the way out for good. */
export function TrashView({ search, mayEdit }: { search: string | undefined; mayEdit: boolean }) {
  const query = useTrashed(search)
  const { items, total, onEndReached } = usePages(query)
  const [currentId, setCurrentId] = useState<number>()
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set())
  const [isAsking, setAsking] = useState(false)
  const picked = items.filter(({ change_id }) => chosen.has(change_id))
  const current = items.find(({ change_id }) => change_id === currentId)
  const meant = picked.length > 0 ? picked : current ? [current] : []
  const clear = () => setChosen(new Set())
  const restore = useRestore(clear)
  const purge = usePurge(() => {
    setAsking(false)
    clear()
  })
  const isIdle = !restore.isPending && !purge.isPending
  useShortcut('r', () => meant.length > 0 && isIdle && restore.mutate(meant), { isDisabled: !mayEdit })
  useShortcut('delete', () => meant.length > 0 && setAsking(true), { isDisabled: !mayEdit })
  return (
    <ListStates
      query={query}
      errorTitle="The trash could not be loaded"
      skeleton={<SkeletonRows label="Loading the trash" />}
      isEmpty={items.length === 0}
      empty={
        <EmptyState
          icon={search ? <SearchX /> : <Trash2 />}
          title={search ? 'Nobody of this name lies in the trash' : 'The trash is empty'}
        >
          {search
            ? 'Search for a shorter part of the name.'
            : 'Celebrities that you remove lie here for 30 days, whole, and can be brought back.'}
        </EmptyState>
      }
    >
      <div
        role="toolbar"
        aria-label="Trash"
        className="flex min-h-10 shrink-0 flex-wrap items-center gap-2 border-b px-4 py-1.5"
      >
        <span role="status" className={meant.length === 0 ? 'text-ink-3' : 'font-medium'}>
          {picked.length > 0
            ? `${formatCount(picked.length)} chosen`
            : (current?.name ?? 'They are deleted for good once their days are over.')}
        </span>
        <span className="grow" />
        {mayEdit && meant.length > 0 && (
          <>
            <Button
              size="sm"
              icon={<Undo2 aria-hidden />}
              isPending={restore.isPending}
              onPress={() => restore.mutate(meant)}
            >
              Restore
            </Button>
            <Button size="sm" variant="danger" icon={<Trash2 aria-hidden />} onPress={() => setAsking(true)}>
              Delete for good…
            </Button>
          </>
        )}
      </div>
      <DataTable
        label="Trash"
        items={items}
        {...(total !== undefined && { total })}
        columns={columns}
        getKey={({ change_id }) => String(change_id)}
        selectedKey={currentId === undefined ? undefined : String(currentId)}
        onSelect={({ change_id }) => setCurrentId(change_id)}
        onEndReached={onEndReached}
        {...(mayEdit && {
          checks: {
            isChecked: ({ change_id }: Trashed) => chosen.has(change_id),
            onToggle: ({ change_id }: Trashed, isRange: boolean) =>
              setChosen(toggled(chosen, items, change_id, isRange ? currentId : undefined)),
            onToggleAll: (isOn: boolean) =>
              setChosen(new Set(isOn ? items.map((item) => item.change_id) : [])),
            getName: ({ name }: Trashed) => name,
          },
        })}
      />
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() => purge.mutate(meant.map(({ change_id }) => change_id))}
        isPending={purge.isPending}
        title={`Delete ${meant.length === 1 ? (meant[0]?.name ?? '') : formatAmount(meant.length, 'celebrity', 'celebrities')} for good?`}
        confirm={`Delete ${formatAmount(meant.length, 'celebrity', 'celebrities')}`}
      >
        Their photos, their analysis and their history are deleted now. This can’t be undone.
      </ConfirmDialog>
    </ListStates>
  )
}

function useTrashed(search: string | undefined) {
  return useInfiniteQuery(
    useApi().curation.trashed.infiniteOptions({
      input: (cursor: string | undefined) => ({ search, cursor, limit: 100 }),
      initialPageParam: undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
      placeholderData: keepPreviousData,
    }),
  )
}

function toggled(
  chosen: ReadonlySet<number>,
  items: readonly Trashed[],
  id: number,
  from: number | undefined,
): Set<number> {
  const next = new Set(chosen)
  const places = [from ?? id, id].map((one) => items.findIndex(({ change_id }) => change_id === one))
  const [low, high] = [Math.min(...places), Math.max(...places)]
  const isOn = from !== undefined || !chosen.has(id)
  for (const item of low < 0 ? [] : items.slice(low, high + 1)) {
    if (isOn) next.add(item.change_id)
    else next.delete(item.change_id)
  }
  return next
}

function useRestore(onDone: () => void) {
  const { client } = useConnection()
  const changed = useChanged()
  return useMutation({
    mutationFn: async (trashed: readonly Trashed[]) => {
      let restored = 0
      const kept: { name: string; reason: string }[] = []
      for (const group of restoreGroups(trashed)) {
        const result = await client.curation.undo(group)
        restored += result.undone
        kept.push(...result.kept)
      }
      return { restored, kept }
    },
    onSuccess: ({ restored, kept }) => {
      onDone()
      notifyDone(
        `${formatAmount(restored, 'celebrity', 'celebrities')} restored`,
        kept.length > 0 ? kept.map(({ name, reason }) => `${name}: ${reason}`).join('; ') : undefined,
      )
    },
    onError: (error) => notifyFailed('They could not be restored', describeError(error)),
    onSettled: changed,
  })
}

function usePurge(onDone: () => void) {
  const { client } = useConnection()
  const changed = useChanged()
  return useMutation({
    mutationFn: async (ids: number[]) => {
      let purged = 0
      // As many as one call takes.
      for (let from = 0; from < ids.length; from += 1000) {
        purged += (await client.curation.purge({ change_ids: ids.slice(from, from + 1000) })).purged
      }
      return purged
    },
    onSuccess: (purged) => {
      onDone()
      notifyDone(`${formatAmount(purged, 'celebrity', 'celebrities')} deleted for good`)
    },
    onError: (error) => notifyFailed('They could not be deleted', describeError(error)),
    onSettled: changed,
  })
}

const columns: Column<Trashed>[] = [
  {
    id: 'name',
    header: 'Name',
    width: 'minmax(9rem, 2fr)',
    render: ({ name, thumbnail_url }) => (
      <span className="flex items-center gap-2.5">
        <Thumbnail src={thumbnail_url} name={name} />
        <span className="truncate font-medium">{name}</span>
      </span>
    ),
  },
  {
    id: 'went',
    header: 'What went with them',
    width: 'minmax(9rem, 1.4fr)',
    render: ({ photos, lookalikes }) => (
      <span className="text-ink-2">
        {formatAmount(photos, 'photo')}, {formatAmount(lookalikes, 'lookalike')}
      </span>
    ),
  },
  {
    id: 'by',
    header: 'By',
    width: 'minmax(6rem, 1fr)',
    render: ({ changed_by_name }) => changed_by_name ?? 'Somebody who is gone',
  },
  {
    id: 'when',
    header: 'When',
    width: '88px',
    align: 'right',
    render: ({ changed_at }) => <RelativeTime date={changed_at} />,
  },
  {
    id: 'left',
    header: 'Kept for',
    width: '96px',
    align: 'right',
    render: ({ purge_at }) => <DaysLeft purgeAt={purge_at} />,
  },
]

function DaysLeft({ purgeAt }: { purgeAt: Date }) {
  const now = useNow()
  const isSoon = purgeAt.getTime() - now.getTime() < 3 * 86_400_000
  return <span className={isSoon ? 'text-warning' : undefined}>{daysLeftWords(purgeAt, now)}</span>
}
