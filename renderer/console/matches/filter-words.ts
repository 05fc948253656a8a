import type { FactorName } from '../../../core/model/weights'
import { factorLabels } from '../../kit/face/factor-words'
import { modelName } from './model-name'
import { rangeWords } from '../../kit/range-words'
import {
  noModel,
  rangeOf,
  type connectionChoices,
  type likedChoices,
  type MatchSearch,
  type MoreFilter,
} from './search'

export const likedWords: Record<(typeof likedChoices)[number], string> = {
  none: 'By nobody',
  one: 'By one',
  both: 'By both',
}

export const viewedWords = { true: 'By one at least', false: 'By nobody' } as const

export const connectionWords: Record<(typeof connectionChoices)[number], string> = {
  none: 'None',
  active: 'Active',
  blocked: 'Blocked',
  archived: 'Archived',
}

/** A filter that is in use, as its chip reads: "Age ≥ 0.40", "Liked by both". */
export function filterWords(search: MatchSearch, filter: MoreFilter): string {
  const { from, until, liked, viewed, connection, model } = search
  switch (filter) {
    case 'found':
      return [from && `Found from ${from}`, until && `${from ? '' : 'Found '}until ${until}`]
        .filter(Boolean)
        .join(' ')
    case 'liked':
      return liked ? `Liked ${likedWords[liked].toLowerCase()}` : ''
    case 'viewed':
      return viewed === undefined ? '' : `Viewed ${viewedWords[viewed ? 'true' : 'false'].toLowerCase()}`
    case 'connection':
      return connection === 'none' ? 'No connection' : `Connection ${connection ?? ''}`
    case 'model':
      return `Model ${modelName(model === noModel ? null : (model ?? null))}`
    default:
      return `${rangeLabels[filter]} ${rangeWords({ min: undefined, max: undefined, ...rangeOf(search, filter) })}`
  }
}

const rangeLabels: Record<FactorName | 'quality', string> = { ...factorLabels, quality: 'Quality' }
