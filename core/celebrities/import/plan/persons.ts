import { byQuality, type Item } from './items'
import type { Cluster, NameGroup } from './name-groups'
import type { Standing, Tie } from './standing'
import type { Steps } from './types'

/** Who the files show: clusters of faces, put together by names and by what people said. */

export interface Person {
  key: string
  /** Null where none of the files has a name. */
  name: string | null
  nameOriginal: string | null
  clusters: Cluster[]
  /** Whose face will do, the best first. */
  items: Item[]
  /** Of these, by a person: then the name is right. */
  isAccepted: boolean
  /** Said by a person, or what came of publishing. */
  decided: string | null
  /** Celebrities that they are not. */
  notThese: ReadonlySet<string>
  /** Of the name's files, this is not what the others show: the person whom the name is taken for, where it is. */
  oddFrom: Person | null
  isOdd: boolean
}

interface Node {
  cluster: Cluster
  group: string
  items: Item[]
  isOdd: boolean
  /** Where a person put it. */
  joined: Node | null
  decided: string | null
}

interface Nodes {
  all: Node[]
  ofFile: Map<number, Node>
}

/** Between two pauses. */
const peopleAtOnce = 128

export interface Persons {
  all: Person[]
  ofCluster: ReadonlyMap<Cluster, Person>
  /** Whom a file of that group is shown with, where its own face is of no use. */
  ofGroup: ReadonlyMap<string, Person>
  areApart: (a: Person, b: Person) => boolean
}

/** @param groups by what their names have in common */
export function* findPersons(
  items: readonly Item[],
  groups: ReadonlyMap<string, NameGroup>,
  standing: Standing,
): Steps<Persons> {
  const nodes = yield* nodesOf(items, groups, standing)
  tie(nodes, standing.ties)
  yield
  const persons = new Map<Node, Person>()
  for (const node of nodes.all) {
    const root = rootOf(node)
    const person = persons.get(root) ?? newPerson(root)
    persons.set(root, person)
    person.clusters.push(node.cluster)
    person.items.push(...node.items)
    person.decided ??= node.decided
  }
  yield
  const all = [...persons.values()]
  for (const [i, person] of all.entries()) {
    complete(person, standing)
    if (i % peopleAtOnce === peopleAtOnce - 1) yield
  }
  const ofCluster = new Map(nodes.all.map((node) => [node.cluster, persons.get(rootOf(node)) as Person]))
  const ofGroup = keysOf(nodes.all, persons)
  yield
  for (const person of all) {
    if (!person.isOdd) continue
    const main = ofGroup.get(person.key)
    person.oddFrom =
      main && main !== person
        ? main
        : (all.find((other) => other !== person && other.key === person.key) ?? null)
  }
  return { all, ofCluster, ofGroup, areApart: apartness(all, standing) }
}

/** What a person decided of one file of a cluster holds for the cluster. */
function* nodesOf(
  items: readonly Item[],
  groups: ReadonlyMap<string, NameGroup>,
  standing: Standing,
): Steps<Nodes> {
  const byId = new Map(items.map((item) => [item.file.id, item]))
  const all: Node[] = []
  const ofFile = new Map<number, Node>()
  for (const [group, { clusters, main }] of groups) {
    for (const cluster of clusters) {
      const node: Node = {
        ...{ cluster, group, joined: null, decided: null },
        items: cluster.members.map((id) => byId.get(id) as Item),
        isOdd: isOdd(cluster, { clusters, main }, (a, b) => clustersApart(a, b, byId, standing)),
      }
      node.decided = node.items.map(({ file }) => file.published?.celebrityId ?? null).find(Boolean) ?? null
      if (node.items.some(({ isAccepted }) => isAccepted)) node.isOdd = false
      all.push(node)
      for (const id of cluster.members) ofFile.set(id, node)
      if (all.length % peopleAtOnce === 0) yield
    }
  }
  return { all, ofFile }
}

/** Neither whom the name is taken for, nor said to be another of that name. */
function isOdd(
  cluster: Cluster,
  { clusters, main }: Pick<NameGroup, 'clusters' | 'main'>,
  areApart: (a: Cluster, b: Cluster) => boolean,
): boolean {
  if (main) return cluster !== main && !areApart(cluster, main)
  return clusters.some((other) => other !== cluster && !areApart(cluster, other))
}

function clustersApart(
  a: Cluster,
  b: Cluster,
  byId: ReadonlyMap<number, Item>,
  { areApart }: Standing,
): boolean {
  const hashOf = (id: number) => byId.get(id)?.file.imageHash ?? null
  return a.members.some((one) => b.members.some((other) => areApart(hashOf(one), hashOf(other))))
}

/** Puts together what a person said is one, in order; what they took apart later is apart. */
function tie({ ofFile }: Nodes, ties: readonly Tie[]): void {
  const standing: Extract<Tie, { kind: 'same_person' }>[] = []
  for (const one of ties) {
    if (one.kind === 'same_person') {
      standing.push(one)
      continue
    }
    const isUndone = (earlier: (typeof standing)[number]) => contradicts(earlier, one, ofFile)
    for (let i = standing.length - 1; i >= 0; i -= 1) if (isUndone(standing[i])) standing.splice(i, 1)
  }
  for (const { fileId, with: other } of standing) {
    const node = ofFile.get(fileId)
    if (!node) continue
    if ('celebrityId' in other) {
      const root = rootOf(node)
      root.decided = other.celebrityId
      root.isOdd = false
      continue
    }
    const target = ofFile.get(other.fileId)
    if (!target) continue
    const [from, to] = [rootOf(node), rootOf(target)]
    to.isOdd = false
    if (from === to) continue
    from.joined = to
    to.decided ??= from.decided
  }
}

function contradicts(
  earlier: Extract<Tie, { kind: 'same_person' }>,
  later: Extract<Tie, { kind: 'different_person' }>,
  ofFile: ReadonlyMap<number, Node>,
): boolean {
  const node = (id: number) => ofFile.get(id) ?? id
  if ('celebrityId' in later.from || 'celebrityId' in earlier.with) {
    return (
      'celebrityId' in later.from &&
      'celebrityId' in earlier.with &&
      later.from.celebrityId === earlier.with.celebrityId &&
      node(earlier.fileId) === node(later.fileId)
    )
  }
  const [a, b] = [node(earlier.fileId), node(earlier.with.fileId)]
  const [c, d] = [node(later.fileId), node(later.from.fileId)]
  return (a === c && b === d) || (a === d && b === c)
}

function rootOf(node: Node): Node {
  let root = node
  while (root.joined) root = root.joined
  return root
}

function newPerson(root: Node): Person {
  return {
    ...{ key: root.group, name: null, nameOriginal: null, clusters: [], items: [], isAccepted: false },
    ...{ decided: root.decided, notThese: new Set<string>(), oddFrom: null, isOdd: root.isOdd },
  }
}

function complete(person: Person, { distinctions }: Standing): void {
  person.items.sort(byQuality)
  person.isAccepted = person.items.some(({ isAccepted }) => isAccepted)
  const own = person.items.filter(({ group }) => group === person.key)
  const spelling = commonSpelling(own.length > 0 ? own : person.items)
  person.name = spelling?.name ?? null
  person.nameOriginal = spelling?.original ?? null
  const hashes = new Set(person.items.map(({ file }) => file.imageHash))
  person.notThese = new Set(
    distinctions.flatMap(([one, other]) => (hashes.has(one) ? [other] : hashes.has(other) ? [one] : [])),
  )
}

/** How most files write it; of equally many, the one with the most accents, which somebody took care of. */
function commonSpelling(items: readonly Item[]): { name: string; original: string | null } | null {
  const counts = new Map<string, { name: string; original: string | null; files: number }>()
  for (const { file } of items) {
    if (file.name === null) continue
    const known = counts.get(file.name)
    if (known) known.files += 1
    else counts.set(file.name, { name: file.name, original: file.nameOriginal, files: 1 })
  }
  const accents = (name: string) => name.normalize('NFD').length - name.normalize('NFC').length
  const [first] = [...counts.values()].toSorted(
    (a, b) => b.files - a.files || accents(b.name) - accents(a.name) || (a.name < b.name ? -1 : 1),
  )
  return first ?? null
}

/** The first person of a name has its key; others of that name one with their first path. */
function keysOf(nodes: readonly Node[], persons: ReadonlyMap<Node, Person>): Map<string, Person> {
  const ofGroup = new Map<string, Person>()
  for (const wantsOdd of [false, true]) {
    for (const node of nodes) {
      const root = rootOf(node)
      const person = persons.get(root)
      if (!person || person.isOdd !== wantsOdd) continue
      if (root === node && !wantsOdd && ofGroup.has(node.group) && ofGroup.get(node.group) !== person) {
        const paths = person.items.map(({ file }) => file.path).toSorted()
        person.key = `${node.group}/${paths[0]}`
      }
      if (!ofGroup.has(node.group)) ofGroup.set(node.group, person)
    }
  }
  return ofGroup
}

function apartness(all: readonly Person[], { distinctions }: Standing): Persons['areApart'] {
  if (distinctions.length === 0) return () => false
  const ofHash = new Map<string, Person[]>()
  for (const person of all) {
    for (const { file } of person.items) {
      if (file.imageHash !== null) ofHash.set(file.imageHash, [...(ofHash.get(file.imageHash) ?? []), person])
    }
  }
  const apart = new Map<Person, Set<Person>>()
  for (const [one, other] of distinctions) {
    for (const a of ofHash.get(one) ?? []) {
      for (const b of ofHash.get(other) ?? []) {
        apart.set(a, (apart.get(a) ?? new Set()).add(b))
        apart.set(b, (apart.get(b) ?? new Set()).add(a))
      }
    }
  }
  return (a, b) => apart.get(a)?.has(b) ?? false
}
