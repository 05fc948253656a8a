import { z } from 'zod'

/**
 * The parts of a face's quality in the style of ISO/IEC 29794-5, each 0..100, higher is better. Keys of
 * `quality_components` and of the setting `match_min_components`; docs/faces.md defines each.
 */
export const qualityComponentNames = [
  'sharpness',
  'illumination_uniformity',
  'luminance_mean',
  'luminance_variance',
  'over_exposure',
  'under_exposure',
  'inter_eye_distance',
  'head_size',
  'pose_yaw',
  'pose_pitch',
  'pose_roll',
  'eyes_open',
  'mouth_closed',
  'crop_margins',
  'expression_neutrality',
  'single_face',
  'natural_colour',
] as const
export const qualityComponentSchema = z.enum(qualityComponentNames)
export type QualityComponent = z.infer<typeof qualityComponentSchema>

/** Whole numbers 0..100; null where a component could not be determined (a grey photo has no natural colour). */
export type QualityComponents = Record<QualityComponent, number | null>

/** What a row may hold: other versions may know fewer components. */
export const qualityComponentsSchema = z.partialRecord(
  qualityComponentSchema,
  z.number().min(0).max(100).nullable(),
)
export type StoredQualityComponents = z.infer<typeof qualityComponentsSchema>

/** `system_settings.match_min_components`: the least value of each component that matching asks for; empty: of none. */
export const leastComponentsSchema = z.partialRecord(
  qualityComponentSchema,
  z.number('Enter a number.').min(0, 'At least 0.').max(100, 'At most 100.'),
)
export type LeastComponents = z.infer<typeof leastComponentsSchema>

/** Why a face is not matched: a component, or the `quality_score` (0..1), that is under what the settings ask for. */
export const qualityFaultSchema = z.object({
  component: z.enum(['quality_score', ...qualityComponentNames]),
  value: z.number().nullable(),
  needed: z.number(),
})
export type QualityFault = z.infer<typeof qualityFaultSchema>

interface ComponentWords {
  label: string
  /** What is wrong where the value is low. */
  low: string
  /** What to do about it. */
  advice: string
  /** `recognition`: a low value makes the embedding worse. `portrait`: only what an identity photo asks for. */
  group: 'recognition' | 'portrait'
}

const recognition = (label: string, low: string, advice: string): ComponentWords => ({
  ...{ label, low, advice },
  group: 'recognition',
})
const portrait = (label: string, low: string, advice: string): ComponentWords => ({
  ...{ label, low, advice },
  group: 'portrait',
})

/** How people are told of each component. */
export const qualityComponentWords: Record<QualityComponent, ComponentWords> = {
  sharpness: recognition('Sharpness', 'Blurred', 'Hold the camera still and focus on the face.'),
  illumination_uniformity: recognition(
    'Even light',
    'Lit from one side',
    'Turn towards the light, or away from a lamp at the side.',
  ),
  luminance_mean: recognition('Brightness', 'Too dark or too bright', 'Change the light on the face.'),
  luminance_variance: recognition('Contrast', 'Too flat or too harsh', 'Use soft light from the front.'),
  over_exposure: recognition('Highlights', 'Burnt out', 'Avoid flash and direct sun.'),
  under_exposure: recognition('Shadows', 'Lost in the dark', 'Bring more light to the face.'),
  inter_eye_distance: recognition('Resolution', 'Too few pixels', 'Come nearer or use a larger photo.'),
  head_size: portrait('Head size', 'Head too small or too large', 'Fill about half of the height.'),
  pose_yaw: recognition('Turn', 'Turned away', 'Look straight at the camera.'),
  pose_pitch: recognition('Nod', 'Looking up or down', 'Hold the camera at the height of the eyes.'),
  pose_roll: portrait('Tilt', 'Tilted', 'Hold the head upright.'),
  eyes_open: recognition('Eyes open', 'Eyes closed', 'Open the eyes.'),
  mouth_closed: portrait('Mouth closed', 'Mouth open', 'Close the mouth.'),
  crop_margins: portrait('Margins', 'Cut off', 'Leave room around the head.'),
  expression_neutrality: portrait('Neutral look', 'Strong expression', 'Relax the face.'),
  single_face: portrait('Single face', 'Somebody else in the photo', 'Cut the photo to one face.'),
  natural_colour: recognition('Natural colour', 'Tinted', 'Use white light and no filter.'),
}

/** What is wrong where a component is low, in words. */
export function lowWords(component: QualityComponent, components: StoredQualityComponents): string {
  // The curve falls on both sides; who is too bright has burnt-out skin as well.
  if (component === 'luminance_mean')
    return (components.over_exposure ?? 100) <= 50 ? 'Too bright' : 'Too dark'
  return qualityComponentWords[component].low
}

/** Under this a component is worth a word. */
export const weakUnder = 50

/** The known components under {@link weakUnder}, the lowest first; those that recognition suffers from before the others. */
export function weakComponents(
  components: StoredQualityComponents,
): { name: QualityComponent; value: number }[] {
  return qualityComponentNames
    .flatMap((name) => {
      const value = components[name]
      return typeof value === 'number' && value < weakUnder ? [{ name, value }] : []
    })
    .toSorted((a, b) => rank(a) - rank(b))
}

const rank = ({ name, value }: { name: QualityComponent; value: number }) =>
  value + (qualityComponentWords[name].group === 'portrait' ? 1000 : 0)
