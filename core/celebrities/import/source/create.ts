import { open, readdir, stat } from 'node:fs/promises'
import { basename, extname, isAbsolute, resolve } from 'node:path'
import { sniffFormat } from '../../../faces/images/sniff'
import { SemblanceError } from '../../../model/errors'
import { extensionOf } from '../../../model/photo-formats'
import type { ImportDefaults, ImportRules, sourceKinds } from '../../contract-import-schemas'
import { errnoOf } from './source-errors'
import type { Staging } from '../staging/staging'

export interface NewImport {
  /** Of the folder or file where not given. */
  name?: string | undefined
  /** A folder, ZIP or CSV on this machine, absolute; without it files are uploaded. */
  path?: string | undefined
  defaults?: Partial<ImportDefaults>
  rules?: Partial<ImportRules>
}

type SourceKind = (typeof sourceKinds)[number]

/**
 * Makes an import, in state scanning where a path is given, else in uploading.
 * @param by who begins it, as the shared database knows them; null for the command line
 * @returns its id
 * @throws SemblanceError BAD_REQUEST where there is nothing to read at the path, with what to do
 */
export async function createImport(
  staging: Staging,
  { name, path, defaults = {}, rules = {} }: NewImport,
  by: string | null,
): Promise<string> {
  const source = path === undefined ? null : await inspectSource(path)
  const { id } = await staging.transaction((tx) =>
    tx
      .insertInto('imports')
      .values({
        name: name ?? (source ? nameOf(source) : `Upload of ${new Date().toISOString().slice(0, 10)}`),
        source_path: source?.path ?? null,
        source_kind: source?.kind ?? 'upload',
        state: source ? 'scanning' : 'uploading',
        default_licence: defaults.licence || null,
        default_source: defaults.source || null,
        default_category: defaults.category || null,
        default_gender: defaults.gender ?? null,
        rules: JSON.stringify(rules),
        created_by: by,
      })
      .returning('id')
      .executeTakeFirstOrThrow(),
  )
  return id
}

interface Source {
  path: string
  kind: Exclude<SourceKind, 'upload'>
}

function nameOf({ path, kind }: Source): string {
  const last = kind === 'folder' ? basename(path) : basename(path, extname(path))
  return (last || path).normalize('NFC').trim().slice(0, 200) || 'Import'
}

/**
 * What there is to read at a path, by what it is and not by its name alone.
 * @throws SemblanceError BAD_REQUEST
 */
export async function inspectSource(path: string): Promise<Source> {
  if (path.includes('\0') || !isAbsolute(path)) {
    throw refused(`${path.replaceAll('\0', '')} is no full path. Give it from the root of the disk on.`)
  }
  const full = resolve(path)
  try {
    const found = await stat(full)
    if (found.isDirectory()) {
      await readdir(full)
      return { path: full, kind: 'folder' }
    }
    if (!found.isFile()) throw refused(`${full} is neither a folder nor a file.`)
    return { path: full, kind: await kindOfFile(full) }
  } catch (error) {
    if (error instanceof SemblanceError) throw error
    throw refused(unreachable(full, error), error)
  }
}

async function kindOfFile(path: string): Promise<'zip' | 'csv'> {
  const head = await headOf(path)
  if (isZip(head)) return 'zip'
  if (sniffFormat(head)) throw refused(`${path} is a photo. Name the folder that it lies in.`)
  const extension = extensionOf(path)
  if (csvExtensions.has(extension)) {
    if (head.length === 0) throw refused(`${path} is empty.`)
    return 'csv'
  }
  if (extension === 'zip')
    throw refused(`${path} is no ZIP, whatever its name says. Download or copy it again.`)
  throw refused(`${path} is none of what can be imported: a folder, a ZIP, or a CSV.`)
}

/** Endings of files that are read as tables. */
export const csvExtensions: ReadonlySet<string> = new Set(['csv', 'tsv'])

/** By its first bytes: one with files in it, or an empty one. */
export const isZip = (head: Uint8Array): boolean =>
  ['PK\x03\x04', 'PK\x05\x06'].includes(Buffer.from(head.subarray(0, 4)).toString('latin1'))

/** The first 512 bytes. */
export async function headOf(path: string | Buffer): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

function unreachable(path: string, error: unknown): string {
  switch (errnoOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `There is no folder ${path}, and no file. Name a folder of photos, a ZIP, or a CSV.`
    case 'EACCES':
    case 'EPERM':
      return `You have no right to read ${path}.`
    default:
      return `${path} can't be read: ${(error as Error).message}`
  }
}

const refused = (message: string, cause?: unknown) =>
  new SemblanceError('BAD_REQUEST', message, undefined, { cause })
