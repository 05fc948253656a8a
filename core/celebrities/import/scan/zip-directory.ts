import yauzl, { type Entry } from 'yauzl'
import { SemblanceError } from '../../../model/errors'
import { errnoOf, megabytes, type Refusal } from '../source/source-errors'
import { openZip } from './zip-end'

/** A file as a ZIP's directory names it. */
export interface ZipEntry {
  /** Cleaned: relative, '/' between folders. What could not be cleaned has a refusal and is only shown. */
  path: string
  at: number
  packed: number
  size: number
  method: number
  crc: number
  modifiedAt: Date | null
  refusal?: Refusal
}

/** Files in a ZIP at most. */
const mostEntries = 500_000
/** Something that unpacks to more than this many times its bytes is no photo: those are packed already. */
const mostRatio = 100
/** Below this a ratio says nothing. */
const harmlessBytes = 5_000_000
/** What all of a ZIP unpacks to, at most, for each of its bytes, once that is more than a few photos. */
const mostTotalRatio = 20
const harmlessTotal = 1_000_000_000
/** Of a ZIP with nothing in it, without its comment. */
const emptyBytes = 22

/**
 * All files of a ZIP by its directory, without unpacking any.
 * @param label what the ZIP is called before the person
 * @throws SemblanceError BAD_REQUEST where it is broken, cut off, or made to unpack to more than anybody has room for;
 * errors of the file system as they come
 */
export async function readZipDirectory(
  path: string,
  label: string,
  signal?: AbortSignal,
): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = []
  let fileSize = 0
  try {
    // Names are looked at one by one: a bad one must not hide the rest.
    const zip = await openZip(path)
    fileSize = zip.fileSize
    try {
      for await (const entry of zip.eachEntry()) {
        signal?.throwIfAborted()
        if (entries.length >= mostEntries)
          throw refused(`${label} holds more than ${mostEntries.toLocaleString('en')} files. Split it.`)
        const found = describeEntry(entry)
        if (found) entries.push(found)
      }
      if (zip.entryCount === 0 && fileSize > emptyBytes + zip.comment.length)
        throw new Error('its directory names no files, though something lies in it')
    } finally {
      zip.close()
    }
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof SemblanceError || errnoOf(error) !== undefined) throw error
    throw refused(brokenWords(label, (error as Error).message), error)
  }
  refuseBomb(entries, fileSize, label)
  refuseOverlaps(entries)
  return entries
}

/** Null for a folder. */
function describeEntry(entry: Entry): ZipEntry | null {
  const name = nameOf(entry)
  const mode = entry.externalFileAttributes >>> 16
  if (/[/\\]$/.test(name)) return null
  const { path, unsafe } = cleanPath(name)
  const refusal = unsafe ?? refuseEntry(entry, mode)
  return {
    path,
    at: entry.relativeOffsetOfLocalHeader,
    packed: entry.compressedSize,
    size: entry.uncompressedSize,
    method: entry.compressionMethod,
    crc: entry.crc32,
    modifiedAt: modifiedAt(entry),
    ...(refusal ? { refusal } : {}),
  }
}

/** Many programs write UTF-8 without saying so; what is no UTF-8 is read as code page 437, as the format has it. */
function nameOf(entry: Entry): string {
  const { generalPurposeBitFlag: flags, fileNameRaw: raw, extraFields } = entry
  const isUnmarkedUtf8 = (flags & 0x800) === 0 && isUtf8(raw)
  return yauzl.getFileNameLowLevel(isUnmarkedUtf8 ? flags | 0x800 : flags, raw, extraFields, true)
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/**
 * No name of an archive decides where anything is written, since nothing is; one that tries to is told all the same.
 * @returns the path relative to the ZIP, and why it is unsafe
 */
export function cleanPath(name: string): { path: string; unsafe?: Refusal } {
  const parts = name.split(/[/\\]/)
  const shown = parts.filter((part) => part !== '' && part !== '.')
  const problem = name.includes('\0')
    ? 'holds a character that no name may have'
    : /^[/\\]/.test(name)
      ? 'begins at the root of the disk'
      : /^[a-z]:/i.test(shown[0] ?? '')
        ? 'names a drive'
        : shown.includes('..')
          ? 'leads out of the ZIP'
          : shown.length === 0
            ? 'is empty'
            : name.includes('\\')
              ? 'holds backslashes, which not all systems take for the same'
              : null
  if (problem === null) return { path: shown.join('/') }
  // Of one part, so that it makes no folders.
  const path = shown.length > 0 ? shown.join('∕').replaceAll('\0', '�') : '(no name)'
  return { path, unsafe: { code: 'unsafe_path', reason: `Its name in the ZIP ${problem}.` } }
}

function refuseEntry(entry: Entry, mode: number): Refusal | undefined {
  const { compressionMethod: method, compressedSize: packed, uncompressedSize: size } = entry
  if ((mode & 0o170000) === 0o120000)
    return { code: 'unsafe_path', reason: 'A link inside of the ZIP; it is not followed.' }
  if (entry.isEncrypted())
    return {
      code: 'unreadable',
      reason: 'It is encrypted. Unpack the ZIP with its password, and import the folder.',
    }
  if (method !== 0 && method !== 8)
    return {
      code: 'unreadable',
      reason: `It is packed in a way that is not supported (method ${method}). Unpack the ZIP, and import the folder.`,
    }
  if (method === 0 && packed !== size)
    return { code: 'unreadable', reason: 'The ZIP contradicts itself about how large it is.' }
  if (size > harmlessBytes && size > packed * mostRatio) {
    return {
      code: 'too_large',
      reason: `It claims to unpack to ${megabytes(size)} MB, ${Math.round(size / Math.max(1, packed)).toLocaleString('en')} times its size, as no photo does.`,
    }
  }
  return undefined
}

function modifiedAt(entry: Entry): Date | null {
  const date = entry.getLastModDate()
  return Number.isNaN(date.getTime()) ? null : date
}

function refuseBomb(entries: readonly ZipEntry[], fileSize: number, label: string): void {
  const total = entries.reduce((sum, { size }) => sum + size, 0)
  if (total <= harmlessTotal || total <= fileSize * mostTotalRatio) return
  throw refused(
    `${label} has ${megabytes(fileSize)} MB and claims to unpack to ${megabytes(total)} MB: it was made to fill disks. ` +
      'Nothing of it was read.',
  )
}

/** Files that share their bytes: no program packs like that, bombs do. The first of them stays. */
function refuseOverlaps(entries: ZipEntry[]): void {
  let end = 0
  for (const entry of [...entries].sort((one, other) => one.at - other.at)) {
    if (entry.at < end && !entry.refusal) {
      entry.refusal = { code: 'unreadable', reason: 'Its bytes in the ZIP belong to another file as well.' }
    }
    end = Math.max(end, entry.at + entry.packed)
  }
}

function brokenWords(label: string, message: string): string {
  const isCut = /end of central directory/i.test(message)
  if (isCut)
    return `${label} is cut off or no ZIP at all: its directory is missing. Download or copy it again.`
  if (/multi-disk/i.test(message)) return `${label} is a part of a divided ZIP. Put it together first.`
  if (/strong encryption/i.test(message))
    return `${label} is encrypted. Unpack it with its password, and import the folder.`
  return `${label} is damaged (${message}). Download or copy it again.`
}

const refused = (message: string, cause?: unknown) =>
  new SemblanceError('BAD_REQUEST', message, undefined, { cause })
