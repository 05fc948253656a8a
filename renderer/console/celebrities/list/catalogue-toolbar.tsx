import { ArrowDownWideNarrow, ArrowUpNarrowWide, Grid3x3, Rows3 } from 'lucide-react'
import { IconButton } from '../../../kit/icon-button'
import { Segmented } from '../../../kit/segmented'
import { Select } from '../../../kit/select'
import { sorts, usualDirection, type CatalogueSort, type CelebritySearch, type SetSearch } from '../search'
import { Filters } from './filters'
import type { TableView } from './table-view'
import { ViewMenu } from './view-menu'

const sortLabels: Record<CatalogueSort, string> = {
  name: 'Name',
  newest: 'Added',
  quality: 'Quality',
  age: 'Age',
}

/** Filters at the left, the order and the look of the list at the right. */
export function CatalogueToolbar({
  search,
  onChange,
  table,
  onTable,
}: {
  search: CelebritySearch
  onChange: SetSearch
  table: TableView
  onTable: (view: TableView) => void
}) {
  const direction = search.direction ?? usualDirection[search.sort]
  const isDescending = direction === 'desc'
  const turned = isDescending ? 'asc' : 'desc'
  return (
    <>
      <Filters search={search} onChange={onChange} />
      <span className="flex grow flex-wrap items-center justify-end gap-1.5">
        <Select
          label="Sort"
          options={sorts.map((id) => ({ id, label: sortLabels[id] }))}
          value={search.sort}
          onChange={(sort) => sort && onChange({ sort, direction: undefined })}
        />
        <IconButton
          label={isDescending ? 'Highest or newest first: turn round' : 'Lowest or oldest first: turn round'}
          onPress={() => onChange({ direction: turned === usualDirection[search.sort] ? undefined : turned })}
        >
          {isDescending ? <ArrowDownWideNarrow /> : <ArrowUpNarrowWide />}
        </IconButton>
        <Segmented
          label="View"
          options={[
            { id: 'grid', label: 'Grid', icon: <Grid3x3 aria-hidden /> },
            { id: 'table', label: 'Table', icon: <Rows3 aria-hidden /> },
          ]}
          value={search.view}
          onChange={(view) => onChange({ view })}
        />
        {search.view === 'table' && <ViewMenu view={table} onChange={onTable} />}
      </span>
    </>
  )
}
