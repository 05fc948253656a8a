import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Blend, SearchX } from 'lucide-react'
import { useEffect } from 'react'
import type { MatchSummary } from '../../../core/matching/contract'
import { Button } from '../../kit/button'
import { EmptyState } from '../../kit/empty-state'
import { formatCount } from '../../kit/format'
import { Page } from '../../kit/page'
import { SkeletonRows } from '../../kit/skeleton'
import { useApi, useConnection } from '../../rpc/connection'
import { ListStates } from '../lists/list-states'
import { usePages } from '../lists/use-pages'
import { useFilters } from '../shell/use-filters'
import { MatchFilters } from './match-filters'
import { MatchTable } from './match-table'
import { LookalikeDetail, MatchDetail } from './pair-detail'
import { searchSchema, type MatchSearch } from './search'

export { searchSchema }

const noFilters = { search: undefined, school: undefined, min_score: undefined, max_score: undefined }

/** The matches that were found, and the selected pair seen through. */
export function Screen() {
  const [filters, setFilters] = useFilters(searchSchema)
  const { id: selectedId, lookalike, sort: _sort, ...narrowing } = filters
  const matches = useMatches(filters)
  const { items, total } = matches
  const close = () => setFilters({ id: undefined, lookalike: undefined })
  const isNarrowed = Object.values(narrowing).some((value) => value !== undefined)
  usePrefetchedNeighbours(items, selectedId)
  return (
    <Page
      title="Matches"
      count={total === undefined ? undefined : formatCount(total)}
      filters={<MatchFilters filters={filters} onChange={setFilters} />}
      detail={
        lookalike ? (
          <LookalikeDetail id={lookalike} onClose={close} />
        ) : (
          selectedId && (
            <MatchDetail
              id={selectedId}
              summary={items.find((match) => match.id === selectedId)}
              onClose={close}
            />
          )
        )
      }
    >
      <ListStates
        query={matches.query}
        errorTitle="The matches could not be loaded"
        skeleton={<SkeletonRows label="Loading matches" />}
        isEmpty={items.length === 0}
        empty={isNarrowed ? <NothingFits onReset={() => setFilters(noFilters)} /> : <NothingYet />}
      >
        <MatchTable
          items={items}
          total={total}
          selectedId={lookalike ? undefined : selectedId}
          isBesideDetail={selectedId !== undefined || lookalike !== undefined}
          onSelect={(match) => setFilters({ id: match.id, lookalike: undefined })}
          onEndReached={matches.onEndReached}
        />
      </ListStates>
    </Page>
  )
}

function useMatches({ id: _id, lookalike: _lookalike, ...filters }: MatchSearch) {
  const api = useApi()
  const query = useInfiniteQuery(
    api.matching.list.infiniteOptions({
      input: (cursor: string | undefined) => ({ ...filters, cursor, limit: 200 }),
      initialPageParam: undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
      placeholderData: keepPreviousData,
      structuralSharing: false,
    }),
  )
  return { query, ...usePages(query) }
}

/** Fetches the pairs before and after the selected one, so that walking does not wait. */
function usePrefetchedNeighbours(items: readonly MatchSummary[], selectedId: string | undefined) {
  const { api, queries } = useConnection()
  const index = items.findIndex((match) => match.id === selectedId)
  const before = index < 0 ? undefined : items[index - 1]?.id
  const after = index < 0 ? undefined : items[index + 1]?.id
  useEffect(() => {
    for (const id of [after, before]) {
      if (id) queries.query(api.matching.get.queryOptions({ input: { id } })).catch(() => undefined)
    }
  }, [api, queries, before, after])
}

function NothingFits({ onReset }: { onReset: () => void }) {
  return (
    <EmptyState
      icon={<SearchX />}
      title="No match fits these filters"
      actions={<Button onPress={onReset}>Clear the filters</Button>}
    >
      Widen the score range, search for a shorter part of a name, or look in every school.
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
