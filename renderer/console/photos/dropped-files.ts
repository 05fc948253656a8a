/** A file that was dropped or picked, and where it lay: `folder/file.jpg`. */
export interface FoundFile {
  file: File
  path: string
}

/** Files from an `<input type="file">`, with their folders where a folder was picked. */
export function pickedFiles(files: Iterable<File>): FoundFile[] {
  return inOrder([...files].map((file) => ({ file, path: file.webkitRelativePath || file.name })))
}

/**
 * Everything in a drop, folders walked to their ends. Call it in the event itself: a drop's entries are gone after it.
 * What can't be read is left out.
 */
export async function droppedFiles(transfer: DataTransfer): Promise<FoundFile[]> {
  const dropped = [...transfer.items]
    .filter((item) => item.kind === 'file')
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }))
  const found = await Promise.all(
    dropped.map(async ({ entry, file }) => {
      if (entry) return walk(entry, '')
      // What comes from no disk, a picture dragged out of a page, has no entry.
      return file ? [{ file, path: file.name }] : []
    }),
  )
  return inOrder(found.flat())
}

/** Operating systems leave their own files in folders; nobody has put them there. */
function isHidden(path: string): boolean {
  return /(^|\/)(\.|Thumbs\.db$|desktop\.ini$|__MACOSX\/)/i.test(path)
}

function inOrder(files: FoundFile[]): FoundFile[] {
  const collator = new Intl.Collator('en', { numeric: true })
  return files.filter(({ path }) => !isHidden(path)).sort((a, b) => collator.compare(a.path, b.path))
}

async function walk(entry: FileSystemEntry, folder: string): Promise<FoundFile[]> {
  const path = folder + entry.name
  if (entry.isFile) {
    const file = await new Promise<File | null>((resolve) =>
      (entry as FileSystemFileEntry).file(resolve, () => resolve(null)),
    )
    return file ? [{ file, path }] : []
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const found: FoundFile[] = []
  for (;;) {
    // A reader gives at most a hundred entries at a time, and none at the end.
    const batch = await new Promise<FileSystemEntry[]>((resolve) =>
      reader.readEntries(resolve, () => resolve([])),
    )
    if (batch.length === 0) return found
    for (const child of batch) found.push(...(await walk(child, `${path}/`)))
  }
}
