import type { CelebrityFilter } from '../../../core/celebrities/contract-filter'
import { formatLabel } from '../../kit/format'
import { rangeWords } from '../../kit/range-words'
import type { CelebritySearch, MoreFilter } from './search'

/** What a celebrity may lack, as a filter reads. */
export const missingWords: Record<NonNullable<CelebrityFilter['missing']>, string> = {
  bio: 'Bio',
  category: 'Category',
  gender: 'Gender',
  licence: 'Licence',
  source: 'Source',
  embedding: 'Analysis',
}

/** An embedding model (`pack/recogniser/alignment`) as people call it: by its pack. */
export function packOf(model: string): string {
  return model.split('/')[0] || model
}

/**
 * A filter that is in use, as its chip reads: "Age 18–24", "Without licence".
 * @param importName Of the import that is filtered by, where it is known.
 */
export function filterWords(search: CelebritySearch, filter: MoreFilter, importName?: string): string {
  switch (filter) {
    case 'age':
      return `Age ${rangeWords({ min: search.age_from, max: search.age_to }, 0)}`
    case 'quality':
      return `Quality ${rangeWords({ min: search.quality_from, max: search.quality_to })}`
    case 'expression':
      return `Expression ${search.expression ?? ''}`
    case 'skin_tone':
      return `Skin tone ${search.skin_tone ?? ''}`
    case 'missing':
      return search.missing ? `Without ${missingWords[search.missing].toLowerCase()}` : ''
    case 'licence':
      return `Licence ${search.licence ?? ''}`
    case 'model':
      return `Model ${packOf(search.model ?? '')}`
    case 'import':
      return `From the import ${importName ?? 'chosen'}`
  }
}

export const genderOptions = [
  { id: 'female', label: 'Female' },
  { id: 'male', label: 'Male' },
] as const

/** Values with how many have them, as the options of a choice. */
export function facetOptions<T extends string>(
  facets: readonly { value: T; celebrities: number }[] | undefined,
  chosen: T | undefined,
  label: (value: T) => string = formatLabel,
): { id: T; label: string; hint?: string }[] {
  const options = (facets ?? []).map(({ value, celebrities }) => ({
    id: value,
    label: label(value),
    hint: celebrities.toLocaleString('en'),
  }))
  // What a link asks for stands there, whether or not anybody has it.
  if (chosen !== undefined && options.every(({ id }) => id !== chosen)) {
    return [...options, { id: chosen, label: label(chosen) }]
  }
  return options
}
