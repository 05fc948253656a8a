/** `1 / (1 + exp((middle − value) / width))`. */
export const sigmoid = (value: number, middle: number, width: number) =>
  1 / (1 + Math.exp((middle - value) / width))

/** `cos²` of an angle in degrees, 0 from a right angle on. */
export const frontality = (degrees: number) => Math.max(0, Math.cos((degrees * Math.PI) / 180)) ** 2

/** A part of one as a component: a whole number 0..100. */
export const component = (part: number) => Math.round(100 * Math.min(1, Math.max(0, part)))
