/** A file or folder as a disk has it, by what it is called before a person. */
export interface ShownName<T> {
  name: string
  entry: T
  /** Whether the name is not the bytes of what is shown: it can only be opened by these. */
  isOdd: boolean
}

/**
 * How names on a disk are shown, each another: those that are no UTF-8 as Windows-1252 where that gives words of western
 * languages, as old disks have them, else with "�" for what can't be read. In order of their bytes.
 */
export function showNames<T extends { name: Buffer }>(entries: readonly T[]): ShownName<T>[] {
  const sorted = [...entries].sort((one, other) => Buffer.compare(one.name, other.name))
  const isText = ({ name }: T) => Buffer.from(name.toString()).equals(name)
  const taken = new Set(sorted.filter(isText).map(({ name }) => name.toString()))
  return sorted.map((entry) => {
    if (isText(entry)) return { name: entry.name.toString(), entry, isOdd: false }
    const shown = western(entry.name) ?? entry.name.toString()
    let name = shown
    for (let copy = 2; taken.has(name); copy++) name = `${shown} (${copy})`
    taken.add(name)
    return { name, entry, isOdd: true }
  })
}

/** Null where it is likely to be of another script: signs for letters, or more than two letters beyond ASCII in a row. */
function western(bytes: Buffer): string | null {
  const text = new TextDecoder('windows-1252').decode(bytes)
  return /[^\x20-\x7e\p{Script=Latin}]|[^\x20-\x7e]{3}/u.test(text) ? null : text
}
