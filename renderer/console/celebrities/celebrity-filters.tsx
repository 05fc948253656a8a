import { useQuery } from '@tanstack/react-query'
import { celebrityStates } from '../../../core/celebrities/contract'
import { formatLabel } from '../../kit/format'
import { SearchField } from '../../kit/search-field'
import { Select } from '../../kit/select'
import { useApi } from '../../rpc/connection'
import { stateLabels, type CelebritySearch } from './search'

const genders = [
  { id: 'female', label: 'Female' },
  { id: 'male', label: 'Male' },
] as const

const sorts = [
  { id: 'name', label: 'Name' },
  { id: 'newest', label: 'Newest' },
  { id: 'quality', label: 'Best quality' },
] as const

/** What narrows the catalogue down; everything stands in the URL. */
export function CelebrityFilters({
  filters,
  onChange,
}: {
  filters: CelebritySearch
  onChange: (change: Partial<CelebritySearch>) => void
}) {
  const categories = useQuery(useApi().celebrities.categories.queryOptions()).data ?? []
  return (
    <>
      <SearchField
        label="Search names"
        value={filters.search}
        onChange={(search) => onChange({ search })}
        className="max-w-40 min-w-24 shrink-[3]"
      />
      <Select
        label="Category"
        anyLabel="Any"
        options={categories.map((category) => ({ id: category, label: formatLabel(category) }))}
        value={filters.category}
        onChange={(category) => onChange({ category })}
      />
      <Select
        label="Gender"
        anyLabel="Any"
        options={genders}
        value={filters.gender}
        onChange={(gender) => onChange({ gender })}
      />
      <Select
        label="State"
        anyLabel="Any"
        options={celebrityStates.map((state) => ({ id: state, label: stateLabels[state].label }))}
        value={filters.state}
        onChange={(state) => onChange({ state })}
      />
      <Select label="Sort" options={sorts} value={filters.sort} onChange={(sort) => onChange({ sort })} />
    </>
  )
}
