import { createHash } from 'node:crypto'
import { appendFile, mkdir, open, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { diskFull, isDiskFull } from '../../../model/disk-full'
import { SemblanceError } from '../../../model/errors'
import { uploadsOf } from './read-file'
import { cleanPath } from '../scan/zip-directory'
import { errnoOf } from './source-errors'
import type { Staging } from '../staging/staging'

/** Bytes of one uploaded file at most: a ZIP may be long. */
const mostUploadBytes = 64 * 1024 ** 3
/** Files uploaded to one import at most. */
const mostUploads = 200_000

export interface Upload {
  /** As whoever uploaded it names it, '/' between folders. */
  path: string
  /** Of its file in the folder of uploads. */
  name: string
}

export interface Piece {
  path: string
  /** Bytes before it. */
  offset: number
  piece: Uint8Array
}

const indexName = 'index.jsonl'
const indexLine = z.object({ path: z.string(), name: z.string() })

/** By import. */
const turns = new Map<string, Promise<unknown>>()

/**
 * Writes a piece of an uploaded file into the staging area. Bytes that are there already are skipped; a piece that would
 * leave a gap is not written, and whoever sends goes on from what is there.
 * @returns how many bytes of the file are there
 * @throws SemblanceError BAD_REQUEST (a path that leads outside, a file that is too large), NOT_FOUND, CONFLICT (the
 * import is no longer uploaded to), UNAVAILABLE (no room on the disk)
 */
export async function storePiece(
  staging: Staging,
  importId: string,
  { path, offset, piece }: Piece,
): Promise<number> {
  const { path: clean, unsafe } = cleanPath(path)
  if (unsafe || Buffer.byteLength(clean) > 2000) {
    throw new SemblanceError(
      'BAD_REQUEST',
      `The file can't be uploaded under this name: ${clean.slice(0, 200)}`,
    )
  }
  if (offset + piece.length > mostUploadBytes)
    throw new SemblanceError('BAD_REQUEST', 'The file is larger than 64 GB. Divide it.')
  return uploadTurn(importId, async () => {
    await requireUploading(staging, importId)
    const folder = await uploadsOf(staging, importId)
    const name = await nameOf(folder, clean)
    return writePiece(join(folder, name), offset, piece)
  })
}

async function requireUploading(staging: Staging, importId: string): Promise<void> {
  const row = await staging.transaction((tx) =>
    tx.selectFrom('imports').select('state').where('id', '=', importId).executeTakeFirst(),
  )
  if (!row) throw new SemblanceError('NOT_FOUND', 'This import is no longer on this machine.')
  if (row.state !== 'uploading')
    throw new SemblanceError('CONFLICT', 'All was uploaded to this import already. Make another one.')
}

/**
 * What changes the uploads of an import goes one after the other, whoever asks at once: its pieces, that all is uploaded,
 * that it is discarded.
 */
export async function uploadTurn<T>(importId: string, work: () => Promise<T>): Promise<T> {
  const before = turns.get(importId) ?? Promise.resolve()
  const mine = before.then(work, work)
  const settled = mine.catch(() => undefined)
  turns.set(importId, settled)
  try {
    return await mine
  } finally {
    if (turns.get(importId) === settled) turns.delete(importId)
  }
}

/** Indexes that were read, by their folder, the last used last: one process holds the staging area. */
const indexes = new Map<string, Map<string, string>>()
/** Of 200,000 paths each at most; another one is read again. */
const mostIndexes = 4

/** A file's name says nothing of its path, so that no system's rules for names matter. */
async function nameOf(folder: string, path: string): Promise<string> {
  const known = indexes.get(folder) ?? new Map((await listUploads(folder)).map((one) => [one.path, one.name]))
  indexes.delete(folder)
  indexes.set(folder, known)
  for (const old of [...indexes.keys()].slice(0, -mostIndexes)) indexes.delete(old)
  const found = known.get(path)
  if (found !== undefined) return found
  if (known.size >= mostUploads) {
    throw new SemblanceError(
      'BAD_REQUEST',
      `More than ${mostUploads.toLocaleString('en')} files can't be uploaded to one import. Name a folder instead, or make another import.`,
    )
  }
  const name = `${createHash('sha256').update(path).digest('hex').slice(0, 40)}.bin`
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // A line break first: the line before may have been cut off by a kill.
  await onDisk(() => appendFile(join(folder, indexName), `\n${JSON.stringify({ path, name })}`))
  known.set(path, name)
  return name
}

async function writePiece(path: string, offset: number, piece: Uint8Array): Promise<number> {
  return onDisk(async () => {
    const file = await open(path, 'a+', 0o600)
    try {
      const there = (await file.stat()).size
      if (offset > there || offset + piece.length <= there) return there
      try {
        await file.appendFile(piece.subarray(there - offset))
        return offset + piece.length
      } catch (error) {
        await file.truncate(there).catch(() => undefined)
        throw error
      }
    } finally {
      await file.close()
    }
  })
}

async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isDiskFull(error)) throw error
    throw new SemblanceError(
      'UNAVAILABLE',
      'The disk of the machine that Semblance runs on is full. Free some room, then go on: nothing is lost.',
      { reason: diskFull },
      { cause: error },
    )
  }
}

/** What was uploaded, in the order that it began; files of which nothing arrived are left out. */
export async function listUploads(folder: string): Promise<Upload[]> {
  let text: string
  try {
    text = await readFile(join(folder, indexName), 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  }
  const uploads = new Map<string, Upload>()
  for (const line of text.split('\n')) {
    const upload = parseLine(line)
    if (upload && (await exists(join(folder, upload.name)))) uploads.set(upload.path, upload)
  }
  return [...uploads.values()]
}

function parseLine(line: string): Upload | null {
  try {
    const parsed = indexLine.safeParse(JSON.parse(line))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}
