import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { SemblanceError } from '../../../model/errors'
import { nameIn, stemOf } from './names'
import { isAway, type SourceRoot } from '../source/read-file'
import { errnoOf, megabytes, sourceAway } from '../source/source-errors'
import type { Locator } from '../staging/staging-tables'
import { asRow, problemRows } from './folder-descriptions'
import { findFile, folderTree } from './folder-tree'
import type { FileRow } from './row-writer'
import { readTable, type Table, type TableRecord } from './table'
import { matchFiles } from './table-files'
import type { SourceTree } from './tree'
import { goneRow, refuseFile } from './walk'

/** Bytes of a CSV at most: its rows are held in memory until they are in order. */
const mostBytes = 256_000_000
/** How many files are looked up at once. */
const atOnce = 64

/**
 * The files that a CSV names, in order of path, and a row for each of its lines that can't be used.
 * @throws SemblanceError BAD_REQUEST where the CSV can't be read as a whole, with the line that is wrong
 */
export async function* walkCsv(
  path: string,
  root: SourceRoot,
  signal?: AbortSignal,
): AsyncGenerator<FileRow> {
  const name = basename(path)
  const table = await readWhole(path, name, signal)
  const tree = folderTree(dirname(path), root)
  await matchFiles(table, tree)
  const locator: Locator = { in: 'folder', path }
  yield* problemRows(table, { path: name, locator })
  const records = [...table.records.values()].sort((one, other) => (one.path < other.path ? -1 : 1))
  for (let at = 0; at < records.length; at += atOnce) {
    signal?.throwIfAborted()
    const some = records.slice(at, at + atOnce)
    yield* await Promise.all(some.map((record) => rowOf(table, record, tree, dirname(path))))
  }
}

async function readWhole(path: string, name: string, signal?: AbortSignal): Promise<Table> {
  try {
    const { size } = await stat(path)
    if (size > mostBytes)
      throw new Error(`It has ${megabytes(size)} MB; at most ${megabytes(mostBytes)} MB are read. Divide it.`)
    const place = {
      ...{ path: name, folder: '', absolute: dirname(path) },
      open: () => createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>,
    }
    return await readTable(place, signal)
  } catch (error) {
    signal?.throwIfAborted()
    if (await isAway(path, error)) throw sourceAway(path, error)
    if (errnoOf(error) !== undefined || !(error instanceof Error)) throw error
    throw new SemblanceError('BAD_REQUEST', `${name} can't be imported. ${error.message}`, undefined, {
      cause: error,
    })
  }
}

async function rowOf(table: Table, record: TableRecord, tree: SourceTree, folder: string): Promise<FileRow> {
  const file = await findFile(folder, tree, record.path)
  if (!file) return goneRow(table, record, tree)
  const refusal = file.refusal ?? (await refuseFile(tree, file)) ?? undefined
  const doubt = table.doubts.get(record.path)
  const guessed = doubt === undefined ? nameIn(stemOf(file.name)) : null
  return {
    ...asRow(file),
    ...(guessed ? { name: guessed.name, name_original: guessed.original } : {}),
    ...record.description,
    ...{ refusal, doubt },
  }
}
