import { useMemo } from 'react'
import type { ListedMatchView as ListedMatch, MatchSort } from '../../../core/matching/contract-list'
import { notifyFailed } from '../../kit/toast'
import { WindowTable } from '../../kit/window-table'
import { useConnection } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { useWideWindow } from '../lists/use-wide-window'
import { columnsOf } from './columns'
import type { MatchSearch } from './search'
import { mostChosen, type Selection } from './selection'
import { shownColumns, type TableView } from './table-view'
import type { MatchRows } from './use-match-rows'
import type { Walk } from '../lists/use-walk'

const rowHeights = { comfortable: 52, compact: 32 }

/** The matches as rows of a table. */
export function MatchGrid({
  rows,
  walk,
  view,
  filters,
  selection,
  isBesideDetail,
  onChange,
}: {
  rows: MatchRows
  walk: Walk
  view: TableView
  filters: MatchSearch
  selection: Selection
  isBesideDetail: boolean
  onChange: (change: Partial<MatchSearch>) => void
}) {
  const isWideWindow = useWideWindow()
  const isNarrow = isBesideDetail && !isWideWindow
  const isCompact = view.density === 'compact'
  const columns = useMemo(
    () => columnsOf(shownColumns(view, isNarrow), isCompact),
    [view, isNarrow, isCompact],
  )
  const checks = useChecks(rows, selection)
  return (
    <WindowTable<ListedMatch>
      label="Matches"
      count={rows.total ?? 0}
      itemAt={rows.rowAt}
      getKey={(match) => match.id}
      columns={columns}
      rowHeight={rowHeights[view.density]}
      current={walk.place}
      onCurrent={walk.goTo}
      onOpen={(place) => {
        walk.goTo(place)
        onChange({ wide: true })
      }}
      onRange={rows.onRange}
      sort={{ id: filters.sort, direction: filters.direction }}
      onSort={(id) => onChange(sortBy(filters, id as MatchSort))}
      checks={checks}
      listKey={rows.key}
    />
  )
}

/** Another column sorts from its top; the same one again from its other end. */
export function sortBy({ sort, direction }: Pick<MatchSearch, 'sort' | 'direction'>, by: MatchSort) {
  return { sort: by, direction: sort === by && direction === 'desc' ? ('asc' as const) : ('desc' as const) }
}

function useChecks(rows: MatchRows, selection: Selection) {
  const { client } = useConnection()
  const total = rows.total ?? 0
  const chosen = selection.ids.size
  const failAsTooMany = () =>
    notifyFailed(
      'Too many pairs to choose at once',
      'Narrow the list, or choose a part of it: 10,000 pairs at most.',
    )
  const fail = (error: unknown) => notifyFailed('The pairs could not be chosen', describeError(error))
  const anchor = selection.anchor
  return {
    has: selection.has,
    state: chosen === 0 ? ('none' as const) : chosen >= total ? ('all' as const) : ('partly' as const),
    onToggle: (place: number, isRange: boolean) => {
      const from = isRange && anchor >= 0 ? anchor : place
      const first = rows.rowAt(place)
      const isChosen = isRange || (first !== undefined && !selection.has(first.id))
      if (from === place && first) {
        selection.set([first.id], isChosen, place)
        return
      }
      if (Math.abs(place - from) >= mostChosen) {
        failAsTooMany()
        return
      }
      rows.rowsBetween(from, place).then((found) => {
        selection.set(
          found.map(({ id }) => id),
          isChosen,
          place,
        )
      }, fail)
    },
    onToggleAll: () => {
      if (chosen > 0) selection.clear()
      else if (total > mostChosen) failAsTooMany()
      else client.matching.ids(rows.list).then(({ ids }) => selection.set(ids, true, -1), fail)
    },
  }
}
