import { geometryRatioNames, type FaceAttributes, type GeometryRatioName } from '../../../core/model/face'
import { formatAmount, formatLabel } from '../format'

/** Faces below this quality are not matched (`quality_score`). */
export const matchingQuality = 0.6

export interface NumericAttribute {
  label: string
  /** What the number means and which end is good. */
  meaning: string
  kind: 'share' | 'angle' | 'ratio' | 'years'
  read: (face: FaceAttributes) => number | null
}

const share = (label: string, meaning: string, read: NumericAttribute['read']): NumericAttribute => ({
  label,
  meaning,
  kind: 'share',
  read,
})

const angle = (label: string, meaning: string, read: NumericAttribute['read']): NumericAttribute => ({
  label,
  meaning,
  kind: 'angle',
  read,
})

export const ageAttribute: NumericAttribute = {
  label: 'Age',
  meaning: 'Estimated, years',
  kind: 'years',
  read: (face) => face.age,
}

export const qualityAttributes: readonly NumericAttribute[] = [
  share(
    'Quality',
    `Overall, 1 is best; the tick marks ${matchingQuality}, from which faces are matched`,
    (face) => face.quality_score,
  ),
  share('Sharpness', '1 is sharp, 0 is blurred', (face) => face.blur_score),
  share('Illumination', '1 is evenly lit', (face) => face.illumination_score),
  share('Symmetry', '1 is perfectly symmetric', (face) => face.symmetry_score),
]

export const poseAttributes: readonly NumericAttribute[] = [
  angle('Yaw', 'Turn of the head; + is towards the left of the photo', (face) => face.pose?.yaw ?? null),
  angle('Pitch', 'Nod of the head; + is up', (face) => face.pose?.pitch ?? null),
  angle('Roll', 'Tilt of the head; + is clockwise', (face) => face.pose?.roll ?? null),
]

/** In half of a pane there is no room for more. */
const shortRatioLabels: Partial<Record<GeometryRatioName, string>> = {
  face_width_height_ratio: 'Width / height',
  upper_face_height: 'Upper face',
}

export const geometryAttributes: readonly NumericAttribute[] = geometryRatioNames.map((name) => ({
  label: shortRatioLabels[name] ?? formatLabel(name),
  meaning: 'A quotient of distances between landmarks; no unit',
  kind: 'ratio',
  read: (face) => face.geometry_ratios?.[name] ?? null,
}))

/** U+2212 for negative numbers: as wide as a plus, so that columns of figures stand. */
function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits)
  if (Number(text) === 0) return text
  return `${value < 0 ? '−' : '+'}${text}`
}

/** A value of an attribute with its unit. */
export function formatAttribute(kind: NumericAttribute['kind'], value: number): string {
  switch (kind) {
    case 'share':
      return value.toFixed(2)
    case 'angle':
      return `${signed(value, 1)}°`
    case 'ratio':
      return value.toFixed(3)
    case 'years':
      return formatAmount(value, 'year')
  }
}

/** How far two values of an attribute lie apart, with its unit; never signed. */
export function formatDifference(kind: NumericAttribute['kind'], a: number, b: number): string {
  const value = Math.abs(a - b)
  return kind === 'angle' ? `${value.toFixed(1)}°` : formatAttribute(kind, value)
}
