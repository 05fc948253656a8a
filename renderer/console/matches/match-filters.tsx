import { useQuery } from '@tanstack/react-query'
import { SearchField } from '../../kit/search-field'
import { formatCount } from '../../kit/format'
import { Select } from '../../kit/select'
import { useApi } from '../../rpc/connection'
import { ScoreRange } from './score-range'
import type { MatchSearch } from './search'

/** What narrows the matches down; everything stands in the URL. */
export function MatchFilters({
  filters,
  onChange,
}: {
  filters: MatchSearch
  onChange: (change: Partial<MatchSearch>) => void
}) {
  const schools = useQuery(useApi().accounts.schools.queryOptions()).data ?? []
  return (
    <>
      <SearchField label="Search names" value={filters.search} onChange={(search) => onChange({ search })} />
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
      <ScoreRange
        min={filters.min_score}
        max={filters.max_score}
        onChange={({ min, max }) => onChange({ min_score: min, max_score: max })}
      />
      <Select
        label="Sort"
        options={[
          { id: 'score', label: 'Highest score' },
          { id: 'newest', label: 'Newest' },
        ]}
        value={filters.sort}
        onChange={(sort) => onChange({ sort })}
      />
    </>
  )
}
