import type { DetectedGender } from '../../../model/face'
import { withoutUnseen } from '../../../model/plain-text'
import { normalizeName } from './names'
import type { Description } from './row-writer'

/** What the columns of a CSV and the keys of a sidecar can say. `file` is a CSV's alone. */
export const fields = ['name', 'bio', 'category', 'gender', 'file', 'licence', 'source'] as const
export type Field = (typeof fields)[number]

/** Other words for the fields, as headers are compared: lower case, letters alone. */
const synonyms: Record<string, Field> = {
  fullname: 'name',
  celebrity: 'name',
  person: 'name',
  biography: 'bio',
  biografie: 'bio',
  description: 'bio',
  beschreibung: 'bio',
  kategorie: 'category',
  profession: 'category',
  beruf: 'category',
  sex: 'gender',
  geschlecht: 'gender',
  filename: 'file',
  path: 'file',
  photo: 'file',
  image: 'file',
  foto: 'file',
  bild: 'file',
  datei: 'file',
  dateiname: 'file',
  license: 'licence',
  lizenz: 'licence',
  sourceurl: 'source',
  quelle: 'source',
}

/** The field that a header or key means; null where it is none of ours. */
export function fieldOf(header: string): Field | null {
  const word = header
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}]/gu, '')
  const own = fields.find((field) => field === word)
  return own ?? (Object.hasOwn(synonyms, word) ? synonyms[word] : null)
}

const genders: Record<DetectedGender, ReadonlySet<string>> = {
  female: new Set(['f', 'female', 'woman', 'w', 'girl', 'weiblich', 'frau']),
  male: new Set(['m', 'male', 'man', 'boy', 'männlich', 'maennlich', 'mann']),
}

/** 'female', 'male', null where nothing is said, or undefined where a word is none that is known. */
export function genderOf(word: string): DetectedGender | null | undefined {
  const plain = word.normalize('NFC').trim().toLowerCase().replace(/\.$/, '')
  if (/^(|-|–|\?|n\/a|unknown|unbekannt|none|null)$/.test(plain)) return null
  if (genders.female.has(plain)) return 'female'
  return genders.male.has(plain) ? 'male' : undefined
}

/** Letters at most, as the contract has them. */
const mostLetters = { name: 200, bio: 2000, category: 100, licence: 500, source: 2000 } as const

/**
 * What a row or a sidecar says of a photo.
 * @returns the description, and what of it could not be taken, each a clause for a person
 */
export function describe(values: Partial<Record<Field, string>>): {
  description: Description
  problems: string[]
} {
  const description: Description = {}
  const problems: string[] = []
  for (const field of ['name', 'bio', 'category', 'licence', 'source'] as const) {
    const text = cleanText(values[field] ?? '', field === 'bio')
    if (field === 'name' && values.name !== undefined && text === '') problems.push('its name is empty')
    if (text === '') continue
    const most = mostLetters[field]
    const letters = Array.from(text)
    if (letters.length > most) {
      problems.push(
        `its ${field} has ${letters.length.toLocaleString('en')} letters, of which the first ${most.toLocaleString('en')} are kept`,
      )
    }
    description[field] = letters.slice(0, most).join('').trim()
  }
  if (description.name !== undefined) {
    description.name_original = description.name
    description.name = normalizeName(description.name)
    if (description.name === '') {
      problems.push(`“${description.name_original}” is no name`)
      delete description.name
    }
  }
  const gender = genderOf(values.gender ?? '')
  if (gender === undefined)
    problems.push(
      `“${cleanText(values.gender ?? '', false).slice(0, 40)}” is no gender that is known (female or male)`,
    )
  else if (gender) description.gender = gender
  return { description, problems }
}

/** Without what can't be seen, and with single spaces; lines stay where they may. */
function cleanText(text: string, keepLines: boolean): string {
  const visible = withoutUnseen(text.normalize('NFC').replace(/\r\n?/g, '\n')).replace(/\p{Surrogate}/gu, '�')
  return (keepLines ? visible : visible.replace(/\s+/g, ' ')).trim()
}
