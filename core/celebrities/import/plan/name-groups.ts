import type { ImportRules } from '../../contract-import-schemas'
import { chooseFace, type FaceChoice } from './choose-face'
import { clusterFaces, type FaceCluster } from './clusters'
import { poorQuality } from './gates'
import type { PlanFile, Steps } from './types'
import { dot } from './vectors'

/** Files that one name is said of, with the people that their faces show. */

export interface Candidate {
  file: PlanFile
  /** Picked by a person. */
  faceIndex: number | null
  /** By a person: the name is right, and the quality will do. */
  isAccepted: boolean
}

export interface NameGroup {
  /** Of each file: its face, and what speaks against it. */
  faces: Map<number, FaceChoice & { poor: string | null }>
  /** Of files whose face will do, by id; the largest first. */
  clusters: Cluster[]
  /** The one that the name is taken for; null where no more than half of the files agree. */
  main: Cluster | null
}

export type Cluster = FaceCluster<number>

/** Known faces that a photo of several is compared with at most: the best ones. */
const mostKnown = 50

/**
 * @param candidates in any order
 * @param gallery faces that the gallery has under that name
 */
export function* groupName(
  candidates: readonly Candidate[],
  gallery: readonly Float32Array[],
  areApart: (a: number, b: number) => boolean,
  rules: ImportRules,
): Steps<NameGroup> {
  const faces = chooseFaces(candidates, gallery, rules)
  const usable = candidates
    .flatMap(({ file }) => {
      const chosen = faces.get(file.id)
      return chosen && chosen.poor === null ? [{ file, face: chosen.face }] : []
    })
    .toSorted((a, b) => (b.face.quality ?? 0) - (a.face.quality ?? 0) || byPath(a.file, b.file))
  const clusters = yield* clusterFaces(
    usable.map(({ file, face }) => ({ member: file.id, embedding: face.embedding })),
    { same: rules.same_person, other: rules.other_person },
    areApart,
  )
  const accepted = new Set(candidates.filter(({ isAccepted }) => isAccepted).map(({ file }) => file.id))
  return { faces, clusters, main: mainOf(clusters, { accepted, gallery, least: rules.other_person }) }
}

function chooseFaces(
  candidates: readonly Candidate[],
  gallery: readonly Float32Array[],
  rules: ImportRules,
): NameGroup['faces'] {
  const faces: NameGroup['faces'] = new Map()
  const known = [...gallery]
  const put = ({ file, isAccepted }: Candidate, { face, doubt, isGuess }: FaceChoice) => {
    const poor = isAccepted ? null : poorQuality(face, rules)
    faces.set(file.id, { face, doubt: isAccepted ? null : doubt, isGuess: isGuess && !isAccepted, poor })
    return poor === null
  }
  const open: Candidate[] = []
  for (const candidate of candidates.toSorted((a, b) => byPath(a.file, b.file))) {
    const { file, faceIndex } = candidate
    const picked = faceIndex === null ? undefined : file.faces.find(({ index }) => index === faceIndex)
    const face = picked ?? (file.faces.length === 1 ? file.faces[0] : undefined)
    if (!face) open.push(candidate)
    else if (put(candidate, { face, doubt: null, isGuess: false })) known.push(face.embedding)
  }
  const shared = known.length > 0 ? known.slice(0, mostKnown) : sharedFaces(open, rules)
  for (const candidate of open) {
    put(candidate, chooseFace(candidate.file.faces, shared, rules))
  }
  return faces
}

/** Where all photos show several people: the one who is in more of them than anybody else. */
function sharedFaces(open: readonly Candidate[], rules: ImportRules): Float32Array[] {
  const some = open.slice(0, mostKnown)
  const counted = some.flatMap(({ file }) =>
    file.faces.map((face) => {
      const others = some.filter((other) => other.file.id !== file.id)
      const like = others.flatMap((other) => {
        const cosines = other.file.faces.map(({ embedding }) => dot(face.embedding, embedding))
        return Math.max(...cosines) >= rules.same_person ? [Math.max(...cosines)] : []
      })
      return { face, photos: like.length, cosines: like.reduce((sum, cosine) => sum + cosine, 0) }
    }),
  )
  const [best] = counted.toSorted((a, b) => b.photos - a.photos || b.cosines - a.cosines)
  if (!best || best.photos === 0) return []
  const rival = counted.some(
    ({ face, photos }) =>
      photos === best.photos && dot(face.embedding, best.face.embedding) < rules.same_person,
  )
  return rival ? [] : [best.face.embedding]
}

interface MainRules {
  accepted: ReadonlySet<number>
  gallery: readonly Float32Array[]
  least: number
}

/** What a person accepted; else whom the gallery knows by that name; else what more than half of the files show. */
function mainOf(clusters: readonly Cluster[], { accepted, gallery, least }: MainRules): Cluster | null {
  const chosen = clusters.find(({ members }) => members.some((id) => accepted.has(id)))
  if (chosen) return chosen
  if (clusters.length === 1) return clusters[0]
  const like = (cluster: Cluster) => Math.max(-1, ...gallery.map((face) => dot(cluster.centroid, face)))
  const [known] = clusters
    .map((cluster) => ({ cluster, cosine: like(cluster) }))
    .toSorted((a, b) => b.cosine - a.cosine)
  if (known && known.cosine >= least) return known.cluster
  const files = clusters.reduce((sum, { members }) => sum + members.length, 0)
  return clusters.find(({ members }) => members.length * 2 > files) ?? null
}

/** Paths are unique, so this order is the same whatever order files come in. */
export const byPath = (a: { path: string }, b: { path: string }) =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : 0
