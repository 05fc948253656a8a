import { z } from 'zod'

/** The ways to look at two faces, in the order of the switch. */
export const compareModes = ['aligned', 'swipe', 'opacity', 'difference', 'blink', 'photos'] as const
export type CompareMode = (typeof compareModes)[number]

export const modeLabels: Record<CompareMode, string> = {
  aligned: 'Side by side',
  swipe: 'Swipe',
  opacity: 'Opacity',
  difference: 'Difference',
  blink: 'Blink',
  photos: 'As photographed',
}

/** The mode after this one; after the last the first. */
export function nextMode(mode: CompareMode): CompareMode {
  return compareModes[(compareModes.indexOf(mode) + 1) % compareModes.length] ?? 'aligned'
}

/** How the person looked at the last pair: the next one is shown as this one was. */
export const compareViewSchema = z.object({
  mode: z.enum(compareModes),
  /** The triangles between the landmarks. */
  mesh: z.boolean(),
  /** Lines from one face's landmarks to the other's. */
  shifts: z.boolean(),
  /** How far one has swiped, or how much shines through: [0, 1]. */
  share: z.number().min(0).max(1),
  /** Changes a second. */
  rate: z.union([z.literal(0.5), z.literal(1), z.literal(2)]),
})
export type CompareView = z.infer<typeof compareViewSchema>

export const firstView: CompareView = { mode: 'aligned', mesh: false, shifts: false, share: 0.5, rate: 1 }
