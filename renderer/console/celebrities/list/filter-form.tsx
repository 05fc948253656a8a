import { skinTones } from '../../../../core/celebrities/contract-curation'
import { missingFields } from '../../../../core/celebrities/contract-filter'
import { FilterChoice } from '../../../kit/filter-choice'
import { formatCount, formatLabel, formatNumber } from '../../../kit/format'
import { RangeSlider } from '../../../kit/range-slider'
import { facetOptions, missingWords, packOf } from '../filter-words'
import { useFacets, useImportNames, type FiltersProps } from './use-facets'

/** The filters that the toolbar has no room for. */
export function FilterForm({ search, onChange }: FiltersProps) {
  const facets = useFacets().data
  return (
    <>
      <div className="flex flex-col">
        <RangeSlider
          label="Age"
          max={100}
          digits={0}
          range={{ min: search.age_from, max: search.age_to }}
          onChange={({ min, max }) => onChange({ age_from: min, age_to: max })}
          autoFocus
        />
        <RangeSlider
          label="Quality"
          range={{ min: search.quality_from, max: search.quality_to }}
          onChange={({ min, max }) => onChange({ quality_from: min, quality_to: max })}
        />
        {facets && <QualityWords deciles={facets.quality_deciles} />}
      </div>
      <Choices search={search} onChange={onChange} />
    </>
  )
}

/** Where the gallery's qualities lie, so that an end of the range is no guess. */
function QualityWords({ deciles }: { deciles: readonly number[] }) {
  const [low, middle, high] = [deciles[0], deciles[4], deciles[8]]
  if (low === undefined || middle === undefined || high === undefined) return null
  return (
    <p className="text-sm text-pretty text-ink-3">
      One in ten is below {formatNumber(low)}, half are below {formatNumber(middle)}, one in ten is above{' '}
      {formatNumber(high)}.
    </p>
  )
}

const skinToneOptions = skinTones.map((id) => ({ id, label: formatLabel(id) }))

function Choices({ search, onChange }: FiltersProps) {
  const facets = useFacets().data
  const imports = useImportNames()
  return (
    <div className="grid grid-cols-2 gap-x-3 gap-y-2">
      <FilterChoice
        label="Expression"
        options={facetOptions(facets?.expressions, search.expression)}
        value={search.expression}
        onChange={(expression) => onChange({ expression })}
      />
      <FilterChoice
        label="Skin tone"
        options={skinToneOptions}
        value={search.skin_tone}
        onChange={(skin_tone) => onChange({ skin_tone })}
      />
      <FilterChoice
        label="Without"
        anyLabel="Anything missing or not"
        options={missingFields.map((id) => ({
          id,
          label: missingWords[id],
          ...(facets && { hint: formatCount(facets.missing[id]) }),
        }))}
        value={search.missing}
        onChange={(missing) => onChange({ missing })}
      />
      <FilterChoice
        label="Licence"
        options={facetOptions(facets?.licences, search.licence, (licence) => licence)}
        value={search.licence}
        onChange={(licence) => onChange({ licence })}
      />
      <FilterChoice
        label="Model"
        options={facetOptions(facets?.models, search.model, packOf)}
        value={search.model}
        onChange={(model) => onChange({ model })}
      />
      <FilterChoice
        label="Import"
        options={imports.map(({ id, name, celebrities }) => ({
          id,
          label: name,
          hint: formatCount(celebrities),
        }))}
        value={search.import}
        onChange={(id) => onChange({ import: id })}
      />
    </div>
  )
}
