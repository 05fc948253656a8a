import type { Steps } from './types'
import { dot, normalized, sumOf } from './vectors'

/** Faces that are taken for one person, by average linkage. */
export interface FaceCluster<T> {
  /** The first is the best. */
  members: T[]
  /** The sum of its faces, of unit length; of one face that itself, since most people of a large import have one photo. */
  centroid: Float32Array
}

export interface ClusterRules {
  /** Mean cosine from which a face joins at once. */
  same: number
  /** Mean cosine under which two clusters stay two. */
  other: number
}

/** Inner products between two pauses: a few milliseconds. */
const productsAtOnce = 4096

/**
 * Clusters faces that one name is said of. In two passes, each over what there is in its order: faces join the cluster
 * that they resemble most, from the mean cosine `same`; then clusters join, from `other`, since the common name speaks for
 * one person. Few clusters come of one name, so it is about linear. Pairs that are apart never come into one cluster.
 * @param faces the best first
 * @returns the largest first; equal ones by their first member's place in `faces`
 */
export function* clusterFaces<T>(
  faces: readonly { member: T; embedding: Float32Array }[],
  { same, other }: ClusterRules,
  areApart: (a: T, b: T) => boolean,
): Steps<FaceCluster<T>[]> {
  const single = faces.map(({ member, embedding }) => ({ members: [member], sum: embedding }))
  const places = new Map(faces.map(({ member }, i) => [member, i]))
  const bySize = (a: Raw<T>, b: Raw<T>) =>
    b.members.length - a.members.length || (places.get(a.members[0]) ?? 0) - (places.get(b.members[0]) ?? 0)
  const sure = yield* joinNearest(single, same, areApart)
  const joined = yield* joinNearest(sure.toSorted(bySize), other, areApart)
  return joined.toSorted(bySize).map(({ members, sum }) => ({
    members: members.toSorted((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0)),
    centroid: members.length === 1 ? sum : normalized(sum),
  }))
}

interface Raw<T> {
  members: T[]
  sum: Float32Array
}

/** Each joins the cluster before it whose faces it resembles most in the mean, from `least` on. */
function* joinNearest<T>(
  ones: readonly Raw<T>[],
  least: number,
  areApart: (a: T, b: T) => boolean,
): Steps<Raw<T>[]> {
  const clusters: Raw<T>[] = []
  let products = 0
  for (const one of ones) {
    const nearest: { cluster: Raw<T>; cosine: number }[] = []
    for (const cluster of clusters) {
      const cosine = meanCosine(one, cluster)
      if (cosine >= least) nearest.push({ cluster, cosine })
      products += 1
      if (products % productsAtOnce === 0) yield
    }
    nearest.sort((a, b) => b.cosine - a.cosine)
    const found = nearest.find(({ cluster }) => !anyApart(one, cluster, areApart))
    if (!found) {
      clusters.push({ members: [...one.members], sum: one.sum })
      continue
    }
    found.cluster.sum = sumOf(found.cluster.sum, one.sum)
    found.cluster.members.push(...one.members)
  }
  return clusters
}

const meanCosine = <T>(a: Raw<T>, b: Raw<T>) => dot(a.sum, b.sum) / (a.members.length * b.members.length)

function anyApart<T>(a: Raw<T>, b: Raw<T>, areApart: (a: T, b: T) => boolean): boolean {
  return a.members.some((one) => b.members.some((other) => areApart(one, other)))
}
