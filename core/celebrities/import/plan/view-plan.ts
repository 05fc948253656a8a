import type { GalleryIndex } from './gallery-index'
import type { Item } from './items'
import type { Person, Persons } from './persons'
import type { Resolved } from './resolve'
import type { Plan, PlannedFile, PlannedPerson, Steps } from './types'

interface Surroundings {
  resolved: ReadonlyMap<Person, Resolved>
  gallery: GalleryIndex
}

const filesAtOnce = 256

/** Files by path, people by key; people whom no file shows are left out. */
export function* viewPlan(items: readonly Item[], persons: Persons, around: Surroundings): Steps<Plan> {
  const people = new Map<string, PlannedPerson>()
  const files: PlannedFile[] = []
  for (const item of items) {
    const person = personOf(item, persons, around)
    if (person && !people.has(person.key)) people.set(person.key, viewPerson(person, around))
    const { file, face } = item
    files.push({
      ...{ id: file.id, person: person?.key ?? null },
      ...verdictOf(item),
      faceIndex: file.published?.faceIndex ?? face?.index ?? null,
    })
    if (files.length % filesAtOnce === 0) yield
  }
  return {
    files,
    people: [...people.values()].toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)),
  }
}

/** Whom a file shows, or is shown with. */
function personOf(
  { cluster, group }: Item,
  { ofCluster, ofGroup }: Persons,
  { resolved }: Surroundings,
): Person | null {
  const person = cluster ? ofCluster.get(cluster) : ofGroup.get(group)
  // Without a name of their own, but said to be a celebrity: then they have that one's.
  if (!person || (person.name === null && !resolved.get(person)?.celebrityId)) return null
  return person.isOdd ? (ofGroup.get(person.key) ?? person) : person
}

function viewPerson(person: Person, { resolved, gallery }: Surroundings): PlannedPerson {
  const celebrityId = resolved.get(person)?.celebrityId ?? null
  const known = celebrityId === null ? undefined : gallery.of(celebrityId)[0]
  return {
    key: person.key,
    name: known?.name ?? person.name ?? '',
    nameOriginal: person.nameOriginal,
    celebrityId,
  }
}

function verdictOf({ file, verdict }: Item): Pick<PlannedFile, 'outcome' | 'code' | 'reason' | 'reference'> {
  if (file.published) {
    return {
      outcome: file.published.outcome,
      code: file.published.code,
      reason: 'Published.',
      reference: null,
    }
  }
  if (!verdict) throw new Error(`No outcome for file ${file.id}.`)
  return { ...verdict }
}
