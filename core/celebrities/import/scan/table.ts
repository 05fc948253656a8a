import { posix } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import type { Refusal } from '../source/source-errors'
import { type Field, describe } from './descriptions'
import type { Description } from './row-writer'
import { columnsOf, openTable } from './table-header'
import { decodeText, detectEncoding } from './text-encoding'

/** Where a table lies and what it is called before a person. */
export interface TablePlace {
  /** Its path inside of the source. */
  path: string
  /** The folder that its files lie in, as the source has it: '' or "a/b". */
  folder: string
  /** That folder on this machine, where there is one: files may be named from the root of the disk on. */
  absolute: string | null
  /** Opens its bytes; called twice. */
  open: () => AsyncIterable<Uint8Array>
}

export interface TableRecord {
  /** Inside of the source, as the table has it. */
  path: string
  line: number
  description: Description
  /** Whether its file has been met. */
  isFound: boolean
}

/**
 * What a table says, and what of it could not be used. Its records and doubts are by path in NFC as it has them, and by
 * the files' own once these were looked for.
 */
export interface Table {
  place: TablePlace
  records: Map<string, TableRecord>
  problems: { line: number; refusal: Refusal }[]
  /** Of photos whose line can't be used as it is: why, a sentence. */
  doubts: Map<string, string>
  /** Why nothing of it can be used, a sentence of all photos that it may name. */
  unreadable?: string
}

/** Letters of a record at most: a quote that is never closed would swallow the whole file. */
const mostRecord = 200_000

/**
 * Reads a CSV: name, bio, category, gender, file, licence, source in any order, other columns left alone.
 * @throws Error whose message is a sentence for a person, where it can't be read as a whole
 */
export async function readTable(place: TablePlace, signal?: AbortSignal): Promise<Table> {
  const encoding = await detectEncoding(place.open())
  const { separator, skipped, text } = await openTable(decodeText(place.open(), encoding))
  // Where the last record ended: one that never ends began behind it.
  let ended = 0
  const parser = parse({
    delimiter: separator,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: mostRecord,
    info: true,
    on_record(record: string[], { lines }) {
      ended = lines
      return record
    },
  })
  // What ends the one ends the other; the error is that of the iteration below.
  pipeline(Readable.from(text), parser, () => undefined)
  const table: Table = { place, records: new Map(), problems: [], doubts: new Map() }
  let columns: Map<number, Field> | null = null
  let width = 0
  try {
    for await (const { record, info } of parser as AsyncIterable<Parsed>) {
      signal?.throwIfAborted()
      const line = skipped + info.lines - record.join('').split('\n').length + 1
      if (columns) addRecord(table, { record, line, columns, width })
      else {
        columns = columnsOf(record)
        width = record.length
      }
    }
  } catch (error) {
    throw error instanceof CsvError ? new Error(csvWords(error, skipped, ended + 1), { cause: error }) : error
  }
  if (!columns) throw new Error('It is empty.')
  return table
}

interface Parsed {
  record: string[]
  info: { lines: number }
}

function addRecord(
  table: Table,
  {
    record,
    line,
    columns,
    width,
  }: { record: string[]; line: number; columns: Map<number, Field>; width: number },
): void {
  if (record.every((cell) => cell.trim() === '')) return
  const problem = (code: Refusal['code'], reason: string) =>
    table.problems.push(problemOf(line, code, reason))
  const doubt = (path: string, reason: string) =>
    table.doubts.set(path.normalize('NFC'), doubtWords(table, line, reason))
  if (record.slice(width).some((cell) => cell.trim() !== '')) {
    const reason = `has ${record.length} columns and not ${width}: a text with a separator in it needs quotes`
    problem('bad_description', `${reason}. It was left out.`)
    // Which of its cells names the photo can't be told.
    for (const cell of record) {
      const place = placeOf(cell, table.place)
      if ('path' in place) doubt(place.path, `it ${reason}`)
    }
    return
  }
  const values: Partial<Record<Field, string>> = {}
  for (const [index, field] of columns) values[field] = record[index] ?? ''
  const found = placeOf(values.file ?? '', table.place)
  if ('refusal' in found) {
    problem(found.refusal.code, found.refusal.reason)
    return
  }
  const key = found.path.normalize('NFC')
  const earlier = table.records.get(key)
  if (earlier) {
    problem('bad_description', againWords(found.path, earlier))
    return
  }
  const { description, problems } = describe(values)
  for (const one of problems)
    problem('bad_description', `(${found.path}): ${one}. The photo waits for a person.`)
  if (problems.length > 0) doubt(found.path, problems.join('; '))
  table.records.set(key, { path: found.path, line, description, isFound: false })
}

/** What of a line could not be used. @param reason goes on from "Line 7" */
export const problemOf = (
  line: number,
  code: Refusal['code'],
  reason: string,
): Table['problems'][number] => ({
  line,
  refusal: { code, reason: `Line ${line.toLocaleString('en')} ${reason}` },
})

/** Why a photo waits for a person. */
export const doubtWords = ({ place }: Table, line: number, reason: string): string =>
  `Its line ${line.toLocaleString('en')} in ${place.path} can’t be used as it is: ${reason}.`

export const againWords = (path: string, { line }: TableRecord): string =>
  `names ${path} again, as line ${line.toLocaleString('en')} did; that one counts.`

/** Where the file of a record lies in the source. It may not lie outside of the table's folder. */
function placeOf(text: string, { folder, absolute }: TablePlace): { path: string } | { refusal: Refusal } {
  const file = text.trim().replaceAll('\\', '/')
  const shown = `“${text.trim().slice(0, 200)}”`
  if (file === '') return { refusal: { code: 'bad_description', reason: 'names no file.' } }
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(file)) {
    const reason = `names an address (${shown}). Nothing is downloaded: save the photo beside the CSV.`
    return { refusal: { code: 'bad_description', reason } }
  }
  const root = absolute?.replaceAll('\\', '/').replace(/\/*$/, '/')
  const isWithin = root !== undefined && file.startsWith(root)
  const relative = posix.normalize(isWithin ? file.slice(root.length) : file)
  const isOutside = relative === '.' || /^(\/|\.\.(\/|$)|[a-z]:)/i.test(relative) || file.includes('\0')
  if (isOutside) {
    const reason = `names ${shown.replaceAll('\0', '�')}, which is not inside of the folder that the CSV lies in.`
    return { refusal: { code: 'unsafe_path', reason } }
  }
  return { path: folder === '' ? relative : `${folder}/${relative}` }
}

function csvWords(error: CsvError, skipped: number, begun: number): string {
  const { code, message } = error
  const lines = (error as { lines?: number }).lines ?? begun
  const at = (line: number) => `At line ${(line + skipped).toLocaleString('en')}`
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return `${at(begun)} a quote is opened that is never closed. Mend that line.`
    case 'INVALID_OPENING_QUOTE':
    case 'CSV_INVALID_CLOSING_QUOTE':
      return `${at(lines)} a quote stands in the middle of a text. Write it twice (""), and the text in quotes.`
    case 'CSV_MAX_RECORD_SIZE':
      return `${at(begun)} a record begins that has more than ${mostRecord.toLocaleString('en')} letters: a quote in it is never closed.`
    default:
      return `${at(lines)} it can't be read: ${message}`
  }
}
