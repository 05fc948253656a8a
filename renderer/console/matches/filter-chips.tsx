import { FilterChips as Chips } from '../../kit/filter-chips'
import { filterWords } from './filter-words'
import type { FiltersProps } from './more-filters'
import { activeFilters, fieldsOf, isNarrowed, noFilters } from './search'

/** What narrows the list beside the toolbar. */
export function FilterChips({ filters, onChange }: FiltersProps) {
  if (!isNarrowed(filters)) return null
  return (
    <Chips
      filters={activeFilters(filters)}
      wordsOf={(filter) => filterWords(filters, filter)}
      onTakeBack={(filter) =>
        onChange(Object.fromEntries(fieldsOf(filter).map((field) => [field, undefined])))
      }
      onClear={() => onChange(noFilters)}
    />
  )
}
