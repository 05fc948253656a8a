import type { OutcomeCode } from '../../contract-import-schemas'
import type { Reference } from '../staging/staging-tables'
import { bitsApart } from './picture-hash'
import { nameKey } from './name-key'
import { byPath, type Cluster } from './name-groups'
import type { Standing } from './standing'
import type { GalleryPhoto, PlanFace, PlanFile, PlannedFile, Steps } from './types'
import { dot } from './vectors'

/** A file on its way to its outcome. */
export interface Item {
  file: PlanFile
  /** What its name has in common with other spellings; its own where it has no name. */
  group: string
  isNamed: boolean
  isAccepted: boolean
  /** The face that a person accepted while they were told that it may be a minor's. */
  adultFace: number | null
  /** Null where none of its faces will do, or it is not looked at that far. */
  face: PlanFace | null
  /** Which face is meant is unsure, in words. */
  doubt: string | null
  /** Of several faces the largest, for want of anything else to go by. */
  isGuess: boolean
  cluster: Cluster | null
  verdict: Verdict | null
}

export type Verdict = Pick<PlannedFile, 'outcome' | 'code' | 'reason' | 'reference'>

const itemsAtOnce = 256

/**
 * By path.
 * @param keys of names that were met before
 */
export function* createItems(
  files: readonly PlanFile[],
  standing: Standing,
  keys: Map<string, string | null>,
): Steps<Item[]> {
  const sorted = files.toSorted(byPath)
  const items: Item[] = []
  for (const file of sorted) {
    const key = file.name === null ? null : (keys.get(file.name) ?? nameKey(file.name))
    if (file.name !== null) keys.set(file.name, key)
    items.push({
      file,
      group: key ?? `/${file.path}`,
      isNamed: key !== null,
      isAccepted: standing.accepted.has(file.id) || file.published !== null,
      adultFace: standing.adults.get(file.id) ?? null,
      ...{ face: null, doubt: null, isGuess: false, cluster: null, verdict: null },
    })
    if (items.length % itemsAtOnce === 0) yield
  }
  return items
}

export const duplicate = (code: OutcomeCode, reason: string, reference: Reference): Verdict => ({
  ...{ outcome: 'duplicate', code, reason, reference },
})
export const rejected = (code: OutcomeCode, reason: string, reference: Reference | null = null): Verdict => ({
  ...{ outcome: 'rejected', code, reason, reference },
})
export const held = (code: OutcomeCode, reason: string, reference: Reference | null = null): Verdict => ({
  ...{ outcome: 'needs_person', code, reason, reference },
})

/** How one file compares with another. */
export function toFile(item: Item, other: Item): Reference {
  const [a, b] = [item.file.pictureHash, other.file.pictureHash]
  return {
    file_id: other.file.id,
    ...(item.face && other.face ? { cosine: rounded(dot(item.face.embedding, other.face.embedding)) } : {}),
    ...(a && b ? { bits_apart: bitsApart(a, b) } : {}),
  }
}

/** How a file compares with a photo of the gallery. */
export function toGallery(item: Item, photo: GalleryPhoto): Reference {
  const [a, b] = [item.file.pictureHash, photo.pictureHash]
  const cosine = cosineTo(item, photo)
  return {
    ...{ celebrity_id: photo.celebrityId, photo_id: photo.photoId, seen: photo.seen },
    ...(cosine === null ? {} : { cosine: rounded(cosine) }),
    ...(a && b ? { bits_apart: bitsApart(a, b) } : {}),
  }
}

/** Null where they can't be compared. */
export function cosineTo({ file, face }: Item, photo: GalleryPhoto): number | null {
  if (!face || !photo.embedding || photo.model !== file.model) return null
  return dot(face.embedding, photo.embedding)
}

/** As precise as anybody needs, and the same on every machine. */
export const rounded = (cosine: number) => Math.round(cosine * 10_000) / 10_000

/** The better one first: what is published stands, what a person accepted goes before what they did not. */
export function byMerit(a: Item, b: Item): number {
  return (
    Number(b.file.published !== null) - Number(a.file.published !== null) ||
    Number(b.isAccepted) - Number(a.isAccepted) ||
    byQuality(a, b)
  )
}

export function byQuality(a: Item, b: Item): number {
  return (
    (b.face?.quality ?? 0) - (a.face?.quality ?? 0) || b.file.pixels - a.file.pixels || byPath(a.file, b.file)
  )
}
