import { PartyPopper, SearchX } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../../kit/button'
import { cx } from '../../../kit/class-names'
import { EmptyState } from '../../../kit/empty-state'
import { SearchField } from '../../../kit/search-field'
import { SkeletonRows } from '../../../kit/skeleton'
import { isChosen, nothing, toggle, toggleAll, type Selection } from '../../jobs/selection'
import { ListStates } from '../../lists/list-states'
import type { ImportSearch } from '../search'
import { BulkBar } from './bulk-bar'
import { FileList } from './file-list'
import { GroupNav } from './group-nav'
import type { ReviewSpaceProps } from './review-props'
import type { Review } from './use-review'

/** Which files there are: by outcome, by a word of their name, and what is done to many of them. */
export function ListSide({
  of,
  filters,
  onChange,
  review,
  className,
  onClose,
}: ReviewSpaceProps & { review: Review; className: string; onClose: () => void }) {
  const [selection, setSelection] = useState<Selection>(nothing)
  const { list, itemId } = review
  const { items, total = 0 } = list
  const keys = items.map(({ id }) => String(id))
  const narrow = (change: Partial<ImportSearch>) => {
    setSelection(nothing)
    onChange({ ...change, file: undefined })
  }
  return (
    <section aria-label="Files by outcome" className={cx('flex min-h-0 flex-col', className)}>
      <div className="hidden p-2 pb-0 @max-[72rem]:block">
        <Button size="sm" onPress={onClose}>
          Back to the photo
        </Button>
      </div>
      <GroupNav of={of} filters={filters} onChange={narrow} />
      <div className="shrink-0 border-b p-2">
        <SearchField
          label="Search names and paths"
          value={filters.search}
          onChange={(search) => narrow({ search })}
          className="w-full"
        />
      </div>
      <BulkBar
        of={of}
        filters={filters}
        selection={selection}
        total={total}
        items={items}
        onSelect={setSelection}
        onDecide={review.decide}
      />
      <ListStates
        query={list.query}
        errorTitle="The files could not be loaded"
        skeleton={<SkeletonRows label="Loading files" rows={8} />}
        isEmpty={items.length === 0}
        empty={
          <NothingFits
            filters={filters}
            onReset={() => narrow({ outcome: undefined, code: undefined, search: undefined })}
          />
        }
      >
        <FileList
          files={items}
          total={total}
          currentId={itemId}
          pending={review.pending}
          onSelect={(file) => {
            review.select(file)
            onClose()
          }}
          onEndReached={list.onEndReached}
          checks={
            of.state === 'review'
              ? {
                  isChecked: ({ id }) => isChosen(selection, String(id)),
                  onToggle: ({ id }, isRange) => setSelection(toggle(selection, String(id), keys, isRange)),
                  onToggleAll: (isOn) => setSelection(toggleAll(keys, isOn)),
                  getName: ({ path }) => path,
                }
              : undefined
          }
        />
      </ListStates>
    </section>
  )
}

function NothingFits({ filters, onReset }: { filters: ImportSearch; onReset: () => void }) {
  const isNarrowed = Boolean(filters.search ?? filters.code ?? filters.outcome)
  if (filters.outcome === 'needs_person' && !filters.code && !filters.search) {
    return (
      <EmptyState icon={<PartyPopper />} title="Nobody is needed">
        Every file has its outcome. Look through the others, or publish.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon={<SearchX />}
      title={isNarrowed ? 'No file fits' : 'No files yet'}
      actions={isNarrowed && <Button onPress={onReset}>Show all files</Button>}
    />
  )
}
