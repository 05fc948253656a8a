/** CIE L*a*b* under D65. */
export type Lab = [lightness: number, a: number, b: number]

/** Reference white D65, 2° observer. */
const white = [0.95047, 1, 1.08883] as const

/** sRGB (IEC 61966-2-1), 0..255 a channel, to CIELAB (CIE 15). L in 0..100. */
export function labOf(red: number, green: number, blue: number): Lab {
  const [r, g, b] = [linear(red), linear(green), linear(blue)]
  const x = curve((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / white[0])
  const y = curve((0.2126729 * r + 0.7151522 * g + 0.072175 * b) / white[1])
  const z = curve((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / white[2])
  return [Math.min(100, Math.max(0, 116 * y - 16)), 500 * (x - y), 200 * (y - z)]
}

function linear(value: number): number {
  const part = value / 255
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
}

const curve = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116)

/** Distance of two colours, CIE76. */
export const colourDistance = (a: Lab, b: Lab) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
