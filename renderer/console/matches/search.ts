import { z } from 'zod'
import { connectionStatuses, matchSorts, type MatchFilters } from '../../../core/matching/contract-list'
import { factorNames, type FactorName } from '../../../core/model/weights'

const share = z.number().min(0).max(1).optional()
/** A day of the reader's calendar. */
const day = z.iso.date().optional()

export const likedChoices = ['none', 'one', 'both'] as const
export const connectionChoices = ['none', ...connectionStatuses] as const

/** For pairs whose two sides are of two models, or of none that is known. */
export const noModel = 'none'

/** What the address of the screen holds. */
export const searchSchema = z.object({
  search: z.string().max(200).optional(),
  school: z.string().max(200).optional(),
  min_score: share,
  max_score: share,
  min_embedding: share,
  max_embedding: share,
  min_geometry: share,
  max_geometry: share,
  min_age: share,
  max_age: share,
  min_symmetry: share,
  max_symmetry: share,
  min_skin_tone: share,
  max_skin_tone: share,
  min_expression: share,
  max_expression: share,
  /** Of the lower quality of both sides. */
  min_quality: share,
  max_quality: share,
  /** Found on this day or later… */
  from: day,
  /** …and on this day or earlier. */
  until: day,
  liked: z.enum(likedChoices).optional(),
  viewed: z.boolean().optional(),
  connection: z.enum(connectionChoices).optional(),
  /** Of the embeddings; {@link noModel}. */
  model: z.string().max(300).optional(),
  sort: z.enum(matchSorts).default('score'),
  direction: z.enum(['asc', 'desc']).default('desc'),
  /** The match in the detail pane… */
  id: z.uuid().optional(),
  /** …or the pair of a face and a celebrity. */
  lookalike: z.uuid().optional(),
  /** The pair has the whole width, and the list waits behind it. */
  wide: z.boolean().optional(),
})
export type MatchSearch = z.infer<typeof searchSchema>

/** Filters that stand behind "Filters", in its order; the others stand in the toolbar. */
export const moreFilters = [
  'quality',
  ...factorNames,
  'found',
  'liked',
  'viewed',
  'connection',
  'model',
] as const
export type MoreFilter = (typeof moreFilters)[number]

type FilterField = Exclude<keyof MatchSearch, 'id' | 'lookalike' | 'wide' | 'sort' | 'direction'>

/** The fields of the address that a filter is made of. */
export function fieldsOf(filter: MoreFilter): FilterField[] {
  if (filter === 'found') return ['from', 'until']
  if (filter === 'liked' || filter === 'viewed' || filter === 'connection' || filter === 'model')
    return [filter]
  return [`min_${filter}`, `max_${filter}`]
}

/** The filters behind "Filters" that narrow the list now. */
export function activeFilters(search: MatchSearch): MoreFilter[] {
  return moreFilters.filter((filter) => fieldsOf(filter).some((field) => search[field] !== undefined))
}

/** Takes every filter out of the address; the order and what is selected stay. */
export const noFilters: Partial<MatchSearch> = Object.fromEntries(
  [
    ...(['search', 'school', 'min_score', 'max_score'] as const),
    ...moreFilters.flatMap((filter) => fieldsOf(filter)),
  ].map((field) => [field, undefined]),
)

/** Whether anything narrows the list. */
export function isNarrowed(search: MatchSearch): boolean {
  return Object.keys(noFilters).some((field) => search[field as FilterField] !== undefined)
}

/** The address as the host takes it. Days begin and end at midnight of the reader. */
export function filtersOf(search: MatchSearch): MatchFilters {
  const factors: MatchFilters['factors'] = {}
  for (const name of factorNames) {
    const range = rangeOf(search, name)
    if (range.min !== undefined || range.max !== undefined) factors[name] = range
  }
  const { from, until, model } = search
  return given({
    search: search.search,
    school: search.school,
    min_score: search.min_score,
    max_score: search.max_score,
    min_quality: search.min_quality,
    max_quality: search.max_quality,
    liked: search.liked,
    viewed: search.viewed,
    connection: search.connection,
    factors: Object.keys(factors).length > 0 ? factors : undefined,
    from: from === undefined ? undefined : midnight(from, 0),
    to: until === undefined ? undefined : midnight(until, 1),
    embedding_model: model === noModel ? null : model,
  })
}

/** The ends of a factor's or the quality's range; undefined is open. */
export function rangeOf(search: MatchSearch, name: FactorName | 'quality' | 'score') {
  return given({ min: search[`min_${name}`], max: search[`max_${name}`] })
}

function midnight(text: string, daysLater: number): Date {
  const [year, month, date] = text.split('-').map(Number)
  return new Date(year, month - 1, date + daysLater)
}

/** Without the fields that are undefined, so that equal filters are equal keys of a cache. */
function given<T extends object>(fields: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>
  }
}
