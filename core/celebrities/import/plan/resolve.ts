import type { ImportRules } from '../../contract-import-schemas'
import type { GalleryIndex } from './gallery-index'
import { held, rounded, toFile, toGallery, type Item, type Verdict } from './items'
import type { Neighbourhood } from './neighbours'
import { nameKey } from './name-key'
import type { Cluster } from './name-groups'
import type { Person, Persons } from './persons'
import type { GalleryPhoto, Steps } from './types'
import { dot } from './vectors'

/** Whether a person is in the gallery already, and what a person must be asked of them. */
export interface Resolved {
  celebrityId: string | null
  /** For all files of the person; null where nothing is to be asked. */
  hold: Verdict | null
}

export interface Surroundings {
  rules: ImportRules
  gallery: GalleryIndex
  persons: Persons
  near: Neighbourhood<Cluster>
}

/**
 * In the order in which one answer makes the next question needless: what a person said; the gallery's celebrity of that
 * name with that face; another one with that face; one of that name with another face; another name in this import.
 */
export function* resolve(person: Person, around: Surroundings): Steps<Resolved> {
  const { gallery } = around
  const settled = (celebrityId: string | null): Resolved => ({ celebrityId, hold: null })
  const isPublished = person.items.some(({ file }) => file.published?.celebrityId)
  if (person.decided !== null && (isPublished || gallery.of(person.decided).length > 0)) {
    return settled(person.decided)
  }
  const like = yield* likeInGallery(person, around)
  if (person.name === null) {
    return { celebrityId: null, hold: nameless(person, like, around) }
  }
  if (person.isOdd) return { celebrityId: null, hold: odd(person, around) }
  const namesakes = sameName(person, gallery)
  const [known] = namesakes
  if (known && known.cosine !== null && known.cosine >= around.rules.other_person) {
    return settled(known.photo.celebrityId)
  }
  if (person.isAccepted) return settled(known?.photo.celebrityId ?? null)
  const hold = inGalleryAs(person, like) ?? otherFace(person, known) ?? twoNames(person, around)
  return { celebrityId: null, hold }
}

interface Like {
  photo: GalleryPhoto
  cosine: number
}

function* likeInGallery(person: Person, { gallery, rules }: Surroundings): Steps<Like[]> {
  const found: Like[] = []
  const model = person.items[0]?.file.model ?? null
  for (const cluster of person.clusters) found.push(...(yield* gallery.near(cluster, model)))
  return found
    .filter(({ photo }) => !person.notThese.has(photo.celebrityId))
    .map(({ photo }) => ({ photo, cosine: nearestTo(person, photo.embedding) }))
    .filter(({ cosine }) => cosine >= rules.same_person)
    .toSorted((a, b) => b.cosine - a.cosine)
}

/** Celebrities of the person's name, the likest first; a null cosine where nothing can be compared. */
function sameName(person: Person, gallery: GalleryIndex): { photo: GalleryPhoto; cosine: number | null }[] {
  const model = person.items[0]?.file.model ?? null
  return gallery
    .named(nameKey(person.name) ?? '')
    .filter(({ celebrityId }) => !person.notThese.has(celebrityId))
    .map((photo) => {
      const { embedding } = photo
      if (!embedding || photo.model !== model) return { photo, cosine: null }
      return { photo, cosine: Math.max(...person.clusters.map(({ centroid }) => dot(centroid, embedding))) }
    })
    .toSorted((a, b) => (b.cosine ?? -2) - (a.cosine ?? -2))
}

function nameless(person: Person, [like]: readonly Like[], around: Surroundings): Verdict {
  const [best] = person.items
  if (like) {
    return held('no_name', `It has no name. It looks like ${like.photo.name} of the gallery.`, {
      ...toGallery(best, like.photo),
      cosine: rounded(like.cosine),
    })
  }
  const other = neighboursOf(person, around).find(({ person: { name, isOdd } }) => name !== null && !isOdd)
  if (!other) return held('no_name', 'It has no name. Give it one to publish it.')
  return held('no_name', `It has no name. It looks like ${other.person.name ?? ''}.`, {
    ...toFile(best, other.item),
  })
}

/** Does not look like the others of its name; it may look like somebody of another name. */
function odd(person: Person, around: Surroundings): Verdict {
  const [best] = person.items
  const other = neighboursOf(person, around).find(({ person: { name, isOdd } }) => name !== null && !isOdd)
  const unlike = oddWords(person)
  if (other) {
    const reason = `${unlike} It looks like ${other.person.name ?? ''}.`
    return held('one_name_two_faces', reason, toFile(best, other.item))
  }
  const main = person.oddFrom?.items[0] ?? null
  return held('one_name_two_faces', unlike, main ? toFile(best, main) : null)
}

function oddWords({ name, oddFrom }: Person): string {
  const others = oddFrom?.items.length ?? 0
  if (!oddFrom || oddFrom.isOdd)
    return `The photos named ${name ?? ''} show different faces, and none in most of them.`
  return `Named ${name ?? ''}, but unlike ${others === 1 ? 'the other photo' : `the other ${others} photos`} of that name.`
}

function inGalleryAs(person: Person, [like]: readonly Like[]): Verdict | null {
  if (!like) return null
  const reason = `The gallery has this face as ${like.photo.name}, not as ${person.name ?? ''}.`
  return held('same_person_in_gallery', reason, {
    ...toGallery(person.items[0], like.photo),
    cosine: rounded(like.cosine),
  })
}

function otherFace(
  person: Person,
  known: { photo: GalleryPhoto; cosine: number | null } | undefined,
): Verdict | null {
  if (!known) return null
  const reason =
    known.cosine === null
      ? `The gallery has somebody named ${known.photo.name}, whose face can’t be compared yet.`
      : `The gallery has a ${known.photo.name} with another face. They may be two people of one name.`
  return held('name_in_gallery_other_face', reason, toGallery(person.items[0], known.photo))
}

function twoNames(person: Person, around: Surroundings): Verdict | null {
  const other = neighboursOf(person, around).find(
    ({ person: { name, isOdd, items } }) =>
      name !== null &&
      !isOdd &&
      nameKey(name) !== nameKey(person.name) &&
      !items.every(({ isGuess }) => isGuess),
  )
  if (!other) return null
  const [best] = person.items
  const name = other.person.name ?? ''
  if (person.items.every(({ isGuess }) => isGuess)) {
    const reason = `${best.file.faces.length} faces, and the largest one is ${name}. Pick the one that is meant.`
    return held('several_faces', reason, toFile(best, other.item))
  }
  const reason = `Named ${person.name ?? ''}, and the same face is named ${name} elsewhere.`
  return held('two_names_one_face', reason, toFile(best, other.item))
}

interface Alike {
  person: Person
  /** Their photo that is likest. */
  item: Item
  cosine: number
}

/**
 * Other people of this import with the same face, the likest first. The middles of two clusters are nearer to each other
 * than their photos are, so two of these must be as near.
 */
function neighboursOf(person: Person, { near, persons, rules }: Surroundings): Alike[] {
  return person.clusters
    .flatMap((cluster) =>
      near.of(cluster).flatMap(({ member }) => {
        const other = persons.ofCluster.get(member)
        if (!other || other === person || persons.areApart(person, other)) return []
        const [nearest] = other.items
          .slice(0, mostCompared)
          .map((item) => ({ person: other, item, cosine: nearestTo(person, item.face?.embedding ?? null) }))
          .toSorted((a, b) => b.cosine - a.cosine)
        return nearest.cosine >= rules.same_person ? [nearest] : []
      }),
    )
    .toSorted((a, b) => b.cosine - a.cosine || (a.person.key < b.person.key ? -1 : 1))
}

/** Of a person's photos, the best ones. */
const mostCompared = 30

/** The cosine of the photo of a person that is likest. */
function nearestTo(person: Person, embedding: Float32Array | null): number {
  let best = -1
  if (!embedding) return best
  for (const { face } of person.items.slice(0, mostCompared)) {
    if (face) best = Math.max(best, dot(face.embedding, embedding))
  }
  return best
}
