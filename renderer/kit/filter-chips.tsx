import { X } from 'lucide-react'
import { Button as AriaButton } from 'react-aria-components'
import { Button } from './button'

interface FilterChipsProps<Filter extends string> {
  filters: readonly Filter[]
  /** What a filter asks for, in words. */
  wordsOf: (filter: Filter) => string
  onTakeBack: (filter: Filter) => void
  onClear: () => void
}

/** What narrows a list beside its toolbar, each with a way to take it back, and one for all of them. */
export function FilterChips<Filter extends string>({
  filters,
  wordsOf,
  onTakeBack,
  onClear,
}: FilterChipsProps<Filter>) {
  return (
    <div
      role="group"
      aria-label="Filters in use"
      className="flex flex-wrap items-center gap-1.5 border-b px-4 py-1.5"
    >
      {filters.map((filter) => {
        const words = wordsOf(filter)
        return (
          <span
            key={filter}
            className="inline-flex h-6 max-w-72 items-center gap-1 rounded-md bg-active pr-0.5 pl-2 text-sm text-ink-2"
          >
            <span className="truncate">{words}</span>
            <AriaButton
              aria-label={`Take back: ${words}`}
              onPress={() => onTakeBack(filter)}
              className="flex size-5 shrink-0 items-center justify-center rounded-sm data-hovered:text-ink"
            >
              <X className="size-3" aria-hidden />
            </AriaButton>
          </span>
        )
      })}
      <Button size="sm" variant="ghost" className="first:-ml-2" onPress={onClear}>
        Clear all filters
      </Button>
    </div>
  )
}
