import { useMemo, useState } from 'react'
import { useShortcut } from '../../../kit/use-shortcut'
import type { WindowChecks } from '../../../kit/window-checks'
import { WindowTable } from '../../../kit/window-table'
import { focusList } from '../../lists/focus-list'
import type { Walk } from '../../lists/use-walk'
import { useWideWindow } from '../../lists/use-wide-window'
import { editOf, fieldLabels } from '../changes/edit-fields'
import { useEdit } from '../changes/use-changes'
import { sortBy, usualDirection, type CatalogueSort, type CelebritySearch, type SetSearch } from '../search'
import { columnsOf } from './columns'
import { type Editing, EditingContext, type EditedCell } from './editing'
import { shownColumns, type TableView } from './table-view'
import type { CatalogueRows } from './use-catalogue-rows'

const rowHeights = { comfortable: 48, compact: 32 }
const photoSizes = { comfortable: 36, compact: 24 }

/** The catalogue as rows of a table, of which some cells can be written. */
export function CatalogueTable({
  rows,
  walk,
  view,
  search,
  checks,
  mayEdit,
  onChange,
  onOpen,
}: {
  rows: CatalogueRows
  walk: Walk
  view: TableView
  search: CelebritySearch
  checks: WindowChecks
  mayEdit: boolean
  onChange: SetSearch
  onOpen: (place: number) => void
}) {
  const isWideWindow = useWideWindow()
  const isNarrow = search.id !== undefined && !isWideWindow
  const columns = useMemo(
    () => columnsOf(shownColumns(view, isNarrow), photoSizes[view.density]),
    [view, isNarrow],
  )
  const editing = useCellEditing(mayEdit)
  const current = rows.rowAt(walk.place)
  useShortcut('e', () => current && editing.begin({ id: current.id, field: 'name' }), {
    isDisabled: !mayEdit || !current,
  })
  return (
    <EditingContext value={editing}>
      <WindowTable
        label="Celebrities"
        count={rows.total ?? 0}
        itemAt={rows.rowAt}
        getKey={(celebrity) => celebrity.id}
        columns={columns}
        rowHeight={rowHeights[view.density]}
        current={walk.place}
        onCurrent={walk.goTo}
        onOpen={onOpen}
        onRange={rows.onRange}
        sort={{ id: search.sort, direction: search.direction ?? usualDirection[search.sort] }}
        onSort={(id) => onChange(sortBy(search, id as CatalogueSort))}
        checks={checks}
        listKey={rows.key}
      />
    </EditingContext>
  )
}

function useCellEditing(mayEdit: boolean): Editing {
  const [cell, setCell] = useState<EditedCell | null>(null)
  const edit = useEdit()
  const [saving, setSaving] = useState<Editing['saving']>(null)
  const { mutate } = edit
  return useMemo(() => {
    const save = (saved: EditedCell, text: string) => {
      setSaving({ ...saved, text: text.trim() })
      mutate(
        {
          selection: { ids: [saved.id] },
          edit: editOf(saved.field, text),
          done: `${fieldLabels[saved.field]} changed`,
        },
        { onSettled: () => setSaving(null) },
      )
    }
    return {
      cell,
      saving,
      begin: setCell,
      end: (isByKey: boolean) => {
        setCell(null)
        if (isByKey) focusList()
      },
      save: mayEdit ? save : undefined,
    }
  }, [cell, saving, mutate, mayEdit])
}
