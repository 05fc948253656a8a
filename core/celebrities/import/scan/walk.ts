import { defaultLimits } from '../../../faces/images/decode'
import { nameIn, type Named, personOfFolder, stemOf } from './names'
import { fileSystemRefusal, megabytes, type Refusal, refusalOf } from '../source/source-errors'
import { asRow, readDescriptions, readSidecar, refuseOrphan } from './folder-descriptions'
import { archiveInside, kindOf, refuseByHead } from './kinds'
import type { Description, FileRow } from './row-writer'
import type { Table, TableRecord } from './table'
import { mostDepth, type SourceTree, type TreeEntry, type TreeFile, type TreeFolder } from './tree'

/** What is known in a folder from those above it. */
interface Above {
  depth: number
  /** Whose the nearest folder is that says so. */
  person: Named | null
  /** What sidecars of folders say, the nearest first. */
  description: Description
  /** Why the nearest of them names nobody, where it means to. */
  doubt?: string | undefined
  /** CSVs, the nearest first. */
  tables: readonly Table[]
}

/**
 * All files of a tree, folder by folder in order of path, with what CSVs, sidecars, folders and file names say of them.
 * Descriptions that were used are no rows; what of them could not be used is one that is rejected, with the reason.
 * @throws SemblanceError UNAVAILABLE where the source goes away meanwhile
 */
export function walkTree(tree: SourceTree, signal?: AbortSignal): AsyncGenerator<FileRow> {
  const whole: TreeFolder = { kind: 'folder', name: tree.name, path: '' }
  return walkFolder(tree, whole, { depth: 0, person: null, description: {}, tables: [] }, signal)
}

async function* walkFolder(
  tree: SourceTree,
  folder: TreeFolder,
  above: Above,
  signal?: AbortSignal,
): AsyncGenerator<FileRow> {
  signal?.throwIfAborted()
  const entries = await listFolder(tree, folder, above.depth)
  if (!Array.isArray(entries)) {
    yield {
      ...{ path: `${folder.path}/`, locator: tree.locate(folder.path), bytes: null, modifiedAt: null },
      refusal: entries,
    }
    return
  }
  const files = entries.filter((entry) => entry.kind === 'file')
  const photos = files.filter(({ name, refusal }) => !refusal && mayBePhoto(name))
  const { used, own, doubt, tables, sidecars, rows } = await readDescriptions(
    tree,
    folder.path,
    files,
    photos,
    signal,
  )
  yield* rows
  const { person, nameOf } = whoLiesHere(folder, entries, photos, above.person)
  const here = {
    depth: above.depth + 1,
    person,
    description: { ...above.description, ...own },
    doubt: doubt ?? (own.name === undefined ? above.doubt : undefined),
    tables: [...tables, ...above.tables],
  }
  const names = new Set(files.map(({ name }) => name))
  for (const entry of entries) {
    signal?.throwIfAborted()
    if (entry.kind === 'folder') yield* walkFolder(tree, entry, here, signal)
    else if (!used.has(entry.path)) yield* describeFile(tree, entry, here, { sidecars, nameOf, names })
  }
  for (const table of tables) yield* missingOf(table, tree)
}

/** What lies in a folder, or why it can't be told. */
async function listFolder(
  tree: SourceTree,
  { path, refusal }: TreeFolder,
  depth: number,
): Promise<TreeEntry[] | Refusal> {
  if (refusal) return refusal
  if (depth > mostDepth) {
    return {
      code: 'unsafe_path',
      reason: `It lies in more than ${mostDepth} folders; it was not looked into.`,
    }
  }
  try {
    return await tree.list(path)
  } catch (error) {
    const isOfThisFolder = (error as NodeJS.ErrnoException).syscall !== undefined
    if (!isOfThisFolder) throw error
    return fileSystemRefusal(error, 'folder')
  }
}

const mayBePhoto = (name: string) => ['photo', 'unknown'].includes(kindOf(name))

/** Whose photos lie in a folder, and what each is called. */
function whoLiesHere(
  { name, path }: TreeFolder,
  entries: readonly TreeEntry[],
  photos: readonly TreeFile[],
  above: Named | null,
): { person: Named | null; nameOf: (file: TreeFile) => Named | null } {
  const hasFolders = entries.some(({ kind }) => kind === 'folder')
  const stems = photos.filter((file) => kindOf(file.name) === 'photo').map((file) => stemOf(file.name))
  const own = personOfFolder({ name, isRoot: path === '', hasFolders, stems })
  if (own) return { person: own, nameOf: () => own }
  return { person: above, nameOf: (file) => nameIn(stemOf(file.name)) ?? above }
}

async function* describeFile(
  tree: SourceTree,
  file: TreeFile,
  here: Above,
  beside: {
    sidecars: ReadonlyMap<string, TreeFile>
    nameOf: (file: TreeFile) => Named | null
    /** Of all files of the folder. */
    names: ReadonlySet<string>
  },
): AsyncGenerator<FileRow> {
  const records = here.tables.flatMap((table) => takeRecord(table, file.path) ?? [])
  const refusal =
    file.refusal ?? (await refuseOrphan(tree, file, beside.names)) ?? (await refuseFile(tree, file))
  if (refusal) {
    yield { ...asRow(file), refusal }
    return
  }
  const sidecar = beside.sidecars.get(file.path)
  const said: Awaited<ReturnType<typeof readSidecar>> = sidecar
    ? await readSidecar(tree, sidecar)
    : { description: {}, rows: [] }
  yield* said.rows
  const guessed = beside.nameOf(file)
  const doubt = doubtOf(here.tables, file.path)
  const isNamed = records.some(({ description }) => description.name !== undefined)
  const unnamed = said.doubt ?? (said.description.name === undefined ? here.doubt : undefined)
  // The name that is known or guessed instead is shown, and waits for a person.
  const unread = unreadOf(here.tables, file.path) ?? (isNamed ? undefined : unnamed)
  const named = unread === undefined ? {} : { doubt: unread }
  yield {
    ...asRow(file),
    ...(guessed ? { name: guessed.name, name_original: guessed.original } : {}),
    ...here.description,
    ...said.description,
    // A line that can't be used says who it is, or nothing does.
    ...(doubt === undefined ? named : { name: undefined, name_original: undefined, doubt }),
    ...records.reduceRight<Description>((all, { description }) => ({ ...all, ...description }), {}),
  }
}

/** Why a file is none that is analysed, by its name, its size, and, where its name says nothing, its first bytes. */
export async function refuseFile(tree: SourceTree, file: TreeFile): Promise<Refusal | null> {
  const kind = kindOf(file.name)
  if (kind === 'archive') return archiveInside
  if (file.bytes === 0) return { code: 'not_a_photo', reason: 'The file is empty.' }
  if (kind !== 'photo') {
    try {
      const refusal = refuseByHead(await tree.head(file))
      if (refusal) return refusal
    } catch (error) {
      const refusal = refusalOf(error)
      if (!refusal) throw error
      return refusal
    }
  }
  const { maxBytes } = defaultLimits
  if ((file.bytes ?? 0) <= maxBytes) return null
  const reason = `The file has ${megabytes(file.bytes ?? 0)} MB; at most ${megabytes(maxBytes)} MB are accepted. Save the photo smaller.`
  return { code: 'too_large', reason }
}

/** Of the nearest table that has one. */
function doubtOf(tables: readonly Table[], path: string): string | undefined {
  return tables.flatMap(({ doubts }) => doubts.get(path) ?? [])[0]
}

/** Why who it is may stand in a table that can't be used: one that is nearer than those that name it. */
function unreadOf(tables: readonly Table[], path: string): string | undefined {
  const speaks = ({ unreadable, records }: Table) =>
    unreadable !== undefined || records.get(path)?.description.name !== undefined
  return tables.find(speaks)?.unreadable
}

function takeRecord(table: Table, path: string): TableRecord | undefined {
  const record = table.records.get(path)
  if (record) record.isFound = true
  return record
}

function* missingOf(table: Table, tree: SourceTree): Generator<FileRow> {
  for (const record of table.records.values()) {
    if (!record.isFound) yield goneRow(table, record, tree)
  }
}

/** For a record whose file is not there. */
export function goneRow(
  { place }: Table,
  { path, line, description }: TableRecord,
  tree: SourceTree,
): FileRow {
  const reason = `Line ${line.toLocaleString('en')} of ${place.path} names it, but there is no such file.`
  return {
    ...{ path, locator: tree.locate(path), bytes: null, modifiedAt: null },
    ...description,
    refusal: { code: 'gone', reason },
  }
}
