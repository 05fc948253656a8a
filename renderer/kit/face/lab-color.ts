/** CIELAB relative to D65: L in [0, 100]; a and b about −128..127. */
export type Lab = readonly [number, number, number]

const whiteD65 = [0.95047, 1, 1.08883] as const

/** CIE 15:2018, 8.2.1: the inverse of the cube root with its linear part near black. */
function fromLabCurve(t: number): number {
  const delta = 6 / 29
  return t > delta ? t ** 3 : 3 * delta ** 2 * (t - 4 / 29)
}

/** IEC 61966-2-1: linear light to an sRGB channel 0..255, clipped to the gamut. */
function toChannel(linear: number): number {
  const encoded = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055
  return Math.round(255 * Math.min(1, Math.max(0, encoded)))
}

/**
 * CIELAB (D65) to sRGB.
 * @returns red, green and blue, integers 0..255; colours outside of sRGB are clipped channel by channel.
 */
export function labToRgb([l, a, b]: Lab): [number, number, number] {
  const fy = (l + 16) / 116
  const x = whiteD65[0] * fromLabCurve(fy + a / 500)
  const y = whiteD65[1] * fromLabCurve(fy)
  const z = whiteD65[2] * fromLabCurve(fy - b / 200)
  return [
    toChannel(3.2404542 * x - 1.5371385 * y - 0.4985314 * z),
    toChannel(-0.969266 * x + 1.8760108 * y + 0.041556 * z),
    toChannel(0.0556434 * x - 0.2040259 * y + 1.0572252 * z),
  ]
}

/** CIELAB (D65) as a CSS colour, for swatches. */
export function labToCss(lab: Lab): string {
  return `rgb(${labToRgb(lab).join(' ')})`
}

/** How far apart two colours look: ΔE*ab of CIE 1976, the Euclidean distance; about 2.3 is just noticeable. */
export function labDistance(a: Lab, b: Lab): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
}
