import type { Point } from '../../core/faces/affine'
import { mirroredIndex } from '../../core/faces/geometry'

/** A face drawn by hand in units that are easy to divide, the left half given and the right one mirrored. */
export function face(): Point[] {
  const left: Record<number, Point> = {
    0: [-50, -5],
    1: [-50, 10],
    2: [-48, 25],
    3: [-46, 40],
    4: [-40, 55],
    5: [-33, 65],
    6: [-22, 74],
    7: [-10, 79],
    8: [0, 80],
    17: [-40, -20],
    18: [-34, -20],
    19: [-25, -20],
    20: [-16, -20],
    21: [-10, -20],
    27: [0, 0],
    28: [0, 8],
    29: [0, 16],
    30: [0, 24],
    31: [-8, 30],
    32: [-4, 30],
    33: [0, 30],
    36: [-30, 0],
    37: [-24, -3],
    38: [-16, -3],
    39: [-10, 0],
    40: [-16, 3],
    41: [-24, 3],
    48: [-15, 50],
    49: [-10, 48],
    50: [-5, 46],
    51: [0, 46],
    57: [0, 56],
    58: [-5, 55],
    59: [-10, 53],
    60: [-12, 50],
    61: [-5, 49],
    62: [0, 49],
    66: [0, 51],
    67: [-5, 51],
  }
  return mirroredIndex.map((mirror, index) => left[index] ?? [-left[mirror][0], left[mirror][1]])
}
