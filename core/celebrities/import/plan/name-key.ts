/**
 * What two spellings of one name have in common: accents, case, punctuation and "Last, First" don't matter. Null where
 * nothing is left of it. Words keep their order: "Martin Dean" is not "Dean Martin".
 */
export function nameKey(name: string | null): string | null {
  if (name === null) return null
  const parts = name.split(',').map((part) => part.trim())
  const [last, first, ...rest] = parts
  const isTurned = parts.length > 1 && first !== '' && !isSuffix(first)
  const straight = isTurned ? [first, last, ...rest].join(' ') : parts.join(' ')
  const key = straight
    .normalize('NFKD')
    .replace(/\p{M}/gu, (mark) => (isAccent(mark) ? '' : mark))
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ')
    .trim()
  return key === '' ? null : key
}

/** Combining accents of Latin, Greek and Cyrillic; in other scripts marks are letters. */
const isAccent = (mark: string) => mark >= '\u0300' && mark <= '\u036f'

const isSuffix = (part: string) => /^(jr|sr|i{1,3}|iv|esq|ph\.?d|m\.?d)\.?$/i.test(part)
