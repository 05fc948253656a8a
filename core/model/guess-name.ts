const suffix = /^(jr|sr|ii|iii|iv)\.?$/i
/** What cameras call their files and people their folders: says nothing of who is in the photo. */
const noName =
  /^((img|dsc|dscn|dscf|pxl|mvi|untitled|(image|photo|picture|screenshot|scan|download|face)s?)\d*|people|celebrit(y|ies))$/i

function separateWords(stem: string): string {
  const spaced = stem.replace(/_+/g, ' ').trim()
  // Where something else parts the words, a hyphen or a dot belongs to the name: Zeta-Jones, Jr.
  return /\s/.test(spaced) ? spaced : spaced.replace(/[-.]+/g, ' ')
}

/** Numbers and copy marks at the end: "0001", "(2)", "-3", "copy 2". */
function dropNumbering(name: string): string {
  const trailing = /(?:^|[\s\-.#]+)(?:\(\d+\)|\d+|copy|copy \d+)\s*$/i
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

function nameOf(stem: string): string {
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
  return nameOf(file.replace(/\.[^.\s]{1,5}$/, '')) || (parts.length > 0 ? nameOf(parts.at(-1) ?? '') : '')
}
