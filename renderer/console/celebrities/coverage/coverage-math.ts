import { ageBands, skinTones } from '../../../../core/celebrities/contract-curation'
import type { DetectedGender } from '../../../../core/model/face'
import type { CelebritySearch } from '../search'

export type AgeBand = (typeof ageBands)[number]
export type SkinTone = (typeof skinTones)[number]

/** Celebrities and people of one age × gender × skin tone. */
export interface Cell {
  age: AgeBand
  gender: DetectedGender | null
  skin_tone: SkinTone
  celebrities: number
  people: number
}

export interface Coverage {
  cells: readonly Cell[]
  celebrities: number
  people: number
}

/** How a cell stands: what share of the people it holds, and how many celebrities would be that share. */
export interface Standing extends Cell {
  /** Of all people, [0, 1]. */
  peopleShare: number
  /** Celebrities that there would be if the gallery were made up as the people are. */
  expected: number
  /**
   * People are there, and less than half of the celebrities that would be their share, of whom one at least. Never where
   * they would be minors: nobody is to look for photos of children.
   */
  isThin: boolean
}

const minors: AgeBand = '0-17'

export function standingOf(cell: Cell, { celebrities, people }: Coverage): Standing {
  const peopleShare = people === 0 ? 0 : cell.people / people
  const expected = peopleShare * celebrities
  const isThin = cell.age !== minors && expected >= 1 && cell.celebrities < expected / 2
  return { ...cell, peopleShare, expected, isThin }
}

/** The thin spots, where most celebrities are missing first. */
export function thinSpots(coverage: Coverage, most: number): Standing[] {
  return coverage.cells
    .map((cell) => standingOf(cell, coverage))
    .filter(({ isThin }) => isThin)
    .sort((a, b) => b.expected - b.celebrities - (a.expected - a.celebrities) || b.people - a.people)
    .slice(0, most)
}

/** One gender's cells as rows of skin tones by columns of ages; what is not listed is empty. */
export function gridOf(coverage: Coverage, gender: Cell['gender']): Standing[][] {
  const known = new Map(
    coverage.cells
      .filter((cell) => cell.gender === gender)
      .map((cell) => [`${cell.skin_tone} ${cell.age}`, cell]),
  )
  return skinTones.map((skin_tone) =>
    ageBands.map((age) =>
      standingOf(
        known.get(`${skin_tone} ${age}`) ?? { age, gender, skin_tone, celebrities: 0, people: 0 },
        coverage,
      ),
    ),
  )
}

/** How deep a cell is coloured, [0, 1]: by the square root, so that small numbers differ too. */
export function depthOf(celebrities: number, greatest: number): number {
  return greatest === 0 ? 0 : Math.sqrt(celebrities / greatest)
}

/** The years of a band, both included; the last has no end. */
export function yearsOf(band: AgeBand): { age_from?: number; age_to?: number } {
  const [from, to] = band.replace('+', '').split('-').map(Number)
  return { ...(from ? { age_from: from } : {}), ...(to === undefined ? {} : { age_to: to }) }
}

/** The filters that show a cell's celebrities in the catalogue; all others are taken back. */
export function filterOfCell({ age, gender, skin_tone }: Cell): Partial<CelebritySearch> {
  return {
    age_from: undefined,
    age_to: undefined,
    gender: gender ?? undefined,
    missing: gender === null ? 'gender' : undefined,
    skin_tone,
    ...yearsOf(age),
  }
}

const genderWords = { female: 'Female', male: 'Male' }

/** "Female" and so on, also for what is not known. */
export function genderLabel(gender: Cell['gender']): string {
  return gender === null ? 'Gender not known' : genderWords[gender]
}

/** A cell as a person would call it: "Female, 25–34, brown". */
export function cellLabel({ age, gender, skin_tone }: Cell): string {
  return `${genderLabel(gender)}, ${age.replace('-', '–')}, ${skin_tone === 'unknown' ? 'skin tone not known' : `${skin_tone} skin`}`
}
