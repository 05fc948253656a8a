import type { ImportRules } from '../../contract-import-schemas'
import type { GalleryIndex } from './gallery-index'
import { byMerit, cosineTo, duplicate, toFile, toGallery, type Item } from './items'
import { bitsApart, indexPictures } from './picture-hash'
import type { Person } from './persons'
import type { Standing } from './standing'
import type { Steps } from './types'
import { dot } from './vectors'

/** Copies of one picture, found by what it looks like and held against the faces in it. */

/** By so much must a photo be better than the gallery's to take its place. */
export const clearlyBetter = 0.1

/** Of copies among the photos of one person the best is kept. */
export function* samePictureWithin(person: Person, rules: ImportRules, standing: Standing): Steps<void> {
  const kept: Item[] = []
  let looks = 0
  for (const item of person.items.toSorted(byMerit)) {
    const original = item.isAccepted
      ? undefined
      : kept.find((other) => areCopies(item, other, rules, standing))
    looks += kept.length
    if (looks > 50_000) {
      looks = 0
      yield
    }
    if (!original) kept.push(item)
    else item.verdict ??= duplicate('same_picture', copyWords(item, original), toFile(item, original))
  }
}

/** Looking alike is not enough: two people before one wall are no copies. */
function areCopies(item: Item, other: Item, rules: ImportRules, { areApart }: Standing): boolean {
  const [a, b] = [item.file.pictureHash, other.file.pictureHash]
  if (!a || !b || bitsApart(a, b) > rules.same_picture) return false
  if (areApart(item.file.imageHash, other.file.imageHash)) return false
  return (
    item.face !== null &&
    other.face !== null &&
    dot(item.face.embedding, other.face.embedding) >= rules.other_person
  )
}

function copyWords(item: Item, original: Item): string {
  const isWorse = (original.face?.quality ?? 0) > (item.face?.quality ?? 0)
  return `The same picture as ${original.file.path}${isWorse ? ', which is better' : ''}.`
}

/** Photos without a name that are copies of one that has a name. */
export function namelessCopies(items: readonly Item[], rules: ImportRules, standing: Standing): void {
  const nameless = items.filter(
    ({ isNamed, isAccepted, verdict, face }) => !isNamed && !isAccepted && !verdict && face,
  )
  if (nameless.length === 0) return
  const named = items.flatMap((item) =>
    item.isNamed && item.face && !item.verdict && item.file.pictureHash
      ? [[item.file.pictureHash, item] as const]
      : [],
  )
  const index = indexPictures(named, rules.same_picture)
  for (const item of nameless) {
    if (!item.file.pictureHash) continue
    const original = index
      .near(item.file.pictureHash)
      .find(({ value }) => areCopies(item, value, rules, standing))?.value
    if (original) item.verdict = duplicate('same_picture', copyWords(item, original), toFile(item, original))
  }
}

/** Copies of what the gallery has, unless they are clearly better than the gallery's own. */
export function samePictureInGallery(
  item: Item,
  { gallery, rules, standing }: { gallery: GalleryIndex; rules: ImportRules; standing: Standing },
): void {
  const { pictureHash, imageHash, published } = item.file
  if (item.verdict || item.isAccepted || published || !pictureHash) return
  const found = gallery.pictures.near(pictureHash).find(({ value }) => {
    if (standing.areApart(imageHash, value.celebrityId)) return false
    const cosine = cosineTo(item, value)
    return cosine === null || cosine >= rules.other_person
  })?.value
  if (!found) return
  const isBetter = (item.face?.quality ?? 0) >= (found.quality ?? 1) + clearlyBetter
  if (isBetter && found.photoId === null) return
  const reason = `The gallery has the same picture, as ${found.name}.`
  item.verdict = duplicate('same_picture_in_gallery', reason, toGallery(item, found))
}
