import { useQuery } from '@tanstack/react-query'
import { SearchField } from '../../kit/search-field'
import { formatCount } from '../../kit/format'
import { Select } from '../../kit/select'
import { useApi } from '../../rpc/connection'
import { type FiltersProps, MoreFilters } from './more-filters'
import { ScoreRange } from './score-range'

/** What narrows the matches down; everything stands in the URL. */
export function MatchFilters({ filters, onChange }: FiltersProps) {
  const schools = useQuery(useApi().accounts.schools.queryOptions()).data ?? []
  return (
    <>
      <SearchField
        label="Search names"
        className="w-48"
        value={filters.search}
        onChange={(search) => onChange({ search })}
      />
      <Select
        label="School"
        anyLabel="Any"
        className="max-w-52"
        options={schools.map(({ school, people }) => ({
          id: school,
          label: school,
          hint: formatCount(people),
        }))}
        value={filters.school}
        onChange={(school) => onChange({ school })}
      />
      <ScoreRange
        range={{ min: filters.min_score, max: filters.max_score }}
        onChange={({ min, max }) => onChange({ min_score: min, max_score: max })}
      />
      <MoreFilters filters={filters} onChange={onChange} />
    </>
  )
}
