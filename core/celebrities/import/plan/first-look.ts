import { duplicate, rejected, toFile, type Item } from './items'
import { groupBy } from './group-by'
import { byPath } from './name-groups'
import type { Standing } from './standing'
import type { GalleryPhoto, Steps } from './types'

/** Between two pauses. */
const itemsAtOnce = 512

/** Verdicts that need no look at faces: what files are, what people rejected, the same bytes. */
export function* firstLook(
  items: readonly Item[],
  gallery: readonly GalleryPhoto[],
  standing: Standing,
): Steps<void> {
  for (const [i, item] of items.entries()) {
    if (i % itemsAtOnce === itemsAtOnce - 1) yield
    const { file } = item
    if (file.published) continue
    if (file.state === 'rejected') {
      item.verdict = rejected(file.reasonCode ?? 'unreadable', file.reason ?? 'It can’t be used.')
    } else if (standing.rejected.has(file.id)) {
      item.verdict = rejected('by_person', 'Rejected by a person.')
    } else if (file.faces.length === 0) {
      item.verdict = rejected('no_face', 'No face was found in it.')
    }
  }
  yield
  sameBytes(items)
  yield
  sameBytesInGallery(items, gallery)
}

/** Of files with the same bytes and one name, or none, one is left. Those with two names are a matter of faces. */
function sameBytes(items: readonly Item[]): void {
  const byHash = groupBy(
    items.filter(({ file }) => file.imageHash !== null && (file.published ?? file.state === 'analyzed')),
    ({ file }) => file.imageHash,
  )
  for (const same of byHash.values()) {
    if (same.length === 1) continue
    const kept: Item[] = []
    for (const item of same.toSorted(bySayso)) {
      const keeper = kept.find((other) => other.group === item.group) ?? (item.isNamed ? undefined : kept[0])
      if (!keeper) kept.push(item)
      else if (!item.verdict && !item.file.published) item.verdict = sameBytesAs(item, keeper)
    }
  }
}

function sameBytesAs(item: Item, keeper: Item) {
  const isOut = keeper.verdict?.code === 'by_person'
  const reason = isOut
    ? `The same file as ${keeper.file.path}, which was rejected by a person.`
    : `The same file as ${keeper.file.path}.`
  return duplicate('same_bytes', reason, toFile(item, keeper))
}

/** What is published, then what people spoke of, then what has more said of it. */
function bySayso(a: Item, b: Item): number {
  const isRejected = ({ verdict }: Item) => Number(verdict?.code === 'by_person')
  const said = ({ file, isNamed }: Item) =>
    Number(isNamed) * 4 + Number(file.licence !== null) * 2 + Number(file.source !== null)
  return (
    Number(b.file.published !== null) - Number(a.file.published !== null) ||
    Number(b.isAccepted) - Number(a.isAccepted) ||
    isRejected(b) - isRejected(a) ||
    said(b) - said(a) ||
    byPath(a.file, b.file)
  )
}

function sameBytesInGallery(items: readonly Item[], gallery: readonly GalleryPhoto[]): void {
  const known = new Map(
    gallery.flatMap((photo) => (photo.imageHash === null ? [] : [[photo.imageHash, photo]])),
  )
  for (const item of items) {
    const { file, verdict } = item
    const photo = known.get(file.imageHash ?? '') ?? known.get(file.sourceHash ?? '')
    if (!photo || verdict || file.published) continue
    item.verdict = duplicate('same_bytes_in_gallery', `The gallery has this very file, as ${photo.name}.`, {
      ...{ celebrity_id: photo.celebrityId, photo_id: photo.photoId, seen: photo.seen, bits_apart: 0 },
    })
  }
}
