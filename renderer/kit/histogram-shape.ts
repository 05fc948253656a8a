/** Where a histogram of [0, 1] has its words. */
export const binTicks = [0, 0.2, 0.4, 0.6, 0.8, 1] as const

/** Each bin's share of the total, [0, 1]; nothing but zeros where there are no values. */
export function sharesOf(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.map((count) => (total === 0 ? 0 : count / total))
}

/** A round share, not below any of these, for the top of the axis; at least one per cent. */
export function topOf(shares: readonly number[]): number {
  const greatest = Math.max(0.01, ...shares)
  const power = 10 ** Math.floor(Math.log10(greatest))
  const step = [1, 2, 5, 10].find((one) => one * power >= greatest * (1 - 1e-9)) ?? 10
  return Math.min(1, step * power)
}

/** The outline of bins one wide, y from 0 (top) to 1, as an SVG path that begins and ends on the ground. */
export function stepPath(shares: readonly number[], top: number): string {
  const steps = shares.map((share, bin) => {
    const y = Number((1 - share / top).toFixed(4))
    return `L${bin} ${y}L${bin + 1} ${y}`
  })
  return `M0 1${steps.join('')}L${shares.length} 1`
}
