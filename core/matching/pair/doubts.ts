import {
  lowWords,
  qualityComponentWords,
  weakComponents,
  type StoredQualityComponents,
} from '../../model/quality'
import type { FactorName } from '../../model/weights'
import type { Contribution, Doubt } from '../contract-pair'

/** Why a score is not to be relied on, of what is known of both sides. docs/matching.md gives each bound's reason. */

export interface DoubtedSide {
  name: string | null
  isAnalyzed: boolean
  analyzed_at: Date | null
  quality_score: number | null
  quality_components: StoredQualityComponents | null
  faces_found: number | null
  skin_tone_lab: unknown
  expression: string | null
  expression_confidence: number | null
}

export interface DoubtedPair {
  similarity_score: number
  current_score: number | null
  contributions: readonly Contribution[]
  /** `match_min_quality`. */
  leastQuality: number
  a: DoubtedSide
  b: DoubtedSide
}

/** A component under this spoils the embedding. */
const ruinousUnder = 20
/** Half of the default gate: below it two photos of one person often fail to match. */
const poorQuality = 0.3
/** Seven emotions: less than half for the likeliest is a guess. */
const sureExpression = 0.5
const oldAfterDays = 365
/** Scores are shown in hundredths. */
const noticeable = 0.005

const day = 86_400_000

/** High ones first, then in the order of the sides. */
export function doubtsOf(pair: DoubtedPair, now: Date): Doubt[] {
  const doubts = [
    ...doubtsOfPair(pair),
    ...doubtsOfSide('a', pair.a, pair.leastQuality, now),
    ...doubtsOfSide('b', pair.b, pair.leastQuality, now),
  ]
  return doubts.toSorted((x, y) => Number(y.severity === 'high') - Number(x.severity === 'high'))
}

function doubtsOfPair({ contributions, current_score, similarity_score, a, b }: DoubtedPair): Doubt[] {
  const doubts: Doubt[] = []
  const say = (code: Doubt['code'], severity: Doubt['severity'], because: string) =>
    void doubts.push({ side: 'pair', code, severity, because })
  const models = contributions.some(({ missing }) => missing === 'models')
  if (models) {
    say(
      'different_models',
      'high',
      'the two photos were analysed by different models, which can’t be compared',
    )
  } else if (current_score === null && a.isAnalyzed && b.isAnalyzed) {
    say('no_score', 'high', 'too little is known of both sides to compute it today')
  }
  if (current_score !== null && Math.abs(current_score - similarity_score) > noticeable) {
    const [stored, today] = [similarity_score.toFixed(2), current_score.toFixed(2)]
    say('stale_score', 'low', `it says ${stored}, but by today’s analyses and weights it is ${today}`)
  }
  for (const { factor, missing } of contributions) {
    if (missing === null || missing === 'models' || isSaidElsewhere(factor, a, b)) continue
    const whose = missing === 'both' ? 'either side' : nameOf(missing, missing === 'a' ? a : b)
    say(
      'missing_factor',
      'low',
      `${factorWords[factor]} is not known of ${whose}, so the other factors weigh more`,
    )
  }
  return doubts
}

/** Nothing is known of who is not analysed, and a grey photo has no skin tone: one doubt is enough. */
function isSaidElsewhere(factor: FactorName, a: DoubtedSide, b: DoubtedSide): boolean {
  if (!a.isAnalyzed || !b.isAnalyzed) return true
  return factor === 'skin_tone' && (isGrey(a) || isGrey(b))
}

function doubtsOfSide(side: 'a' | 'b', face: DoubtedSide, leastQuality: number, now: Date): Doubt[] {
  const name = nameOf(side, face)
  const doubts: Doubt[] = []
  const say = (code: Doubt['code'], severity: Doubt['severity'], because: string) =>
    void doubts.push({ side, code, severity, because })
  if (!face.isAnalyzed) {
    say('not_analyzed', 'high', `the photo of ${name} is not analysed`)
    return doubts
  }
  if (face.quality_score !== null && face.quality_score < leastQuality) {
    const [has, needed] = [percent(face.quality_score), percent(leastQuality)]
    if (face.quality_score < poorQuality) say('low_quality', 'high', `the photo of ${name} is poor (${has})`)
    else
      say('below_gate', 'low', `the photo of ${name} is below what matching asks for (${has} of ${needed})`)
  }
  doubts.push(...doubtsOfComponents(side, name, face.quality_components))
  if (isGrey(face)) say('grey_photo', 'low', `the photo of ${name} is grey, so its skin tone says nothing`)
  if ((face.faces_found ?? 1) > 1) {
    say(
      'several_faces',
      'low',
      `the photo of ${name} shows ${face.faces_found} faces and the largest was used`,
    )
  }
  if (face.expression !== null && (face.expression_confidence ?? 1) < sureExpression) {
    const sure = percent(face.expression_confidence ?? 0)
    say('unsure_expression', 'low', `the expression of ${name} is a guess (${face.expression}, ${sure})`)
  }
  const days = face.analyzed_at ? (now.getTime() - face.analyzed_at.getTime()) / day : 0
  if (days > oldAfterDays) {
    say('old_analysis', 'low', `the photo of ${name} was analysed ${Math.floor(days / 30.44)} months ago`)
  }
  return doubts
}

/** What recognition suffers from: pose, blur, light, too few pixels. What only an identity photo asks for is no doubt. */
function doubtsOfComponents(
  side: 'a' | 'b',
  name: string,
  components: StoredQualityComponents | null,
): Doubt[] {
  return weakComponents(components ?? {})
    .filter((weak) => qualityComponentWords[weak.name].group === 'recognition')
    .map((weak) => {
      const words = lowWords(weak.name, components ?? {})
      const what = `${words.charAt(0).toLowerCase()}${words.slice(1)}`
      return {
        ...{ side, code: 'weak_component' as const },
        severity: weak.value < ruinousUnder ? ('high' as const) : ('low' as const),
        because: `the photo of ${name} is weak: ${what} (${Math.round(weak.value)} of 100)`,
      }
    })
}

function isGrey({ quality_components, skin_tone_lab }: DoubtedSide): boolean {
  return skin_tone_lab === null && quality_components?.natural_colour === null
}

const nameOf = (side: 'a' | 'b', { name }: DoubtedSide) =>
  name ?? (side === 'a' ? 'the first person' : 'the second person')

const percent = (share: number) => `${Math.round(share * 100)} %`

const factorWords: Record<FactorName, string> = {
  ...{ embedding: 'the face itself', geometry: 'the geometry', age: 'the age', symmetry: 'the symmetry' },
  ...{ skin_tone: 'the skin tone', expression: 'the expression' },
}
