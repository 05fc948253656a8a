import { nameKey } from './name-key'
import { groupBy } from './group-by'
import { indexPictures, type PictureIndex } from './picture-hash'
import { createRows } from './rows'
import type { Cluster } from './name-groups'
import type { GalleryPhoto, Steps } from './types'

/** The gallery by name, picture and face. */
export interface GalleryIndex {
  photos: readonly GalleryPhoto[]
  /** Photos of all celebrities of that name. */
  named: (key: string) => readonly GalleryPhoto[]
  /** Photos of a celebrity, the one that they are known by first. */
  of: (celebrityId: string) => readonly GalleryPhoto[]
  pictures: PictureIndex<GalleryPhoto>
  /** Photos whose face is like a cluster's, the nearest first. Remembered for as long as somebody has the cluster. */
  near: (cluster: Cluster, model: string | null) => Steps<readonly { photo: GalleryPhoto; cosine: number }[]>
}

/** @param least cosine of `near`; @param mostBits of `pictures` */
export function* indexGallery(
  photos: readonly GalleryPhoto[],
  { least, mostBits }: { least: number; mostBits: number },
): Steps<GalleryIndex> {
  const sorted = photos.toSorted(
    (a, b) => compare(a.celebrityId, b.celebrityId) || compare(a.photoId ?? '', b.photoId ?? ''),
  )
  const byName = groupBy(sorted, ({ name }) => nameKey(name))
  const byCelebrity = groupBy(sorted, ({ celebrityId }) => celebrityId)
  yield
  const withFace = sorted.flatMap((photo) => (photo.embedding ? [{ photo, embedding: photo.embedding }] : []))
  const rows = yield* createRows<GalleryPhoto>(withFace.map(({ embedding }) => embedding))
  for (const [i, { photo, embedding }] of withFace.entries()) {
    rows.add(photo, embedding)
    if (i % 16 === 15) yield
  }
  const pictures = sorted.flatMap((photo) => (photo.pictureHash ? [[photo.pictureHash, photo] as const] : []))
  const remembered = new WeakMap<Cluster, { photo: GalleryPhoto; cosine: number }[]>()
  return {
    photos: sorted,
    named: (key) => byName.get(key) ?? [],
    of: (celebrityId) => byCelebrity.get(celebrityId) ?? [],
    pictures: indexPictures(pictures, mostBits),
    *near(cluster, model) {
      let found = remembered.get(cluster)
      if (!found) {
        const like: { photo: GalleryPhoto; cosine: number }[] = []
        yield* rows.above(cluster.centroid, least, (photo, cosine) => like.push({ photo, cosine }))
        found = like.toSorted((a, b) => b.cosine - a.cosine)
        remembered.set(cluster, found)
      }
      return found.filter(({ photo }) => photo.model === model)
    },
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
