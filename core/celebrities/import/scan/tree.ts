import type { Refusal } from '../source/source-errors'
import type { Locator } from '../staging/staging-tables'

export interface TreeFile {
  kind: 'file'
  /** The last part of its path. */
  name: string
  /** Inside of the source, '/' between folders. Unique. */
  path: string
  bytes: number | null
  modifiedAt: Date | null
  locator: Locator
  /** Why it is not to be read at all. */
  refusal?: Refusal
}

export interface TreeFolder {
  kind: 'folder'
  name: string
  path: string
  refusal?: Refusal
}

export type TreeEntry = TreeFile | TreeFolder

/** Folders and files of a source, wherever they lie. */
export interface SourceTree {
  /** What the whole is called: the folder's name, or that of the ZIP. */
  name: string
  /**
   * What lies in a folder ('' is the whole), in order of path, without what is hidden.
   * @throws errors of the file system; UNAVAILABLE where the whole source is away
   */
  list(path: string): Promise<TreeEntry[]>
  /** What is called how in a folder, without looking at it. @throws as `list` */
  names(path: string): Promise<string[]>
  /** Where a file of that path would lie. */
  locate(path: string): Locator
  /** @throws SemblanceError with `data.code`, as readStagedFile */
  read(file: TreeFile, limit: number): Promise<Uint8Array>
  /** Its first bytes, or more. @throws SemblanceError with `data.code` */
  head(file: TreeFile): Promise<Uint8Array>
}

/** Folders in folders at most: far more than anybody's, and few enough for names that were made to break programs. */
export const mostDepth = 64
/** Bytes of a path at most, in UTF-8. */
export const mostPathBytes = 2000

const litter =
  /^(\..*|__MACOSX|Thumbs\.db|ehthumbs\.db|desktop\.ini|@eaDir|\$RECYCLE\.BIN|System Volume Information|Icon\r)$/i

/** What systems leave in folders, and what its owner has hidden: passed over without a word. */
export const isHidden = (name: string): boolean => litter.test(name)

/** So that files come in the order of their whole paths: "a.jpg" before "a/b.jpg", as '.' is before '/'. */
export function inOrderOfPath(entries: TreeEntry[]): TreeEntry[] {
  const key = ({ name, kind }: TreeEntry) => (kind === 'folder' ? `${name}/` : name)
  return entries.sort((one, other) => (key(one) < key(other) ? -1 : 1))
}

/** A tree of files that are all known, such as those of a ZIP. */
export interface FileIndex {
  list(path: string): TreeEntry[]
  add(file: TreeFile): void
}

export function createFileIndex(): FileIndex {
  const folders = new Map<string, Map<string, TreeEntry>>([['', new Map()]])

  const folderOf = (path: string): Map<string, TreeEntry> => {
    const known = folders.get(path)
    if (known) return known
    const made = new Map<string, TreeEntry>()
    folders.set(path, made)
    const cut = path.lastIndexOf('/')
    const name = path.slice(cut + 1)
    folderOf(path.slice(0, Math.max(0, cut))).set(`${name}/`, { kind: 'folder', name, path })
    return made
  }
  return {
    list: (path) => inOrderOfPath([...(folders.get(path)?.values() ?? [])]),
    add(file) {
      const cut = file.path.lastIndexOf('/')
      const folder = folderOf(file.path.slice(0, Math.max(0, cut)))
      // Two files of one name are two photos: nothing is lost for what an archive calls them.
      let { name, path } = file
      for (let copy = 2; folder.has(name); copy++) {
        name = `${file.name} (${copy})`
        path = `${file.path} (${copy})`
      }
      folder.set(name, { ...file, name, path })
    },
  }
}
