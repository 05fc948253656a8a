import { qualityComponentNames, type StoredQualityComponents } from '../../../model/quality'
import { storedComponents } from '../plan/components'
import { galleryVersion } from '../plan/load-gallery'
import type { Staging } from '../staging/staging'

type Measure = 'quality_score' | (typeof qualityComponentNames)[number]

interface Scales {
  version: string
  /** Values of all photos of the gallery, ascending. */
  values: Map<Measure, number[]>
}

const scalesOf = new WeakMap<Staging, Scales>()

/** A face's place in the gallery: the share of its photos that are worse, 0..1; none for what nothing can be said of. */
export async function percentilesOf(
  staging: Staging,
  face: { quality_score: number | null; quality_components: StoredQualityComponents | null },
): Promise<Partial<Record<Measure, number>>> {
  const { values } = await readScales(staging)
  const own = (measure: Measure) =>
    measure === 'quality_score' ? face.quality_score : face.quality_components?.[measure]
  const entries = [...values].flatMap(([measure, all]) => {
    const value = own(measure)
    return typeof value === 'number' && all.length > 0 ? [[measure, countBelow(all, value) / all.length]] : []
  })
  return Object.fromEntries(entries) as Partial<Record<Measure, number>>
}

async function readScales(staging: Staging): Promise<Scales> {
  const version = await galleryVersion(staging)
  const known = scalesOf.get(staging)
  if (known?.version === version) return known
  const rows = await staging.transaction((tx) =>
    tx.selectFrom('gallery').select(['quality_score', 'quality_components']).execute(),
  )
  const values = new Map<Measure, number[]>()
  const put = (measure: Measure, value: number | null | undefined) => {
    if (typeof value !== 'number') return
    const all = values.get(measure)
    if (all) all.push(value)
    else values.set(measure, [value])
  }
  for (const { quality_score, quality_components } of rows) {
    put('quality_score', quality_score)
    const components = storedComponents(quality_components)
    for (const name of qualityComponentNames) put(name, components?.[name])
  }
  for (const all of values.values()) all.sort((a, b) => a - b)
  const scales = { version, values }
  scalesOf.set(staging, scales)
  return scales
}

/** By bisection. */
function countBelow(ascending: readonly number[], value: number): number {
  let [low, high] = [0, ascending.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (ascending[middle] < value) low = middle + 1
    else high = middle
  }
  return low
}
