import { SemblanceError } from '../../../model/errors'
import { againWords, doubtWords, problemOf, type Table, type TableRecord } from './table'
import type { SourceTree } from './tree'

/** Files that one path may mean, at most: among more nobody chooses, and a source could be made of them. */
const mostMeant = 8

/**
 * Looks for the files that a table names, and has its records and doubts by their own paths: where there is none of just
 * that path, the one that differs from it in the form of Unicode alone, then in capitals as well. What may mean several
 * names none of them.
 * @throws SemblanceError UNAVAILABLE where the source is away
 */
export async function matchFiles(table: Table, tree: SourceTree): Promise<void> {
  const find = finderIn(tree, table.place.folder)
  const records = new Map<string, TableRecord>()
  const doubts = new Map<string, string>()
  for (const [path, doubt] of table.doubts) {
    const meant = await find(path)
    for (const one of meant.length > 0 ? meant : [path]) doubts.set(one, doubt)
  }
  for (const record of table.records.values()) {
    const { line } = record
    const meant = await find(record.path)
    if (meant.length > 1) {
      const reason = `names ${record.path}, which may be any of these: ${meant.join(', ')}`
      table.problems.push(problemOf(line, 'bad_description', `${reason}. Write it as the file is called.`))
      for (const one of meant) doubts.set(one, doubtWords(table, line, `it ${reason}`))
      continue
    }
    const path = meant[0] ?? record.path
    const earlier = records.get(path)
    if (earlier) table.problems.push(problemOf(line, 'bad_description', againWords(path, earlier)))
    else records.set(path, { ...record, path })
  }
  table.problems.sort((one, other) => one.line - other.line)
  Object.assign(table, { records, doubts })
}

/** Gives the files that a path may mean: one, where it is told by its spelling. */
function finderIn(tree: SourceTree, start: string): (path: string) => Promise<string[]> {
  const folders = new Map<string, Promise<Map<string, string[]>>>()

  async function namesIn(folder: string): Promise<Map<string, string[]>> {
    const names = new Map<string, string[]>()
    for (const name of await tree.names(folder).catch(noneOf)) {
      const key = alike(name)
      names.set(key, [...(names.get(key) ?? []), name])
    }
    return names
  }

  return async (path) => {
    let meant = [start]
    for (const part of path.slice(start === '' ? 0 : start.length + 1).split('/')) {
      const next: string[] = []
      for (const folder of meant) {
        const names = folders.get(folder) ?? namesIn(folder)
        folders.set(folder, names)
        const within = nearest((await names).get(alike(part)) ?? [], part)
        next.push(...within.map((name) => (folder === '' ? name : `${folder}/${name}`)))
      }
      meant = next.slice(0, mostMeant)
    }
    const same = meant.filter((one) => one === path)
    const spelt = meant.filter((one) => one.normalize('NFC') === path.normalize('NFC'))
    return [same, spelt, meant].find((some) => some.length > 0) ?? []
  }
}

/** Those first that are spelt alike, so that they are never the ones left out. */
const nearest = (names: readonly string[], part: string): string[] => {
  const distance = (name: string) =>
    name === part ? 0 : name.normalize('NFC') === part.normalize('NFC') ? 1 : 2
  return [...names].sort((one, other) => distance(one) - distance(other))
}

const alike = (name: string) => name.normalize('NFC').toLowerCase().normalize('NFC')

/** What can't be looked into has no files to choose from; its records say so themselves. */
function noneOf(error: unknown): string[] {
  if (error instanceof SemblanceError) throw error
  return []
}
