import { useQueryClient } from '@tanstack/react-query'
import { Blend, SearchX } from 'lucide-react'
import { useCallback, useState } from 'react'
import { Button } from '../../kit/button'
import { EmptyState } from '../../kit/empty-state'
import { formatCount } from '../../kit/format'
import { KeysDialog } from '../../kit/keys-dialog'
import { Notice } from '../../kit/notice'
import { Page } from '../../kit/page'
import { SkeletonRows } from '../../kit/skeleton'
import { useShortcut } from '../../kit/use-shortcut'
import { useStored } from '../../kit/use-stored'
import { describeError } from '../../rpc/errors'
import { focusList } from '../lists/focus-list'
import { ListStates } from '../lists/list-states'
import { DropArea } from '../photos/drop-area'
import { useMe } from '../shell/me'
import { useFilters } from '../shell/use-filters'
import { BatchBar } from './batch-bar'
import { FilterChips } from './filter-chips'
import { matchKeys } from './keys'
import { MatchFilters } from './match-filters'
import { MatchGrid } from './match-grid'
import { MatchToolbar } from './match-toolbar'
import { LookalikeDetail, MatchDetail } from './pair-detail'
import { PhotoSearchDialog } from './photo-search-dialog'
import { RemovalsDialog } from './removals-dialog'
import { RemoveDialog } from './remove-dialog'
import { isNarrowed, noFilters, searchSchema } from './search'
import { useSelection } from './selection'
import { defaultView, tableViewSchema } from './table-view'
import { useMatchRows } from './use-match-rows'
import { usePrefetchedNeighbours } from './use-neighbours'
import { useWalk } from '../lists/use-walk'

export { searchSchema }

/** What is open above the screen. */
type Above = 'photo' | 'removals' | 'keys' | { remove: readonly string[] } | null

/** The matches that were found, and the selected pair seen through. */
export function Screen() {
  const [filters, setFilters] = useFilters(searchSchema)
  const { id: selectedId, lookalike } = filters
  const rows = useMatchRows(filters)
  const selection = useSelection(rows.key)
  const [view, setView] = useStored('semblance.matches-table', tableViewSchema, defaultView)
  const [above, setAbove] = useState<Above>(null)
  const [photo, setPhoto] = useState<File | null>(null)
  const onSelect = useCallback((id: string) => setFilters({ id, lookalike: undefined }), [setFilters])
  const walk = useWalk(rows, selectedId, onSelect)
  usePrefetchedNeighbours(rows, walk.place)
  const mayRemove = useMe().role !== 'curator'
  const total = rows.total ?? 0
  const hasDetail = selectedId !== undefined || lookalike !== undefined
  const isWide = hasDetail && filters.wide === true

  const close = () => {
    if (isWide) setFilters({ wide: undefined })
    else setFilters({ id: undefined, lookalike: undefined })
    focusList()
  }
  const removeChosen = () => setAbove({ remove: [...selection.ids] })
  const removeSelected =
    mayRemove && selectedId && !lookalike ? () => setAbove({ remove: [selectedId] }) : undefined
  useShortcut('?', () => setAbove('keys'))
  useShortcut('i', () => setAbove('photo'))
  useShortcut('u', () => setAbove('removals'), { isDisabled: !mayRemove })
  useShortcut('delete', () => (selection.ids.size > 0 ? removeChosen() : removeSelected?.()), {
    isDisabled: !mayRemove,
  })
  useShortcut('escape', selection.clear, { isDisabled: hasDetail || selection.ids.size === 0 })

  const step = (by: number) => {
    const place = walk.place + by
    const isWalked = selectedId !== undefined && walk.place >= 0
    return isWalked && place >= 0 && place < total ? () => walk.goTo(place) : undefined
  }
  const detailProps = {
    isWide,
    onWide: (wide: boolean) => setFilters({ wide: wide || undefined }),
    walk: { onPrevious: step(-1), onNext: step(1) },
    onClose: close,
  }
  const detail = lookalike ? (
    <LookalikeDetail {...detailProps} id={lookalike} />
  ) : (
    selectedId && (
      <MatchDetail
        {...detailProps}
        id={selectedId}
        summary={summaryOf(rows.rowAt(walk.place), selectedId)}
        onRemove={removeSelected}
      />
    )
  )
  const removed = typeof above === 'object' && above ? above.remove : []
  const known = useKnownRows(removed, rows.rowAt(walk.place))

  return (
    <>
      <Page
        title="Matches"
        count={rows.total === undefined ? undefined : formatCount(rows.total)}
        filters={<MatchFilters filters={filters} onChange={setFilters} />}
        actions={
          <MatchToolbar
            view={view}
            onView={setView}
            filters={filters}
            onChange={setFilters}
            onPhoto={() => setAbove('photo')}
            onRemovals={mayRemove ? () => setAbove('removals') : undefined}
            onKeys={() => setAbove('keys')}
          />
        }
        detail={isWide ? undefined : detail}
      >
        {isWide ? (
          detail
        ) : (
          <DropArea
            hint="Drop to search by this photo; it is not stored"
            onFiles={([first]) => {
              setPhoto(first?.file ?? null)
              setAbove('photo')
            }}
            className="flex min-h-0 grow flex-col"
          >
            <FilterChips filters={filters} onChange={setFilters} />
            <BatchBar selection={selection} total={total} onRemove={mayRemove ? removeChosen : undefined} />
            {rows.windowError && (
              <div className="border-b px-4 py-2">
                <Notice
                  tone="bad"
                  action={
                    <Button size="sm" onPress={() => void rows.windowError?.refetch()}>
                      Try again
                    </Button>
                  }
                >
                  Some rows could not be loaded. {describeError(rows.windowError.error)}
                </Notice>
              </div>
            )}
            <ListStates
              query={rows.query}
              errorTitle="The matches could not be loaded"
              skeleton={<SkeletonRows label="Loading matches" />}
              isEmpty={total === 0}
              empty={
                isNarrowed(filters) ? <NothingFits onReset={() => setFilters(noFilters)} /> : <NothingYet />
              }
            >
              <MatchGrid
                rows={rows}
                walk={walk}
                view={view}
                filters={filters}
                selection={selection}
                isBesideDetail={hasDetail}
                onChange={setFilters}
              />
            </ListStates>
          </DropArea>
        )}
      </Page>
      <RemoveDialog
        key={removed.length === 1 ? removed[0] : 'several'}
        isOpen={removed.length > 0}
        onClose={() => setAbove(null)}
        ids={removed}
        title={removed.length === 1 ? 'Remove this pair?' : `Remove ${formatCount(removed.length)} pairs?`}
        known={known}
        onRemoved={() => {
          selection.clear()
          if (selectedId && removed.includes(selectedId)) setFilters({ id: undefined, wide: undefined })
          focusList()
        }}
      />
      <RemovalsDialog isOpen={above === 'removals'} onClose={() => setAbove(null)} />
      <PhotoSearchDialog
        isOpen={above === 'photo'}
        file={photo}
        onFile={setPhoto}
        onClose={() => {
          setAbove(null)
          setPhoto(null)
        }}
      />
      <KeysDialog isOpen={above === 'keys'} onClose={() => setAbove(null)} groups={matchKeys} />
    </>
  )
}

/** The row of the selected pair, if that is the one at hand. */
function summaryOf<Row extends { id: string }>(row: Row | undefined, id: string): Row | undefined {
  return row?.id === id ? row : undefined
}

interface Hanging {
  id: string
  likes: number
  views: number
  connection: 'active' | 'blocked' | 'archived' | null
}

/** Of these pairs the rows that any list has loaded: they say what hangs on them. */
function useKnownRows(ids: readonly string[], current: Hanging | undefined): Hanging[] {
  const queries = useQueryClient()
  if (ids.length === 0) return []
  const wanted = new Set(ids)
  const known = new Map<string, Hanging>()
  if (current && wanted.has(current.id)) known.set(current.id, current)
  for (const [, page] of queries.getQueriesData<{ items?: Hanging[] }>({
    predicate: ({ queryKey: [path] }) => Array.isArray(path) && path.join('.') === 'matching.list',
  })) {
    for (const row of page?.items ?? []) if (wanted.has(row.id)) known.set(row.id, row)
  }
  return [...known.values()]
}

function NothingFits({ onReset }: { onReset: () => void }) {
  return (
    <EmptyState
      icon={<SearchX />}
      title="No match fits these filters"
      actions={<Button onPress={onReset}>Clear the filters</Button>}
    >
      Widen the ranges, search for a shorter part of a name, or look in every school.
    </EmptyState>
  )
}

function NothingYet() {
  return (
    <EmptyState icon={<Blend />} title="No matches yet">
      A match is found when a face has been analysed and somebody of the same school resembles it. Add faces
      on the People screen, or load the sample people on the Overview screen.
    </EmptyState>
  )
}
