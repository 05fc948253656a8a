import type { ImportRules } from '../../contract-import-schemas'
import type { GalleryIndex } from './gallery-index'
import { groupBy } from './group-by'
import { rejected, type Item } from './items'
import { groupName, type Candidate, type Cluster, type NameGroup } from './name-groups'
import type { Standing } from './standing'
import type { Steps } from './types'

/** By name: what was made of it, and of what. */
export type GroupMemory = Map<string, { signature: string; group: NameGroup }>

interface Surroundings {
  rules: ImportRules
  standing: Standing
  gallery: GalleryIndex
  /** Names whose files and decisions are as before are taken from it; afterwards it holds those of now. */
  memory: GroupMemory
}

/** Faces are chosen and clustered, name by name; each file's item gets its own, or its verdict where it is too poor. */
export function* findGroups(
  items: readonly Item[],
  { rules, standing, gallery, memory }: Surroundings,
): Steps<Map<string, NameGroup>> {
  const open = items.filter(({ verdict }) => !verdict)
  const hashes = new Map(open.map(({ file }) => [file.id, file.imageHash]))
  const areApart = (a: number, b: number) => standing.areApart(hashes.get(a) ?? null, hashes.get(b) ?? null)
  const apart = distinctionsOf(open, standing)
  const before = new Map(memory)
  memory.clear()
  const groups = new Map<string, NameGroup>()
  let since = 0
  for (const [key, some] of groupBy(open, ({ group }) => group)) {
    const candidates = some.map((item) => candidateOf(item, standing))
    const signature = `${candidates.map(signatureOf).join(' ')} ${(apart.get(key) ?? []).join(' ')}`
    const known = before.get(key)
    const anchors = some[0].isNamed ? anchorsOf(key, some[0], gallery) : []
    const group =
      known?.signature === signature ? known.group : yield* groupName(candidates, anchors, areApart, rules)
    memory.set(key, { signature, group })
    groups.set(key, group)
    putFaces(some, group)
    since += some.length
    if (since < 64) continue
    since = 0
    yield
  }
  return groups
}

function candidateOf({ file, isAccepted }: Item, { faces }: Standing): Candidate {
  return { file, isAccepted, faceIndex: file.published?.faceIndex ?? faces.get(file.id) ?? null }
}

const signatureOf = ({ file, faceIndex, isAccepted }: Candidate) =>
  `${file.id}${isAccepted ? '+' : ''}${faceIndex === null ? '' : `:${faceIndex}`}`

/** Faces that the gallery has under that name. */
function anchorsOf(key: string, { file }: Item, gallery: GalleryIndex): Float32Array[] {
  return gallery
    .named(key)
    .flatMap(({ embedding, model }) => (embedding && model === file.model ? [embedding] : []))
}

/** Distinctions between files of one name, by that name. */
function distinctionsOf(open: readonly Item[], { distinctions }: Standing): Map<string, string[]> {
  const groupsOf = new Map<string, Set<string>>()
  if (distinctions.length === 0) return new Map()
  for (const { file, group } of open) {
    if (file.imageHash === null) continue
    groupsOf.set(file.imageHash, (groupsOf.get(file.imageHash) ?? new Set()).add(group))
  }
  const found = new Map<string, string[]>()
  for (const [one, other] of distinctions) {
    for (const group of groupsOf.get(one) ?? []) {
      if (!groupsOf.get(other)?.has(group)) continue
      const pair = one < other ? `${one}/${other}` : `${other}/${one}`
      found.set(group, [...(found.get(group) ?? []), pair].toSorted())
    }
  }
  return found
}

function putFaces(items: readonly Item[], { faces, clusters }: NameGroup): void {
  const clusterOf = new Map<number, Cluster>()
  for (const cluster of clusters) for (const id of cluster.members) clusterOf.set(id, cluster)
  for (const item of items) {
    const found = faces.get(item.file.id)
    if (!found) continue
    item.face = found.face
    item.doubt = found.doubt
    item.isGuess = found.isGuess
    item.cluster = clusterOf.get(item.file.id) ?? null
    if (found.poor !== null && !item.file.published) item.verdict = rejected('low_quality', found.poor)
  }
}
