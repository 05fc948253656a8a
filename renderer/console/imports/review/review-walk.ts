import type { ImportFile } from '../../../../core/celebrities/contract-import-schemas'
import type { ImportSearch } from '../search'

/** What of a file the walk looks at. */
type Walked = Pick<ImportFile, 'id' | 'outcome' | 'published_at'>

/**
 * Where a decision leads: the next file that still waits for a person, where this one did; else simply the next one that
 * is not published. Behind the last one that waits it looks from the start.
 * @param settled Files that were decided a moment ago, of which the list says nothing yet.
 * @returns −1 where there is none
 */
export function nextToReview(
  files: readonly Walked[],
  index: number,
  settled: ReadonlySet<number>,
  wasOpen: boolean,
): number {
  if (!wasOpen) return files.findIndex((file, place) => place > index && file.published_at === null)
  const isOpen = ({ id, outcome }: Walked) => outcome === 'needs_person' && !settled.has(id)
  const after = files.findIndex((file, place) => place > index && isOpen(file))
  return after >= 0 ? after : files.findIndex((file, place) => place !== index && isOpen(file))
}

/** Of the pages of a list, with some files as they are now; the others keep their identity. */
export function withChanged<Page extends { items: ImportFile[] }>(
  pages: readonly Page[],
  changed: readonly ImportFile[],
): Page[] {
  const now = new Map(changed.map((file) => [file.id, file]))
  return pages.map((page) =>
    page.items.some(({ id }) => now.has(id))
      ? { ...page, items: page.items.map((file) => now.get(file.id) ?? file) }
      : page,
  )
}

/** Whether some of the files belong into the list of an outcome and don't stand there, such as those that an undo brings back. */
export function isLacking(
  list: readonly Walked[],
  changed: readonly ImportFile[],
  { outcome, code }: Pick<ImportSearch, 'outcome' | 'code'>,
): boolean {
  if (outcome === undefined && code === undefined) return false
  const listed = new Set(list.map(({ id }) => id))
  return changed.some(
    (file) =>
      !listed.has(file.id) &&
      (outcome === undefined || file.outcome === outcome) &&
      (code === undefined || file.outcome_code === code),
  )
}

/** The image of an item that lies `step` further, round and round: an item is a file and its siblings. */
export function flipped(ids: readonly number[], shown: number, step: 1 | -1): number {
  const place = ids.indexOf(shown)
  return ids[(place + step + ids.length) % ids.length] ?? shown
}

/** The face after the chosen one, round and round; null where there is no other. */
export function nextFace(faces: readonly { face_index: number }[], chosen: number | null): number | null {
  if (faces.length < 2) return null
  const place = faces.findIndex(({ face_index }) => face_index === chosen)
  return faces[(place + 1) % faces.length]?.face_index ?? null
}
