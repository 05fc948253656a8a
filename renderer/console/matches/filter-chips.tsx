import { X } from 'lucide-react'
import { Button as AriaButton } from 'react-aria-components'
import { Button } from '../../kit/button'
import { filterWords } from './filter-words'
import type { FiltersProps } from './more-filters'
import { activeFilters, fieldsOf, isNarrowed, noFilters } from './search'

/** What narrows the list beside the toolbar, each with a way to take it back, and one for all of them. */
export function FilterChips({ filters, onChange }: FiltersProps) {
  const active = activeFilters(filters)
  if (!isNarrowed(filters)) return null
  return (
    <div
      role="group"
      aria-label="Filters in use"
      className="flex flex-wrap items-center gap-1.5 border-b px-4 py-1.5"
    >
      {active.map((filter) => {
        const words = filterWords(filters, filter)
        return (
          <span
            key={filter}
            className="inline-flex h-6 items-center gap-1 rounded-md bg-active pr-0.5 pl-2 text-sm text-ink-2"
          >
            {words}
            <AriaButton
              aria-label={`Take back: ${words}`}
              onPress={() =>
                onChange(Object.fromEntries(fieldsOf(filter).map((field) => [field, undefined])))
              }
              className="flex size-5 items-center justify-center rounded-sm data-hovered:text-ink"
            >
              <X className="size-3" aria-hidden />
            </AriaButton>
          </span>
        )
      })}
      <Button size="sm" variant="ghost" onPress={() => onChange(noFilters)}>
        Clear all filters
      </Button>
    </div>
  )
}
