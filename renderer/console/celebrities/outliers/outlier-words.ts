import type { Client } from '../../../../core/api/contract'
import type { OutlierKind } from '../search'

/** Something that a person should look at. */
export type Outlier = Awaited<ReturnType<Client['curation']['outliers']>>['items'][number]

export const kindWords: Record<
  OutlierKind,
  { label: string; meaning: string; /** What they are in the order of. */ value: string; empty: string }
> = {
  alike: {
    label: 'Look alike',
    meaning: 'Two celebrities who may be one person. The most alike come first.',
    value: 'Cosine',
    empty: 'No two celebrities look like one person, or you have said of all of them who they are.',
  },
  unlike: {
    label: 'Look unlike',
    meaning: 'Two photos of one celebrity that may show two people. The least alike come first.',
    value: 'Cosine',
    empty: 'All photos of each celebrity look like one person.',
  },
  quality: {
    label: 'Bad photos',
    meaning: 'Photos that are worse than nearly all others. The worst come first.',
    value: 'Quality',
    empty: 'No photo is much worse than the others.',
  },
}

/** Identifies an outlier while it is there. */
export function outlierKey({ kind, celebrity, other, photo }: Outlier): string {
  return [kind, celebrity.id, other?.id ?? photo?.id ?? ''].join(' ')
}

/** Of two that look alike, who stays when they are merged: the better photo; between equals the first. */
export function whoStays({ celebrity, other }: Pick<Outlier, 'celebrity' | 'other'>): 'celebrity' | 'other' {
  if (!other) return 'celebrity'
  return (other.quality_score ?? -1) > (celebrity.quality_score ?? -1) ? 'other' : 'celebrity'
}

/**
 * The one to look at: the one that was looked at, else, when it has gone, the one that has come to its place.
 * @returns −1 where there is none.
 */
export function placeOf(keys: readonly string[], at: { key: string; place: number }): number {
  const found = keys.indexOf(at.key)
  return found >= 0 ? found : Math.min(at.place, keys.length - 1)
}
