import { firstLook } from './first-look'
import { indexGallery, type GalleryIndex } from './gallery-index'
import { groupBy } from './group-by'
import { byMerit, createItems, held, toFile, type Item } from './items'
import { findGroups, type GroupMemory } from './find-groups'
import { createNeighbourhood, type Neighbourhood } from './neighbours'
import type { Cluster } from './name-groups'
import { findPersons, type Person, type Persons } from './persons'
import { resolve, type Resolved } from './resolve'
import { namelessCopies, samePictureInGallery, samePictureWithin } from './same-picture'
import { foldDecisions } from './standing'
import type { Plan, PlanInput, Steps } from './types'
import { decidePerson, rank } from './verdicts'
import { viewPlan } from './view-plan'

/**
 * What is kept between two plans of the same faces, gallery and rules, so that a decision costs what it changes: names
 * whose files and decisions are as before keep their clusters, and clusters that are as before keep their neighbours.
 */
export interface PlanMemory {
  gallery: GalleryIndex | null
  near: Neighbourhood<Cluster> | null
  groups: GroupMemory
  /** What spellings have in common, by spelling. */
  names: Map<string, string | null>
}

export const emptyMemory = (): PlanMemory => ({
  gallery: null,
  near: null,
  groups: new Map(),
  names: new Map(),
})

/**
 * The plan of an import: every file that was looked at has one outcome, and a reason for it. The same input gives the same
 * plan, in whatever order its parts come, and whatever the memory holds. Pure, but for the memory.
 */
export function* planSteps(input: PlanInput, memory: PlanMemory): Steps<Plan> {
  const standing = foldDecisions(input)
  const items = yield* createItems(input.files, standing, memory.names)
  yield
  memory.gallery ??= yield* indexGallery(input.gallery, {
    least: input.rules.same_person,
    mostBits: input.rules.same_picture,
  })
  yield* firstLook(items, memory.gallery.photos, standing)
  yield
  const groups = yield* findGroups(items, {
    rules: input.rules,
    standing,
    gallery: memory.gallery,
    memory: memory.groups,
  })
  yield
  const persons = yield* findPersons(
    items.filter(({ cluster }) => cluster),
    groups,
    standing,
  )
  yield
  memory.near ??= createNeighbourhood<Cluster>(input.rules.same_person)
  yield* memory.near.update(
    [...persons.ofCluster.keys()].map((cluster) => ({ member: cluster, embedding: cluster.centroid })),
  )
  const around = { rules: input.rules, gallery: memory.gallery, persons, near: memory.near, standing }
  namelessCopies(items, input.rules, standing)
  yield
  const resolved = new Map<Person, Resolved>()
  for (const [i, person] of persons.all.entries()) {
    yield* samePictureWithin(person, input.rules, standing)
    for (const item of person.items) samePictureInGallery(item, around)
    const found = yield* resolve(person, around)
    resolved.set(person, found)
    decidePerson(person, found, around)
    if (i % 8 === 7) yield
  }
  yield
  oneOfEachHash(items)
  yield
  for (const [i, { items: same, celebrityId }] of ranksOf(persons, resolved).entries()) {
    rank(same, celebrityId, memory.gallery)
    if (i % 64 === 63) yield
  }
  yield
  return yield* viewPlan(items, persons, { resolved, gallery: memory.gallery })
}

/** As {@link planSteps}, without a pause. */
export function computePlan(input: PlanInput, memory = emptyMemory()): Plan {
  const steps = planSteps(input, memory)
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** A file can be published once, whatever names it has. */
function oneOfEachHash(items: readonly Item[]): void {
  const open = items.filter(({ verdict, file }) => (!verdict || file.published) && file.imageHash !== null)
  for (const same of groupBy(open, ({ file }) => file.imageHash).values()) {
    const [kept, ...others] = same.toSorted(byMerit)
    for (const item of others) {
      if (item.verdict || item.file.published) continue
      const reason = `The same file as ${kept.file.path}, which has another name. It can be published once.`
      item.verdict = held('two_names_one_face', reason, toFile(item, kept))
    }
  }
}

/** Photos of people who are one celebrity are ranked together. */
function ranksOf(persons: Persons, resolved: ReadonlyMap<Person, Resolved>) {
  const ranks = groupBy(persons.all, (person) => resolved.get(person)?.celebrityId ?? person)
  return [...ranks].map(([key, some]) => ({
    celebrityId: typeof key === 'string' ? key : null,
    items: some.flatMap(({ items }) => items),
  }))
}
