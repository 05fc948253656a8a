import { SlidersHorizontal, X } from 'lucide-react'
import { Button as AriaButton, Dialog, DialogTrigger } from 'react-aria-components'
import { celebrityStates } from '../../../../core/celebrities/contract'
import { Button } from '../../../kit/button'
import { Popover } from '../../../kit/popover'
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
    <DialogTrigger>
      <Button icon={<SlidersHorizontal aria-hidden />}>
        Filters
        {active > 0 && (
          <span className="rounded-sm bg-accent-soft px-1 text-sm text-accent-ink">
            {active}
            <span className="sr-only"> in use</span>
          </span>
        )}
      </Button>
      <Popover placement="bottom start" className="w-104 max-w-[92vw]">
        <Dialog aria-label="Filters" className="flex flex-col gap-4 p-2 outline-none">
          <FilterForm search={search} onChange={onChange} />
          <Button size="sm" className="self-end" isDisabled={active === 0} onPress={() => onChange(cleared)}>
            Clear these filters
          </Button>
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}

/** What narrows the list beside the toolbar, each with a way to take it back, and one for all of them. */
export function FilterChips({ search, onChange }: FiltersProps) {
  const active = activeFilters(search)
  const imports = useImportNames()
  if (!isNarrowed(search)) return null
  const importName = imports.find(({ id }) => id === search.import)?.name
  return (
    <div
      role="group"
      aria-label="Filters in use"
      className="flex flex-wrap items-center gap-1.5 border-b px-4 py-1.5"
    >
      {active.map((filter) => {
        const words = filterWords(search, filter, importName)
        return (
          <span
            key={filter}
            className="inline-flex h-6 max-w-72 items-center gap-1 rounded-md bg-active pr-0.5 pl-2 text-sm text-ink-2"
          >
            <span className="truncate">{words}</span>
            <AriaButton
              aria-label={`Take back: ${words}`}
              onPress={() =>
                onChange(Object.fromEntries(fieldsOf(filter).map((field) => [field, undefined])))
              }
              className="flex size-5 shrink-0 items-center justify-center rounded-sm data-hovered:text-ink"
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
