import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Blend, LayoutGrid, List, UsersRound, SearchX } from 'lucide-react'
import { z } from 'zod'
import type { PersonSummary } from '../../../core/accounts/contract'
import { Button } from '../../kit/button'
import { CardGrid } from '../../kit/card-grid'
import { EmptyState } from '../../kit/empty-state'
import { formatAmount, formatCount } from '../../kit/format'
import { Page } from '../../kit/page'
import { SearchField } from '../../kit/search-field'
import { Segmented } from '../../kit/segmented'
import { Select } from '../../kit/select'
import { SkeletonCards, SkeletonRows } from '../../kit/skeleton'
import { Thumbnail } from '../../kit/thumbnail'
import { useApi } from '../../rpc/connection'
import { ListStates } from '../lists/list-states'
import { usePages } from '../lists/use-pages'
import { useFilters } from '../shell/use-filters'
import { PeopleTable } from './people-table'
import { PersonDetail } from './person-detail'

/** What the address of the screen holds. */
export const searchSchema = z.object({
  search: z.string().max(200).optional(),
  school: z.string().optional(),
  view: z.enum(['list', 'grid']).default('list'),
  /** The person in the detail pane. */
  id: z.uuid().optional(),
})
type PeopleSearch = z.infer<typeof searchSchema>

/** The people: a list or a grid, and beside it who is selected. */
export function Screen() {
  const [filters, setFilters] = useFilters(searchSchema)
  const { id: selectedId, view, search, school } = filters
  const people = usePeople(filters)
  const { items, total, onEndReached } = people
  const listProps = {
    items,
    selectedId,
    onSelect: (person: PersonSummary) => setFilters({ id: person.id }),
    onEndReached,
  }
  const isNarrowed = search !== undefined || school !== undefined
  return (
    <Page
      title="People"
      count={total === undefined ? undefined : formatCount(total)}
      filters={<PeopleFilters filters={filters} onChange={setFilters} />}
      detail={
        selectedId && (
          <PersonDetail
            key={selectedId}
            id={selectedId}
            summary={items.find((person) => person.id === selectedId)}
            onClose={() => setFilters({ id: undefined })}
          />
        )
      }
    >
      <ListStates
        query={people.query}
        errorTitle="The people could not be loaded"
        skeleton={
          view === 'grid' ? <SkeletonCards label="Loading people" /> : <SkeletonRows label="Loading people" />
        }
        isEmpty={items.length === 0}
        empty={
          isNarrowed ? (
            <NobodyFits onReset={() => setFilters({ search: undefined, school: undefined })} />
          ) : (
            <NobodyYet />
          )
        }
      >
        {view === 'grid' ? <PeopleGrid {...listProps} /> : <PeopleTable {...listProps} total={total} />}
      </ListStates>
    </Page>
  )
}

function usePeople({ search, school }: PeopleSearch) {
  const api = useApi()
  const query = useInfiniteQuery(
    api.accounts.list.infiniteOptions({
      input: (cursor: string | undefined) => ({ search, school, cursor, limit: 200 }),
      initialPageParam: undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
      placeholderData: keepPreviousData,
      structuralSharing: false,
    }),
  )
  return { query, ...usePages(query) }
}

function PeopleFilters({
  filters,
  onChange,
}: {
  filters: PeopleSearch
  onChange: (change: Partial<PeopleSearch>) => void
}) {
  const schools = useQuery(useApi().accounts.schools.queryOptions()).data ?? []
  return (
    <>
      <SearchField
        label="Search names and e-mail"
        value={filters.search}
        onChange={(search) => onChange({ search })}
      />
      <Select
        label="School"
        anyLabel="Any"
        options={schools.map(({ school, people }) => ({
          id: school,
          label: school,
          hint: formatCount(people),
        }))}
        value={filters.school}
        onChange={(school) => onChange({ school })}
      />
      <span className="grow" />
      <Segmented
        label="View"
        options={[
          { id: 'list', label: 'List', icon: <List aria-hidden /> },
          { id: 'grid', label: 'Grid', icon: <LayoutGrid aria-hidden /> },
        ]}
        value={filters.view}
        onChange={(view) => onChange({ view })}
      />
    </>
  )
}

function PeopleGrid({
  items,
  selectedId,
  onSelect,
  onEndReached,
}: {
  items: readonly PersonSummary[]
  selectedId: string | undefined
  onSelect: (person: PersonSummary) => void
  onEndReached: () => void
}) {
  return (
    <CardGrid
      label="People"
      items={items}
      getKey={(person) => person.id}
      renderCard={(person) => (
        <>
          <Thumbnail src={person.thumbnail_url} name={person.name} size="fill" className="rounded-b-none" />
          <span className="flex min-h-0 grow flex-col justify-center px-2.5">
            <span className="truncate font-medium">{person.name ?? 'Unnamed person'}</span>
            <span className="flex items-center gap-2 text-sm text-ink-3">
              <span className="min-w-0 grow truncate">{person.school ?? 'No school'}</span>
              <span
                className="flex shrink-0 items-center gap-1"
                title={formatAmount(person.matches, 'match', 'matches')}
              >
                <Blend className="size-3" aria-hidden />
                {formatCount(person.matches)}
                <span className="sr-only">{person.matches === 1 ? 'match' : 'matches'}</span>
              </span>
            </span>
          </span>
        </>
      )}
      selectedKey={selectedId}
      onSelect={onSelect}
      onEndReached={onEndReached}
    />
  )
}

function NobodyFits({ onReset }: { onReset: () => void }) {
  return (
    <EmptyState
      icon={<SearchX />}
      title="Nobody fits these filters"
      actions={<Button onPress={onReset}>Clear the filters</Button>}
    >
      Search for a shorter part of the name or address, or look in every school.
    </EmptyState>
  )
}

function NobodyYet() {
  return (
    <EmptyState icon={<UsersRound />} title="No people yet">
      People appear here when they sign up. To see Semblance at work first, load the sample people on the
      Overview screen.
    </EmptyState>
  )
}
