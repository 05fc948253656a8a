import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { FolderInput, Plus, SearchX, Star } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../kit/button'
import { CardGrid } from '../../kit/card-grid'
import { EmptyState } from '../../kit/empty-state'
import { formatCount } from '../../kit/format'
import { Page } from '../../kit/page'
import { SkeletonCards } from '../../kit/skeleton'
import { useApi } from '../../rpc/connection'
import { focusList } from '../lists/focus-list'
import { ListStates } from '../lists/list-states'
import { usePages } from '../lists/use-pages'
import { DropArea } from '../photos/drop-area'
import type { FoundFile } from '../photos/dropped-files'
import { isAtLeast, useMe } from '../shell/me'
import { useFilters } from '../shell/use-filters'
import { AddDialog } from './add-dialog'
import { CelebrityCard } from './celebrity-card'
import { CelebrityDetail } from './celebrity-detail'
import { CelebrityFilters } from './celebrity-filters'
import { ImportDialog, reviewFiles } from './import-dialog'
import { importStore, useCurrentImport, useImportProgress } from './import-store'
import { searchSchema, type CelebritySearch } from './search'

export { searchSchema }

const noFilters = { search: undefined, category: undefined, gender: undefined, state: undefined }

/** The catalogue of celebrities: a grid, and beside it who is selected. */
export function Screen() {
  const [filters, setFilters] = useFilters(searchSchema)
  const mayEdit = isAtLeast(useMe().role, 'curator')
  const [added, setAdded] = useState<{ photo: FoundFile | null } | null>(null)
  const [isImporting, setImporting] = useState(false)
  const catalogue = useCatalogue(filters)
  const { items, total } = catalogue
  const { id: selectedId, sort: _sort, ...narrowing } = filters
  const isNarrowed = Object.values(narrowing).some((value) => value !== undefined)
  const selectedIndex = items.findIndex((item) => item.id === selectedId)

  const takeFiles = (files: FoundFile[]) => {
    const [first] = files
    if (files.length === 1 && first) return setAdded({ photo: first })
    // A running import keeps the window to itself: it is shown instead of being replaced.
    if (!importStore.snapshot()?.queue) reviewFiles(files)
    setImporting(true)
  }
  const show = (id: string) => {
    setAdded(null)
    setImporting(false)
    setFilters({ id })
  }
  const selectNeighbour = () => {
    setFilters({ id: (items[selectedIndex + 1] ?? items[selectedIndex - 1])?.id })
    focusList()
  }
  return (
    <Page
      title="Celebrities"
      count={total === undefined ? undefined : formatCount(total)}
      filters={<CelebrityFilters filters={filters} onChange={setFilters} />}
      actions={
        mayEdit && (
          <>
            <ImportButton onPress={() => setImporting(true)} />
            <Button variant="primary" icon={<Plus aria-hidden />} onPress={() => setAdded({ photo: null })}>
              Add celebrity
            </Button>
          </>
        )
      }
      detail={
        selectedId && (
          <CelebrityDetail
            id={selectedId}
            name={items[selectedIndex]?.name}
            onClose={() => setFilters({ id: undefined })}
            onRemoved={selectNeighbour}
          />
        )
      }
    >
      <DropArea
        hint="Drop one photo to add a celebrity, several or a folder to import"
        onFiles={takeFiles}
        isDisabled={!mayEdit}
        className="flex min-h-0 grow flex-col"
      >
        <ListStates
          query={catalogue.query}
          errorTitle="The celebrities could not be loaded"
          skeleton={<SkeletonCards label="Loading celebrities" />}
          isEmpty={items.length === 0}
          empty={
            isNarrowed ? (
              <NobodyFits onReset={() => setFilters(noFilters)} />
            ) : (
              <NobodyYet onAdd={mayEdit ? () => setAdded({ photo: null }) : undefined} />
            )
          }
        >
          <CardGrid
            label="Celebrities"
            items={items}
            getKey={(item) => item.id}
            renderCard={(item) => <CelebrityCard celebrity={item} />}
            selectedKey={selectedId}
            onSelect={(item) => setFilters({ id: item.id })}
            onEndReached={catalogue.onEndReached}
          />
        </ListStates>
      </DropArea>
      {added && <AddDialog initial={added.photo} onClose={() => setAdded(null)} onShow={show} />}
      {isImporting && <ImportDialog onClose={() => setImporting(false)} onShow={show} />}
    </Page>
  )
}

function useCatalogue({ id: _id, ...filters }: CelebritySearch) {
  const api = useApi()
  const query = useInfiniteQuery(
    api.celebrities.list.infiniteOptions({
      input: (cursor: string | undefined) => ({ ...filters, cursor, limit: 200 }),
      initialPageParam: undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
      placeholderData: keepPreviousData,
      // Comparing thousands of rows one by one costs more than drawing the forty in sight.
      structuralSharing: false,
    }),
  )
  return { query, ...usePages(query) }
}

/** Says how far an import is, or that one waits to be started. */
function ImportButton({ onPress }: { onPress: () => void }) {
  const current = useCurrentImport()
  const progress = useImportProgress()
  const position = progress && `${formatCount(progress.done)} of ${formatCount(progress.entries.length)}`
  return (
    <Button icon={<FolderInput aria-hidden />} onPress={onPress}>
      {position ? `Import: ${position}` : current ? 'Import: to review' : 'Import…'}
    </Button>
  )
}

function NobodyFits({ onReset }: { onReset: () => void }) {
  return (
    <EmptyState
      icon={<SearchX />}
      title="No celebrity fits these filters"
      actions={<Button onPress={onReset}>Clear the filters</Button>}
    >
      Search for a shorter part of the name, or clear the filters to see everybody.
    </EmptyState>
  )
}

function NobodyYet({ onAdd }: { onAdd: (() => void) | undefined }) {
  return (
    <EmptyState
      icon={<Star />}
      title="No celebrities yet"
      actions={
        onAdd && (
          <Button variant="primary" icon={<Plus aria-hidden />} onPress={onAdd}>
            Add celebrity
          </Button>
        )
      }
    >
      {onAdd
        ? 'Drop a photo or a folder here. Each is analysed, and people find the celebrities who look like them.'
        : 'A curator adds them. People then find the celebrities who look like them.'}
    </EmptyState>
  )
}
