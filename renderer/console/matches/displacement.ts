import { formatPercent } from '../../kit/format'
import type { Point } from '../../kit/face/landmark-regions'
import type { RegionDisplacement } from '../../kit/face/procrustes'

/** Shifts under this share of the eyes' distance are not worth a word. */
const leastShift = 0.01

/** Which way a part lies, seen in the photo: "2.1 % lower, 1.4 % to the left". */
export function shiftWords([x, y]: Point): string {
  const parts = [
    Math.abs(y) < leastShift ? '' : `${formatPercent(Math.abs(y), 1)} ${y > 0 ? 'lower' : 'higher'}`,
    Math.abs(x) < leastShift ? '' : `${formatPercent(Math.abs(x), 1)} to the ${x > 0 ? 'right' : 'left'}`,
  ].filter(Boolean)
  return parts.length > 0 ? parts.join(', ') : 'in the same place'
}

/**
 * Medians of the mean displacement, in distances of the eyes: of two photos of one person, and of two strangers.
 * Measured on heads of Labeled Faces in the Wild that are turned by less than 20° (docs/matching.md, Shape).
 */
export const typicalDisplacement: Record<RegionDisplacement['name'], { same: number; different: number }> = {
  Brows: { same: 0.08, different: 0.098 },
  Eyes: { same: 0.044, different: 0.059 },
  Nose: { same: 0.118, different: 0.137 },
  Mouth: { same: 0.085, different: 0.106 },
  Jaw: { same: 0.166, different: 0.187 },
  All: { same: 0.103, different: 0.122 },
}
