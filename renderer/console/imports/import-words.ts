import type {
  Import,
  ImportFile,
  ImportRules,
  ImportState,
  Outcome,
  OutcomeCode,
} from '../../../core/celebrities/contract-import-schemas'
import { formatAmount, formatCount, formatNumber } from '../../kit/format'
import type { Tone } from '../../kit/tone'

/** How imports, outcomes and reasons are called. */

export const stateWords: Record<ImportState, { label: string; tone: Tone }> = {
  uploading: { label: 'Uploading', tone: 'info' },
  scanning: { label: 'Reading the files', tone: 'info' },
  analyzing: { label: 'Analysing', tone: 'info' },
  review: { label: 'To review', tone: 'accent' },
  publishing: { label: 'Publishing', tone: 'info' },
  published: { label: 'Published', tone: 'good' },
  undoing: { label: 'Being undone', tone: 'warning' },
  undone: { label: 'Undone', tone: 'neutral' },
  discarded: { label: 'Discarded', tone: 'neutral' },
}

/** States in which the host is at work, unless it is paused. */
const runningStates: readonly ImportState[] = ['scanning', 'analyzing', 'publishing', 'undoing']

/** Whether the host works on it right now. */
export function isRunning({ state, paused, problem }: Pick<Import, 'state' | 'paused' | 'problem'>): boolean {
  return !paused && problem === null && runningStates.includes(state)
}

/** How an import stands, in a word or two: “Analysing, paused”. */
export function statusOf(of: Pick<Import, 'state' | 'paused' | 'problem'>): { label: string; tone: Tone } {
  const { label, tone } = stateWords[of.state]
  if (!runningStates.includes(of.state)) return { label, tone }
  if (of.problem !== null) return { label: `${label}, stopped`, tone: 'warning' }
  return of.paused ? { label: `${label}, paused`, tone: 'neutral' } : { label, tone }
}

export interface OutcomeWords {
  label: string
  /** Of a single file. */
  one: string
  /** What happens with such files. */
  meaning: string
  tone: Tone
}

/** In the order in which a person wants to see them. */
export const outcomeWords: Record<Outcome, OutcomeWords> = {
  needs_person: {
    label: 'Need a person',
    one: 'needs a person',
    meaning: 'Nothing happens with them until somebody has decided.',
    tone: 'warning',
  },
  new_celebrity: {
    label: 'New celebrities',
    one: 'new celebrity',
    meaning: 'Each becomes the photo that a new celebrity is known by.',
    tone: 'good',
  },
  replaces_photo: {
    label: 'Better photos',
    one: 'better photo',
    meaning: 'Each takes the place of a worse photo, which is kept as a further one.',
    tone: 'good',
  },
  further_photo: {
    label: 'Further photos',
    one: 'further photo',
    meaning: 'Kept beside the photo that the celebrity is known by.',
    tone: 'info',
  },
  duplicate: {
    label: 'Duplicates',
    one: 'duplicate',
    meaning: 'There already, here or in the gallery: left out.',
    tone: 'neutral',
  },
  rejected: { label: 'Rejected', one: 'rejected', meaning: 'Left out.', tone: 'bad' },
}

/** “need a person”, “duplicate”: what so many files are. */
export function outcomeLabel(outcome: Outcome, files: number): string {
  const { label, one } = outcomeWords[outcome]
  return files === 1 ? one : label.toLowerCase()
}

/** Outcomes in the order of their words. */
export const outcomeOrder = Object.keys(outcomeWords) as Outcome[]

/** Why a file has its outcome, short enough for a line of a list. */
export const codeWords: Record<OutcomeCode, string> = {
  only_photo: 'The only photo',
  best_photo: 'The best photo',
  not_the_best: 'Not the best photo',
  better_than_gallery: 'Better than the gallery’s',
  not_better_than_gallery: 'Not better than the gallery’s',
  accepted: 'Accepted by a person',
  same_bytes: 'Same file',
  same_picture: 'Same picture',
  same_bytes_in_gallery: 'Same file in the gallery',
  same_picture_in_gallery: 'Same picture in the gallery',
  by_person: 'Rejected by a person',
  not_a_photo: 'No photo',
  unreadable: 'Can’t be read',
  too_large: 'Too large',
  unsafe_path: 'Unsafe path',
  no_face: 'No face',
  low_quality: 'Too low a quality',
  poison: 'Breaks the analysis',
  gone: 'Gone from the source',
  bad_description: 'Its description can’t be used',
  two_names_one_face: 'Two names, one face',
  one_name_two_faces: 'One name, two faces',
  same_person_in_gallery: 'Same person in the gallery',
  name_in_gallery_other_face: 'Name in the gallery, other face',
  several_faces: 'Several faces',
  maybe_minor: 'May be a minor',
  no_name: 'No name',
  no_licence: 'No licence',
  no_source: 'No source',
  doubted_description: 'Its description can’t be used',
  changed_underneath: 'Changed since the plan',
}

const codesOf: Partial<Record<Outcome, readonly OutcomeCode[]>> = {
  needs_person: [
    'changed_underneath',
    'two_names_one_face',
    'one_name_two_faces',
    'same_person_in_gallery',
    'name_in_gallery_other_face',
    'several_faces',
    'maybe_minor',
    'no_name',
    'no_licence',
    'no_source',
    'doubted_description',
  ],
  duplicate: ['same_bytes', 'same_picture', 'same_bytes_in_gallery', 'same_picture_in_gallery'],
  rejected: [
    'by_person',
    'no_face',
    'low_quality',
    'unreadable',
    'not_a_photo',
    'bad_description',
    'too_large',
    'unsafe_path',
    'poison',
    'gone',
  ],
}

/** Why files of an outcome have it, with how many have that reason; reasons without files are left out. */
export function reasonsOf(
  { reasons }: Pick<Import, 'reasons'>,
  outcome: Outcome,
): { code: OutcomeCode; files: number }[] {
  return (codesOf[outcome] ?? []).flatMap((code) => {
    const files = reasons[code] ?? 0
    return files > 0 ? [{ code, files }] : []
  })
}

/** How many files publishing takes, of which some may be published already, and how many stay behind. */
export function planTotals({ outcomes, published }: Pick<Import, 'outcomes' | 'published'>): {
  all: number
  goes: number
  stays: number
} {
  const all = outcomes.new_celebrity + outcomes.further_photo + outcomes.replaces_photo
  return {
    all,
    goes: Math.max(0, all - published),
    stays: outcomes.duplicate + outcomes.rejected + outcomes.needs_person,
  }
}

/** What a file is, by its outcome, for a line of a list. */
export function fileWords({ outcome, outcome_code: code, state }: ImportFile): { label: string; tone: Tone } {
  if (outcome === null)
    return { label: state === 'found' ? 'Waits for its analysis' : 'Waits for the plan', tone: 'neutral' }
  const { tone } = outcomeWords[outcome]
  return { label: code ? codeWords[code] : outcomeWords[outcome].label, tone }
}

/** Where the files come from: “Folder”, “ZIP file”. */
export const sourceWords: Record<Import['source_kind'], string> = {
  folder: 'Folder',
  zip: 'ZIP file',
  csv: 'CSV file',
  upload: 'Uploaded',
}

/** What a likeness of two faces says under the rules of the import. */
export function cosineWords(cosine: number, { same_person: same, other_person: other }: ImportRules): string {
  const number = `likeness ${formatNumber(cosine)}`
  if (cosine >= same) return `One person by their faces (${number}, from ${formatNumber(same)} on)`
  if (cosine < other) return `Two people by their faces (${number}, under ${formatNumber(other)})`
  return `Could be one person or two (${number}, between ${formatNumber(other)} and ${formatNumber(same)})`
}

/** What it says how many of 64 bits two pictures differ in. */
export function bitsWords(bits: number, { same_picture: same }: ImportRules): string {
  if (bits === 0) return 'The pictures look the same in all 64 bits of their fingerprints'
  const number = `${formatAmount(bits, 'bit')} of 64 apart`
  return bits <= same
    ? `Two copies of one picture (${number}, up to ${formatCount(same)} count as one)`
    : `Two pictures (${number})`
}

/** What is to be thought of before somebody is published, by their estimated age; null where nothing is. */
export function ageWords(age: number | null, rules: ImportRules): string | null {
  const { adult_age: adult, age_uncertainty: by } = rules
  if (age === null || age - by >= adult) return null
  return `Looks ${formatCount(age)}, give or take ${formatCount(by)} years: may be under ${formatCount(adult)}. Accept only if you know that they are an adult.`
}

/** “better than 73 % of the gallery” */
export function percentileWords(share: number): string {
  return `better than ${Math.round(share * 100)} % of the gallery`
}

/** What the gallery must know before a file may be published, and this one lacks; null where it lacks nothing. */
export function lackOf(
  file: Pick<ImportFile, 'name' | 'person_name' | 'licence' | 'source'>,
  { defaults }: Pick<Import, 'defaults'>,
): 'name' | 'licence' | 'source' | null {
  if (!(file.person_name ?? file.name)) return 'name'
  if (!(file.licence ?? defaults.licence)) return 'licence'
  if (!(file.source ?? defaults.source)) return 'source'
  return null
}

/** Reasons that leave nothing to show of a file. */
const unseen: readonly OutcomeCode[] = [
  'not_a_photo',
  'unreadable',
  'too_large',
  'unsafe_path',
  'bad_description',
  'gone',
]

/** Whether there is a picture to show of a file. Before its analysis nobody knows whether it can be read. */
export function isPicture({
  outcome_code: code,
  state,
}: Pick<ImportFile, 'outcome_code' | 'state'>): boolean {
  return code === null ? state === 'analyzed' : !unseen.includes(code)
}

/** The thumbnail of a file; null where nothing of it can be shown. */
export function pictureOf(file: Pick<ImportFile, 'outcome_code' | 'state' | 'thumbnail_url'>): string | null {
  return isPicture(file) ? file.thumbnail_url : null
}

/** Why accepting a file would change nothing; null where it may. */
export function neverAccepted({
  outcome_code: code,
  state,
  published_at: publishedAt,
}: Pick<ImportFile, 'outcome_code' | 'state' | 'published_at'>): string | null {
  if (publishedAt !== null) return 'It is published already: change it among the celebrities.'
  if (code === 'no_face') return 'There is no face on it: nobody can be matched by it.'
  if (code === 'same_bytes' || code === 'same_bytes_in_gallery')
    return 'It is there already, byte by byte: once is enough.'
  if (state === 'rejected') return 'There is no photo in it that could be published.'
  return null
}
