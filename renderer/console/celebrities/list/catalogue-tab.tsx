import { useCallback, useState, type ReactNode } from 'react'
import type { CelebritySummary } from '../../../../core/celebrities/contract'
import { Button } from '../../../kit/button'
import { formatCount } from '../../../kit/format'
import { Notice } from '../../../kit/notice'
import { Page } from '../../../kit/page'
import { SkeletonCards, SkeletonRows } from '../../../kit/skeleton'
import { useShortcut } from '../../../kit/use-shortcut'
import { useStored } from '../../../kit/use-stored'
import { WindowGrid } from '../../../kit/window-grid'
import { describeError } from '../../../rpc/errors'
import { focusList } from '../../lists/focus-list'
import { ListStates } from '../../lists/list-states'
import { useWalk } from '../../lists/use-walk'
import { useTrash } from '../changes/trash-dialog'
import { useExport } from '../changes/use-export'
import { CelebrityDetail } from '../detail/celebrity-detail'
import { isNarrowed, noFilters, type CelebritySearch, type SetSearch } from '../search'
import { selectionOf } from '../selection'
import { CatalogueDialogs, type Above } from './catalogue-dialogs'
import { NobodyFits, NobodyYet } from './catalogue-empty'
import { CatalogueTable } from './catalogue-table'
import { CatalogueToolbar } from './catalogue-toolbar'
import { CelebrityCard } from './celebrity-card'
import { ExportLine } from './export-line'
import { FilterChips } from './filters'
import { SelectionBar } from './selection-bar'
import { defaultView, tableViewSchema } from './table-view'
import { useCatalogueRows, type CatalogueRows } from './use-catalogue-rows'
import { useChosen } from './use-chosen'

export interface CatalogueTabProps {
  search: CelebritySearch
  setSearch: SetSearch
  mayEdit: boolean
  frame: { title: string; tabs: ReactNode; actions: ReactNode }
  /** Adds one; undefined for whoever may not. */
  onAdd: (() => void) | undefined
  /** Wraps the list: it takes dropped files. */
  wrap: (list: ReactNode) => ReactNode
}

/** The catalogue as a grid or a table, and beside it who is selected. */
export function CatalogueTab({ search, setSearch, mayEdit, frame, onAdd, wrap }: CatalogueTabProps) {
  const rows = useCatalogueRows(search)
  const { id: selectedId } = search
  const onSelect = useCallback((id: string) => setSearch({ id }), [setSearch])
  const walk = useWalk(rows, selectedId, onSelect)
  const chosen = useChosen(rows)
  const [table, setTable] = useStored('semblance.celebrities-table', tableViewSchema, defaultView)
  const [above, setAbove] = useState<Above>(null)
  const exporting = useExport()
  const total = rows.total ?? 0
  const current = rows.rowAt(walk.place)
  const summary = current?.id === selectedId ? current : undefined

  const close = () => {
    setSearch({ id: undefined })
    focusList()
  }
  const leaveSelected = () => {
    setSearch({ id: (rows.rowAt(walk.place + 1) ?? rows.rowAt(walk.place - 1))?.id })
    focusList()
  }
  const trash = useTrash(leaveSelected)
  const trashOne = ({ id, name }: { id: string; name: string }) => {
    if (!trash.isPending) trash.mutate({ selection: { ids: [id] }, name })
  }
  const merge = (ids: readonly string[]) => setAbove({ is: 'merge', ids })
  const isSome = chosen.count > 0
  const mergeable = chosen.chosen.mode === 'some' && chosen.count > 1 ? [...chosen.chosen.ids] : undefined
  useShortcut('v', () => setSearch({ view: search.view === 'grid' ? 'table' : 'grid' }))
  useShortcut('escape', chosen.clear, { isDisabled: selectedId !== undefined || !isSome })
  useShortcut('delete', () => (isSome ? setAbove({ is: 'trash' }) : summary && trashOne(summary)), {
    isDisabled: !mayEdit,
  })
  useShortcut(
    'm',
    () => (mergeable ? merge(mergeable) : summary && setAbove({ is: 'find', celebrity: summary })),
    { isDisabled: !mayEdit },
  )

  const shared = { rows, walk, checks: chosen.checks, onOpen: walk.goTo }
  return (
    <Page
      {...frame}
      count={rows.total === undefined ? undefined : formatCount(rows.total)}
      toolbar={<CatalogueToolbar search={search} onChange={setSearch} table={table} onTable={setTable} />}
      detail={
        selectedId && (
          <CelebrityDetail
            id={selectedId}
            summary={summary}
            mayEdit={mayEdit}
            takesEditKey={search.view === 'grid'}
            onClose={close}
            onTrash={trashOne}
            onMerge={merge}
            onFindSame={(celebrity) => setAbove({ is: 'find', celebrity })}
          />
        )
      }
    >
      {wrap(
        <>
          <FilterChips search={search} onChange={setSearch} />
          <SelectionBar
            chosen={chosen.chosen}
            count={chosen.count}
            total={total}
            actions={
              mayEdit
                ? {
                    onEdit: () => setAbove({ is: 'edit' }),
                    onReanalyze: () => setAbove({ is: 'reanalyze' }),
                    onMerge: () => mergeable && merge(mergeable),
                    onTrash: () => setAbove({ is: 'trash' }),
                  }
                : undefined
            }
            onExport={() =>
              exporting.run({ filter: rows.filter, chosen: chosen.chosen, count: chosen.count })
            }
            onAll={chosen.chooseAll}
            onNone={chosen.clear}
          />
          <ExportLine progress={exporting.progress} onCancel={exporting.cancel} />
          <WindowError rows={rows} />
          <ListStates
            query={rows.query}
            errorTitle="The celebrities could not be loaded"
            skeleton={
              search.view === 'grid' ? (
                <SkeletonCards label="Loading celebrities" />
              ) : (
                <SkeletonRows label="Loading celebrities" />
              )
            }
            isEmpty={total === 0}
            empty={
              isNarrowed(search) ? (
                <NobodyFits onReset={() => setSearch(noFilters)} />
              ) : (
                <NobodyYet onAdd={onAdd} />
              )
            }
          >
            {search.view === 'grid' ? (
              <WindowGrid
                label="Celebrities"
                count={total}
                itemAt={rows.rowAt}
                getKey={keyOf}
                renderCard={renderCard}
                current={walk.place}
                onCurrent={walk.goTo}
                onOpen={walk.goTo}
                onRange={rows.onRange}
                checks={chosen.checks}
                listKey={rows.key}
              />
            ) : (
              <CatalogueTable
                {...shared}
                view={table}
                search={search}
                mayEdit={mayEdit}
                onChange={setSearch}
              />
            )}
          </ListStates>
        </>,
      )}
      <CatalogueDialogs
        above={above}
        selection={selectionOf(chosen.chosen, rows.filter)}
        count={chosen.count}
        onAbove={setAbove}
        onDone={chosen.clear}
        onMerged={(id) => {
          chosen.clear()
          setSearch({ id })
          focusList()
        }}
      />
    </Page>
  )
}

const keyOf = ({ id }: CelebritySummary) => id
const renderCard = (celebrity: CelebritySummary) => <CelebrityCard celebrity={celebrity} />

function WindowError({ rows: { windowError } }: { rows: CatalogueRows }) {
  if (!windowError) return null
  return (
    <div className="border-b px-4 py-2">
      <Notice
        tone="bad"
        action={
          <Button size="sm" onPress={() => void windowError.refetch()}>
            Try again
          </Button>
        }
      >
        Some of them could not be loaded. {describeError(windowError.error)}
      </Notice>
    </div>
  )
}
