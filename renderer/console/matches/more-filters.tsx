import { useQuery } from '@tanstack/react-query'
import { factorNames } from '../../../core/model/weights'
import { FilterChoice } from '../../kit/filter-choice'
import { factorLabels } from '../../kit/face/factor-words'
import { formatCount } from '../../kit/format'
import { FiltersButton } from '../../kit/filters-button'
import { Section } from '../../kit/section'
import { useApi } from '../../rpc/connection'
import { useMe } from '../shell/me'
import { DayField } from './day-field'
import { connectionWords, likedWords, viewedWords } from './filter-words'
import { modelName } from './model-name'
import { RangeSlider } from '../../kit/range-slider'
import {
  activeFilters,
  connectionChoices,
  fieldsOf,
  likedChoices,
  type MatchSearch,
  moreFilters,
  noModel,
  rangeOf,
} from './search'

export interface FiltersProps {
  filters: MatchSearch
  onChange: (change: Partial<MatchSearch>) => void
}

/** The filters that the toolbar has no room for. */
export function MoreFilters(props: FiltersProps) {
  const active = activeFilters(props.filters).length
  const cleared = Object.fromEntries(moreFilters.flatMap(fieldsOf).map((field) => [field, undefined]))
  return (
    <FiltersButton active={active} onClear={() => props.onChange(cleared)}>
      <Ranges {...props} />
      <Choices {...props} />
    </FiltersButton>
  )
}

function Ranges({ filters, onChange }: FiltersProps) {
  return (
    <Section title="Factors and quality" aside="0 to 1">
      <div className="flex flex-col">
        {factorNames.map((name, place) => (
          <RangeSlider
            key={name}
            label={factorLabels[name]}
            range={{ min: undefined, max: undefined, ...rangeOf(filters, name) }}
            onChange={({ min, max }) => onChange({ [`min_${name}`]: min, [`max_${name}`]: max })}
            autoFocus={place === 0}
          />
        ))}
        <RangeSlider
          label="Lower quality"
          range={{ min: filters.min_quality, max: filters.max_quality }}
          onChange={({ min, max }) => onChange({ min_quality: min, max_quality: max })}
        />
      </div>
    </Section>
  )
}

function Choices({ filters, onChange }: FiltersProps) {
  const { role } = useMe()
  const models = useQuery(useApi().matching.models.queryOptions()).data ?? []
  return (
    <div className="grid grid-cols-2 gap-x-3 gap-y-2">
      <DayField label="Found from" value={filters.from} onChange={(from) => onChange({ from })} />
      <DayField label="Found until" value={filters.until} onChange={(until) => onChange({ until })} />
      <FilterChoice
        label="Liked"
        options={likedChoices.map((id) => ({ id, label: likedWords[id] }))}
        value={filters.liked}
        onChange={(liked) => onChange({ liked })}
      />
      <FilterChoice
        label="Viewed"
        options={(['true', 'false'] as const).map((id) => ({ id, label: viewedWords[id] }))}
        value={filters.viewed === undefined ? undefined : filters.viewed ? 'true' : 'false'}
        onChange={(viewed) => onChange({ viewed: viewed === undefined ? undefined : viewed === 'true' })}
      />
      {role !== 'curator' && (
        <FilterChoice
          label="Connection"
          options={connectionChoices.map((id) => ({ id, label: connectionWords[id] }))}
          value={filters.connection}
          onChange={(connection) => onChange({ connection })}
        />
      )}
      <FilterChoice
        label="Embedding model"
        options={models.map(({ embedding_model: model, matches }) => ({
          id: model ?? noModel,
          label: modelName(model),
          hint: formatCount(matches),
        }))}
        value={filters.model}
        onChange={(model) => onChange({ model })}
      />
    </div>
  )
}
