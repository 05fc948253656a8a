import { ArchiveRestore, ArrowDownWideNarrow, ArrowUpNarrowWide, Keyboard, ScanSearch } from 'lucide-react'
import { matchSorts, type MatchSort } from '../../../core/matching/contract-list'
import { factorLabels } from '../../kit/face/factor-words'
import { IconButton } from '../../kit/icon-button'
import { Select } from '../../kit/select'
import type { MatchSearch } from './search'
import type { TableView } from './table-view'
import { ViewMenu } from './view-menu'

const sortLabels: Record<MatchSort, string> = {
  score: 'Score',
  newest: 'Found',
  quality: 'Quality',
  ...factorLabels,
  age: 'Age factor',
}

/** The order of the list, and what else can be done on the screen. */
export function MatchToolbar({
  view,
  onView,
  filters,
  onChange,
  onPhoto,
  onRemovals,
  onKeys,
}: {
  view: TableView
  onView: (view: TableView) => void
  filters: MatchSearch
  onChange: (change: Partial<MatchSearch>) => void
  onPhoto: () => void
  /** Undefined for whoever may not. */
  onRemovals: (() => void) | undefined
  onKeys: () => void
}) {
  const isDescending = filters.direction === 'desc'
  return (
    <div className="flex items-center gap-1">
      <Select
        label="Sort"
        options={matchSorts.map((id) => ({ id, label: sortLabels[id] }))}
        value={filters.sort}
        onChange={(sort) => onChange({ sort })}
      />
      <IconButton
        label={isDescending ? 'Highest or newest first' : 'Lowest or oldest first'}
        onPress={() => onChange({ direction: isDescending ? 'asc' : 'desc' })}
      >
        {isDescending ? <ArrowDownWideNarrow /> : <ArrowUpNarrowWide />}
      </IconButton>
      <ViewMenu view={view} onChange={onView} />
      <IconButton label="Search by photo" keys={['I']} onPress={onPhoto}>
        <ScanSearch />
      </IconButton>
      {onRemovals && (
        <IconButton label="Removed pairs" keys={['U']} onPress={onRemovals}>
          <ArchiveRestore />
        </IconButton>
      )}
      <IconButton label="Keys" keys={['?']} onPress={onKeys}>
        <Keyboard />
      </IconButton>
    </div>
  )
}
