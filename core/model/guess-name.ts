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

function turnRound(name: string): string {
  const [last, first, ...others] = name.split(',').map((part) => part.trim())
  if (!last || !first) return name.replace(/,\s*$/, '')
  const words = suffix.test(first) ? [last, first, ...others] : [first, last, ...others]
  return words.join(' ')
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
  if (noName.test(stem.normalize('NFC').trim())) return ''
  const words = dropNumbering(separateWords(stem.normalize('NFC')))
  if (noName.test(words)) return ''
  return capitalise(turnRound(words).replace(/\s+/g, ' ').trim())
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
