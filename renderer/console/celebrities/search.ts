import { z } from 'zod'
import { celebrityStates, type CelebritySummary } from '../../../core/celebrities/contract'
import { skinTones } from '../../../core/celebrities/contract-curation'
import { missingFields, type CelebrityFilter } from '../../../core/celebrities/contract-filter'
import { detectedGenderSchema, expressionSchema } from '../../../core/model/face'
import type { Tone } from '../../kit/tone'

export const tabs = ['catalogue', 'coverage', 'outliers', 'trash'] as const
export type Tab = (typeof tabs)[number]

export const outlierKinds = ['alike', 'unlike', 'quality'] as const
export type OutlierKind = (typeof outlierKinds)[number]

export const sorts = ['name', 'newest', 'quality', 'age'] as const
export type CatalogueSort = (typeof sorts)[number]

const years = z.number().int().min(0).max(150).optional()
const share = z.number().min(0).max(1).optional()

/** What the address of the screen holds. */
export const searchSchema = z.object({
  tab: z.enum(tabs).default('catalogue'),
  view: z.enum(['grid', 'table']).default('grid'),
  search: z.string().max(200).optional(),
  category: z.string().max(100).optional(),
  gender: detectedGenderSchema.optional(),
  state: z.enum(celebrityStates).optional(),
  age_from: years,
  age_to: years,
  expression: expressionSchema.optional(),
  quality_from: share,
  quality_to: share,
  missing: z.enum(missingFields).optional(),
  licence: z.string().max(500).optional(),
  model: z.string().max(200).optional(),
  import: z.uuid().optional(),
  skin_tone: z.enum(skinTones).optional(),
  sort: z.enum(sorts).default('name'),
  /** Without it, each sort's own. */
  direction: z.enum(['asc', 'desc']).optional(),
  /** The celebrity in the detail pane. */
  id: z.uuid().optional(),
  /** Which outliers are looked at. */
  kind: z.enum(outlierKinds).default('alike'),
  /** What the trash is searched for. */
  in_trash: z.string().max(200).optional(),
})
export type CelebritySearch = z.infer<typeof searchSchema>
export type SetSearch = (change: Partial<CelebritySearch>) => void

/** Filters that stand behind "Filters", in its order; the others stand in the toolbar. */
export const moreFilters = [
  'age',
  'quality',
  'expression',
  'skin_tone',
  'missing',
  'licence',
  'model',
  'import',
] as const
export type MoreFilter = (typeof moreFilters)[number]
type FilterField =
  | 'search'
  | 'category'
  | 'gender'
  | 'state'
  | 'age_from'
  | 'age_to'
  | 'quality_from'
  | 'quality_to'
  | Exclude<MoreFilter, 'age' | 'quality'>

/** The fields of the address that a filter is made of. */
export function fieldsOf(filter: MoreFilter): FilterField[] {
  if (filter === 'age') return ['age_from', 'age_to']
  if (filter === 'quality') return ['quality_from', 'quality_to']
  return [filter]
}

const filterFields: readonly FilterField[] = [
  ...(['search', 'category', 'gender', 'state'] as const),
  ...moreFilters.flatMap(fieldsOf),
]

/** The filters behind "Filters" that narrow the list now. */
export function activeFilters(search: CelebritySearch): MoreFilter[] {
  return moreFilters.filter((filter) => fieldsOf(filter).some((field) => search[field] !== undefined))
}

/** Takes every filter out of the address; the order, the view and who is selected stay. */
export const noFilters: Partial<CelebritySearch> = Object.fromEntries(
  filterFields.map((field) => [field, undefined]),
)

/** Whether anything narrows the list. */
export function isNarrowed(search: CelebritySearch): boolean {
  return filterFields.some((field) => search[field] !== undefined)
}

/** The address as the host takes it; fields that are not there are left out, so that equal filters are equal keys. */
export function filterOf(search: CelebritySearch): CelebrityFilter {
  const own = filterFields.filter((field) => field !== 'model' && field !== 'import')
  const fields: Record<string, unknown> = {
    ...Object.fromEntries(own.map((field) => [field, search[field]])),
    embedding_model: search.model,
    import_id: search.import,
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/** The order that a sort has by itself: names from A, the youngest, the newest and the best first. */
export const usualDirection: Record<CatalogueSort, 'asc' | 'desc'> = {
  name: 'asc',
  newest: 'desc',
  quality: 'desc',
  age: 'asc',
}

/** Another column sorts in its usual order; the same one again in the other. */
export function sortBy(
  { sort, direction }: Pick<CelebritySearch, 'sort' | 'direction'>,
  by: CatalogueSort,
): Pick<CelebritySearch, 'sort' | 'direction'> {
  if (sort !== by) return { sort: by, direction: undefined }
  const isUsual = (direction ?? usualDirection[by]) === usualDirection[by]
  return { sort: by, direction: isUsual ? opposite[usualDirection[by]] : undefined }
}

const opposite = { asc: 'desc', desc: 'asc' } as const

/** How a state is called and coloured. */
export const stateLabels: Record<CelebritySummary['state'], { label: string; tone: Tone }> = {
  waiting: { label: 'Waiting', tone: 'neutral' },
  analyzing: { label: 'Analysing', tone: 'info' },
  ready: { label: 'Ready', tone: 'good' },
  failed: { label: 'Failed', tone: 'bad' },
}
