import { Readable } from 'node:stream'
import { fileError, type Refusal, refusalOf } from '../source/source-errors'
import { kindOf } from './kinds'
import type { Description, FileRow } from './row-writer'
import { isFolderSidecar, mostSidecarBytes, parseSidecar } from './sidecars'
import { readTable, type Table } from './table'
import { matchFiles } from './table-files'
import type { SourceTree, TreeFile } from './tree'

/** Bytes of a CSV that lies in a folder or ZIP, at most: it is held in memory. */
const mostTableBytes = 64_000_000

/** What lies in a folder beside the photos and speaks of them. */
export interface FolderDescriptions {
  /** Paths of descriptions: they are no rows of their own. */
  used: ReadonlySet<string>
  /** Of all photos in the folder, and in those inside of it. */
  own: Description
  /** Why the name that a sidecar of the folder says is none, a sentence. */
  doubt: string | undefined
  /** Those that can't be used come last. */
  tables: Table[]
  /** The sidecar of a photo, by the photo's path. */
  sidecars: ReadonlyMap<string, TreeFile>
  /** For what could not be used. */
  rows: FileRow[]
}

export async function readDescriptions(
  tree: SourceTree,
  folder: string,
  files: readonly TreeFile[],
  photos: readonly TreeFile[],
  signal?: AbortSignal,
): Promise<FolderDescriptions> {
  const used = new Set<string>()
  const rows: FileRow[] = []
  const tables: Table[] = []
  let own: Description = {}
  let doubt: string | undefined
  const unread = files.flatMap((file) =>
    file.refusal && kindOf(file.name) === 'table' ? [unreadTable(file, file.refusal)] : [],
  )
  for (const file of files.filter(({ refusal }) => !refusal)) {
    if (kindOf(file.name) === 'table') {
      used.add(file.path)
      const table = await tableOf(tree, file, folder, signal)
      if ('refusal' in table) {
        rows.push({ ...asRow(file), refusal: table.refusal })
        unread.push(unreadTable(file, table.refusal))
      } else {
        tables.push(table)
        rows.push(...problemRows(table, file))
      }
    } else if (isFolderSidecar(file.name)) {
      used.add(file.path)
      const said = await readSidecar(tree, file)
      own = { ...said.description, ...own }
      doubt ??= said.doubt
      rows.push(...said.rows)
    }
  }
  const sidecars = sidecarsOf(files, photos)
  for (const { path, refusal } of sidecars.values()) if (!refusal) used.add(path)
  return { used, own, doubt, tables: [...tables, ...unread], sidecars, rows }
}

/** "photo.jpg.json" before "photo.json", for each photo. */
function sidecarsOf(files: readonly TreeFile[], photos: readonly TreeFile[]): Map<string, TreeFile> {
  const byName = new Map(
    files
      .filter(({ name }) => kindOf(name) === 'sidecar' && !isFolderSidecar(name))
      .map((file) => [file.name.slice(0, -'.json'.length), file]),
  )
  return new Map(
    photos.flatMap(({ name, path }) => {
      const found = byName.get(name) ?? byName.get(name.replace(/\.[^.]+$/, ''))
      return found ? [[path, found] as const] : []
    }),
  )
}

/** What a sidecar says, rows for what it does not, and why photos are not named by it that it means to name. */
export async function readSidecar(
  tree: SourceTree,
  file: TreeFile,
): Promise<{ description: Description; rows: FileRow[]; doubt?: string | undefined }> {
  const refused = (reason: string) => ({
    ...asRow(file),
    refusal: { code: 'bad_description' as const, reason },
  })
  try {
    // What is wrong with the file itself is a row already.
    if (file.refusal) throw fileError(file.refusal.code, file.refusal.reason)
    const { description, problems, nameProblem } = parseSidecar(await tree.read(file, mostSidecarBytes))
    const rows = problems.map((problem, index) => ({
      ...refused(`Of this sidecar ${problem}. The rest of it is taken.`),
      path: index === 0 ? file.path : `${file.path} (${index + 1})`,
    }))
    const doubt =
      nameProblem === null ? undefined : `Of its sidecar ${file.name} ${nameProblem}. Say who this is.`
    return { description, rows, doubt }
  } catch (error) {
    const refusal = refusalOf(error)
    if (!refusal && (error as { code?: unknown }).code !== undefined) throw error
    const { message } = error as Error
    const doubt = `Its sidecar ${file.name} can't be used: ${message.replace(/\.$/, '')}. Say who this is.`
    const rows = file.refusal ? [] : [refused(`This sidecar can't be used: ${message}`)]
    return { description: {}, rows, doubt }
  }
}

/**
 * Why a JSON file that describes no photo of its folder is of no use: its name, or what it says, is that of a sidecar. Null
 * where it is none.
 * @param names of all files of the folder
 */
export async function refuseOrphan(
  tree: SourceTree,
  file: TreeFile,
  names: ReadonlySet<string>,
): Promise<Refusal | null> {
  if (kindOf(file.name) !== 'sidecar') return null
  const photo = file.name.slice(0, -'.json'.length)
  const lacks = names.has(photo) ? 'can’t be used' : 'isn’t there'
  const isNamedSo = kindOf(photo) === 'photo'
  if (!isNamedSo && !(await saysAnything(tree, file))) return null
  const which = isNamedSo ? photo : `a photo called ${photo}`
  return { code: 'bad_description', reason: `It describes ${which}, which ${lacks}.` }
}

async function saysAnything(tree: SourceTree, file: TreeFile): Promise<boolean> {
  const { description, rows } = await readSidecar(tree, file)
  return (
    rows.length === 0 && Object.values(description).some((value) => value !== null && value !== undefined)
  )
}

async function tableOf(
  tree: SourceTree,
  file: TreeFile,
  folder: string,
  signal?: AbortSignal,
): Promise<Table | { refusal: Refusal }> {
  try {
    const bytes = await tree.read(file, mostTableBytes)
    const open = async function* () {
      yield bytes
    }
    const table = await readTable({ path: file.path, folder, absolute: null, open }, signal)
    await matchFiles(table, tree)
    return table
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal) return { refusal }
    if (signal?.aborted || (error as { code?: unknown }).code !== undefined) throw error
    return { refusal: { code: 'bad_description', reason: (error as Error).message } }
  }
}

/** One that would have spoken of the photos in its folder and below. */
function unreadTable({ path }: TreeFile, { reason }: Refusal): Table {
  return {
    place: { path, folder: '', absolute: null, open: () => Readable.from([]) },
    ...{ records: new Map(), problems: [], doubts: new Map() },
    unreadable: `${path} may say who this is, and can’t be used. ${reason} Say who this is.`,
  }
}

/** One for each line of a table that could not be used as it is. */
export function problemRows({ problems }: Table, file: Pick<TreeFile, 'path' | 'locator'>): FileRow[] {
  const seen = new Map<number, number>()
  return problems.map(({ line, refusal }) => {
    const nth = (seen.get(line) ?? 0) + 1
    seen.set(line, nth)
    return {
      path: nth === 1 ? `${file.path}:${line}` : `${file.path}:${line} (${nth})`,
      ...{ locator: file.locator, bytes: null, modifiedAt: null, refusal },
    }
  })
}

export const asRow = ({ path, locator, bytes, modifiedAt }: TreeFile): FileRow => ({
  ...{ path, locator, bytes, modifiedAt },
})
