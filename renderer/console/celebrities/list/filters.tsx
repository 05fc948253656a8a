import { celebrityStates } from '../../../../core/celebrities/contract'
import { FilterChips as Chips } from '../../../kit/filter-chips'
import { FiltersButton } from '../../../kit/filters-button'
import { SearchField } from '../../../kit/search-field'
import { Select } from '../../../kit/select'
import { facetOptions, filterWords, genderOptions } from '../filter-words'
import { activeFilters, fieldsOf, isNarrowed, moreFilters, noFilters, stateLabels } from '../search'
import { FilterForm } from './filter-form'
import { useFacets, useImportNames, type FiltersProps } from './use-facets'

/** What narrows the catalogue down, for the toolbar; everything stands in the address. */
export function Filters({ search, onChange }: FiltersProps) {
  const facets = useFacets().data
  return (
    <>
      <SearchField
        label="Search names and bios"
        value={search.search}
        onChange={(text) => onChange({ search: text })}
        className="max-w-56 min-w-32 grow"
      />
      <Select
        label="Category"
        anyLabel="Any"
        options={facetOptions(facets?.categories, search.category)}
        value={search.category}
        onChange={(category) => onChange({ category })}
      />
      <Select
        label="Gender"
        anyLabel="Any"
        options={genderOptions}
        value={search.gender}
        onChange={(gender) => onChange({ gender })}
      />
      <Select
        label="State"
        anyLabel="Any"
        options={celebrityStates.map((state) => ({ id: state, label: stateLabels[state].label }))}
        value={search.state}
        onChange={(state) => onChange({ state })}
      />
      <MoreFilters search={search} onChange={onChange} />
    </>
  )
}

function MoreFilters({ search, onChange }: FiltersProps) {
  const active = activeFilters(search).length
  const cleared = Object.fromEntries(moreFilters.flatMap(fieldsOf).map((field) => [field, undefined]))
  return (
    <FiltersButton active={active} onClear={() => onChange(cleared)}>
      <FilterForm search={search} onChange={onChange} />
    </FiltersButton>
  )
}

/** What narrows the list beside the toolbar. */
export function FilterChips({ search, onChange }: FiltersProps) {
  const imports = useImportNames()
  if (!isNarrowed(search)) return null
  const importName = imports.find(({ id }) => id === search.import)?.name
  return (
    <Chips
      filters={activeFilters(search)}
      wordsOf={(filter) => filterWords(search, filter, importName)}
      onTakeBack={(filter) =>
        onChange(Object.fromEntries(fieldsOf(filter).map((field) => [field, undefined])))
      }
      onClear={() => onChange(noFilters)}
    />
  )
}
