import { withoutUnseen } from './plain-text'

const suffix = /^(jr|sr|ii|iii|iv)\.?$/i
/** What cameras, telephones and programs call their files: says nothing of who is in the photo. */
const noName = new RegExp(
  [
    // IMG_2231, DSC01234, IMG_E1234, and those whose letters could be a name: SAM_0001.
    '_?(img|dsc|dscn|dscf|pxl|mvi)[a-z]?[\\s_\\d-]*',
    '_?(sam|gopr|vid|imag|cimg|pict)[\\s_-]*\\d{4,}',
    // P1010001, 100 0042; a letter with a number or without, such as the folders of an alphabet: p1, B
    '[a-z]?\\d{3,}|[a-z][\\s_-]*\\d*',
    // IMG-20200131-WA0001, PXL_20210101_123456789.MP, 20200131_123456
    '((img|vid|pxl)[\\s_-]*)?\\d{8}[\\s_-]+(\\d{4,}|wa\\d+)\\S*',
    '(whatsapp|signal|telegram) (image|photo).*',
    '(screenshot|screen shot|bildschirmfoto)\\b.*',
    '(untitled|unnamed|unknown|person|people|celebrit(y|ies)|(image|photo|picture|portrait|scan|download|face|bild|foto)(s|er)?)\\d*',
    // Checksums and identifiers.
    '[0-9a-f]{32,}',
    '[0-9a-f]{8}([- ][0-9a-f]{4}){3}[- ][0-9a-f]{12}',
    // No letter at all.
    '[^\\p{L}]*',
  ]
    .map((form) => `(${form})`)
    .join('|')
    .replace(/^/, '^(')
    .replace(/$/, ')$'),
  'iu',
)

function separateWords(stem: string): string {
  const spaced = stem.replace(/_+/g, ' ').trim()
  // Where something else parts the words, a hyphen or a dot belongs to the name: Zeta-Jones, Jr.
  return /\s/.test(spaced) ? spaced : spaced.replace(/[-.]+/g, ' ')
}

/** Numbers and copy marks at the end: "0001", "(2)", "-3", "copy 2". */
function dropNumbering(name: string): string {
  const trailing = /(?:^|[\s\-.#]+)(?:\(\p{Nd}+\)|\p{Nd}+|(?:copy|kopie)(?: \p{Nd}+)?)\s*$/iu
  let rest = name
  while (trailing.test(rest)) rest = rest.replace(trailing, '')
  return rest.replace(/\(\d+\)$/, '').trim()
}

/** Commas of other scripts part names in the same way. */
const commas = /[,，،、]/u
/** What a part of a name consists of. */
const words = /^\p{L}[\p{L}\p{M}\s.'’·-]*$/u

/**
 * "Last, First" and "Last, First, Jr." turned round; what is no name, by its signs, numbers or commas, stays as it is, but
 * for commas at its ends.
 */
export function turnRound(name: string): string {
  const parts = name.split(commas).map((part) => part.trim())
  const straight = parts.every((part) => words.test(part)) ? inOrder(parts) : null
  return straight?.join(' ') ?? name.replace(/^[,，،、\s]+|[,，،、\s]+$/gu, '')
}

function inOrder(parts: readonly string[]): string[] | null {
  const [one, two, three] = parts
  if (parts.length === 2) return suffix.test(two) ? [one, two] : [two, one]
  if (parts.length !== 3) return null
  if (suffix.test(three)) return [two, one, three]
  return suffix.test(two) ? [three, one, two] : null
}

function capitalise(name: string): string {
  if (name !== name.toLowerCase()) return name
  return name.replace(
    /(^|[\s\-'’])(\p{Ll})/gu,
    (_match, before: string, letter: string) => before + letter.toUpperCase(),
  )
}

/**
 * Who a name of a file (without its ending) or a folder says.
 * @returns the name with its words parted and "Last, First" turned round, in NFC; '' where it is none
 */
export function nameFromStem(stem: string): string {
  const text = withoutUnseen(stem).normalize('NFC')
  if (noName.test(text.trim())) return ''
  const name = dropNumbering(separateWords(text))
  if (noName.test(name)) return ''
  return capitalise(turnRound(name).replace(/\s+/g, ' ').trim())
}

/**
 * Guesses who is in a photo from where it lies: "hanks,_tom_0003.jpg" and "Tom Hanks/IMG_0007.jpg" are both Tom Hanks.
 * @param path a file name, or a path with `/` whose last folder is asked where the file name says nothing
 * @returns the name, or '' where neither says anything
 */
export function guessName(path: string): string {
  const parts = path.split('/').filter(Boolean)
  const file = parts.pop() ?? ''
  return (
    nameFromStem(file.replace(/\.[^.\s]{1,5}$/, '')) ||
    (parts.length > 0 ? nameFromStem(parts.at(-1) ?? '') : '')
  )
}
