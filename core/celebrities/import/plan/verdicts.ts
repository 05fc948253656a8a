import type { ImportRules } from '../../contract-import-schemas'
import type { GalleryIndex } from './gallery-index'
import { maybeMinor, percent } from './gates'
import { groupBy } from './group-by'
import { byQuality, held, toFile, toGallery, type Item, type Verdict } from './items'
import type { Cluster } from './name-groups'
import type { Person } from './persons'
import type { Resolved } from './resolve'
import { clearlyBetter } from './same-picture'
import type { GalleryPhoto } from './types'
import { dot } from './vectors'

/** What becomes of the photos of one person that nothing has decided yet. */
export function decidePerson(
  person: Person,
  { hold, celebrityId }: Resolved,
  { rules, gallery }: { rules: ImportRules; gallery: GalleryIndex },
): void {
  const known = celebrityId === null ? [] : gallery.of(celebrityId)
  const agesAround = agesOf(person.items)
  const ofClusters = groupBy(person.items, ({ cluster }) => cluster)
  const clusters = new Map(
    [...ofClusters].map(([cluster, items]) => {
      const isKnownAdult =
        cluster !== null && showsAdult(known, { cluster, model: items[0].file.model, rules })
      return [cluster, isKnownAdult ? [] : [agesAround, agesOf(items)]]
    }),
  )
  for (const item of person.items) {
    if (item.verdict || item.file.published) continue
    item.verdict =
      lacking(item, person.name === null && celebrityId === null) ??
      changedUnderneath(item) ??
      badlyDescribed(item, hold) ??
      hold ??
      doubtful(item, clusters.get(item.cluster) ?? [agesAround], rules)
  }
}

const agesOf = (items: readonly Item[]) =>
  items.flatMap(({ face, verdict }) =>
    verdict?.outcome !== 'duplicate' && typeof face?.age === 'number' ? [face.age] : [],
  )

/**
 * Whether the gallery knows them as an adult, and by this very face: that somebody said who they are, or accepted the
 * name, is no word on their age.
 */
function showsAdult(
  known: readonly GalleryPhoto[],
  { cluster, model, rules }: { cluster: Cluster; model: string | null; rules: ImportRules },
): boolean {
  return (
    known.some(({ age }) => age !== null && age >= rules.adult_age + rules.age_uncertainty) &&
    known.some(
      (photo) =>
        photo.embedding !== null &&
        photo.model === model &&
        dot(cluster.centroid, photo.embedding) >= rules.other_person,
    )
  )
}

/** What no decision makes up for. */
function lacking({ file, isAccepted }: Item, isNameless: boolean): Verdict | null {
  if (!isAccepted) return null
  if (isNameless) return held('no_name', 'It has no name. Give it one to publish it.')
  return unlicensed(file)
}

function unlicensed({ licence, source }: Item['file']): Verdict | null {
  if (licence === null)
    return held('no_licence', 'It has no licence. Say which, for it or for the whole import.')
  if (source === null)
    return held('no_source', 'It has no source. Say where it is from, for it or for the whole import.')
  return null
}

function changedUnderneath({ file }: Item): Verdict | null {
  return file.changedReason === null ? null : held('changed_underneath', file.changedReason)
}

/** Beside what it is held for anyway. */
function badlyDescribed({ file: { reason }, isAccepted }: Item, hold: Verdict | null): Verdict | null {
  if (reason === null || isAccepted) return null
  return hold ? { ...hold, reason: `${reason} ${hold.reason}` } : held('doubted_description', reason)
}

function doubtful(item: Item, ages: readonly (readonly number[])[], rules: ImportRules): Verdict | null {
  if (item.doubt !== null && !item.isAccepted) return held('several_faces', item.doubt)
  return young(item, ages, rules) ?? unlicensed(item.file)
}

/**
 * An accept for any other reason does not pass it: it was given by somebody who was not told. Photos that a person put
 * together are also looked at as they were before, so that an adult's photos don't speak for somebody else's.
 * @param ages of the person's photos, and of those that show one face without a person's word
 */
function young(item: Item, ages: readonly (readonly number[])[], rules: ImportRules): Verdict | null {
  const { face, adultFace, isAccepted } = item
  if (face === null || face.index === adultFace) return null
  const reasons = [[], ...ages].map((some) => maybeMinor(face.age, some, rules))
  const reason = reasons.find((words) => words !== null)
  if (reason === undefined) return null
  const again = isAccepted
    ? ' It was accepted, but not for this reason: accept it again if it shows an adult.'
    : ''
  return held('maybe_minor', `${reason}${again}`)
}

/** The photos that are left are published: one is whom the person is known by, the others are kept beside it. */
export function rank(items: readonly Item[], celebrityId: string | null, gallery: GalleryIndex): void {
  const published = items.filter(({ file }) => file.published?.celebrityId)
  const [best, ...others] = items
    .filter(({ verdict, file }) => !verdict && !file.published)
    .toSorted(byQuality)
  if (!best) return
  const known =
    celebrityId === null ? undefined : gallery.of(celebrityId).find(({ photoId }) => photoId === null)
  const lead = known ? besideGallery(best, known) : celebrityId === null && published.length === 0
  if (typeof lead === 'boolean') {
    best.verdict = lead ? newCelebrity(best, others.length) : beside(best, published[0] ?? best)
  } else best.verdict = lead
  for (const item of others) {
    const isBesideGallery = known && best.verdict.outcome === 'further_photo'
    item.verdict = isBesideGallery ? besideGallery(item, known) : beside(item, best)
  }
}

function newCelebrity(item: Item, others: number): Verdict {
  const quality = item.face?.quality ?? null
  const words =
    others === 0
      ? 'A new celebrity, with this photo alone'
      : `A new celebrity. The best of ${others + 1} photos${quality === null ? '' : `, with a quality of ${percent(quality)}`}`
  return {
    outcome: 'new_celebrity',
    code: item.isAccepted ? 'accepted' : others === 0 ? 'only_photo' : 'best_photo',
    reason: accepted(item, `${words}.`),
    reference: null,
  }
}

function beside(item: Item, best: Item): Verdict {
  const [a, b] = [item.face?.quality, best.face?.quality]
  const figures =
    typeof a === 'number' && typeof b === 'number' ? ` (${percent(b)}; this one ${percent(a)})` : ''
  return {
    outcome: 'further_photo',
    code: item.isAccepted ? 'accepted' : 'not_the_best',
    reason: accepted(item, `Kept beside ${best.file.path}, which is better${figures}.`),
    reference: best === item ? null : toFile(item, best),
  }
}

function besideGallery(item: Item, photo: Parameters<typeof toGallery>[1]): Verdict {
  const [own, theirs] = [item.face?.quality ?? 0, photo.quality ?? 1]
  const isBetter = own >= theirs + clearlyBetter
  const figures = photo.quality === null ? '' : ` (${percent(photo.quality)}; this one ${percent(own)})`
  const reason = isBetter
    ? `Clearly better than the photo that the gallery has of ${photo.name}${figures}, and takes its place.`
    : `Kept beside the photo that the gallery has of ${photo.name}${figures}.`
  return {
    outcome: isBetter ? 'replaces_photo' : 'further_photo',
    code: item.isAccepted ? 'accepted' : isBetter ? 'better_than_gallery' : 'not_better_than_gallery',
    reason: accepted(item, reason),
    reference: toGallery(item, photo),
  }
}

const accepted = ({ isAccepted }: Item, reason: string) =>
  isAccepted ? `Accepted by a person. ${reason}` : reason
