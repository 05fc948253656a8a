import { type Field, fieldOf, fields } from './descriptions'

const separators = [',', ';', '\t', '|'] as const
/** A header that is longer than this is none. */
const mostHeader = 100_000

export interface TextWithHeader {
  separator: string
  /** Lines before the header: "sep=;" and empty ones. */
  skipped: number
  /** The whole text from the header on. */
  text: AsyncGenerator<string>
}

/** Reads the first line, finds out what parts the columns, and gives the text from there on. */
export async function openTable(chunks: AsyncGenerator<string>): Promise<TextWithHeader> {
  let start = ''
  let skipped = 0
  let given: string | undefined
  for (;;) {
    const line = /^(.*?)(\r\n|\n|\r(?=[^\n]))/s.exec(start)
    if (line) {
      const hint = /^"?sep=(.)"?$/i.exec(line[1].trim())
      if (!hint && line[1].trim() !== '') break
      given = hint?.[1] ?? given
      skipped++
      start = start.slice(line[0].length)
      continue
    }
    const next = start.length > mostHeader ? null : await chunks.next()
    if (!next || next.done) break
    start += next.value
  }
  const header = /^[^\r\n]*/.exec(start)?.[0] ?? ''
  return { separator: given ?? separatorOf(header), skipped, text: resume(start, chunks) }
}

async function* resume(start: string, chunks: AsyncGenerator<string>): AsyncGenerator<string> {
  if (start !== '') yield start
  yield* chunks
}

/** The one that gives the most columns that are known, else the most columns. */
function separatorOf(header: string): string {
  const scored = separators.map((separator) => {
    const columns = header.split(separator).map((one) => one.replaceAll('"', ''))
    return {
      separator,
      known: columns.filter((one) => fieldOf(one) !== null).length,
      columns: columns.length,
    }
  })
  scored.sort((one, other) => other.known - one.known || other.columns - one.columns)
  return scored[0].separator
}

/**
 * Which column holds which field.
 * @throws Error whose message is a sentence for a person, where no column names the files, or two mean the same
 */
export function columnsOf(header: readonly string[]): Map<number, Field> {
  const columns = new Map<number, Field>()
  const taken = new Map<Field, string>()
  for (const [index, title] of header.entries()) {
    const field = fieldOf(title)
    if (!field) continue
    const earlier = taken.get(field)
    if (earlier !== undefined)
      throw new Error(`Its columns “${earlier}” and “${title.trim()}” both mean ${field}. Remove one.`)
    taken.set(field, title.trim())
    columns.set(index, field)
  }
  if (taken.has('file')) return columns
  const names = header.map((title) => title.trim()).filter((title) => title !== '')
  const there =
    names.length > 0
      ? `its columns are ${names.slice(0, 12).join(', ').slice(0, 300)}`
      : 'its first line is empty'
  throw new Error(
    `It has no column “file” that names the photos; ${there}. Columns that are read: ${fields.join(', ')}.`,
  )
}
