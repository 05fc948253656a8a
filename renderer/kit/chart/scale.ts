/** Scales and ticks of charts: plain numbers, nothing drawn. */

const steps = [1, 2, 2.5, 5, 10]

/** The smallest of 1, 2, 2.5, 5 × 10ⁿ that is not below `value` (> 0): the distance between two lines of an axis. */
export function niceStep(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  // What a logarithm loses must not lead a step further.
  return power * (steps.find((step) => step * power >= value * (1 - 1e-9)) ?? 10)
}

/**
 * Ticks from 0 to a round number that is not below `max`, about `count` of them. Whole numbers have whole ticks.
 * An axis of nothing still reaches its first tick, so that a line at 0 lies on the ground and not in the middle.
 */
export function valueTicks(max: number, { count = 3, isWhole = false } = {}): number[] {
  const raw = max > 0 ? max / count : 1 / count
  const step = isWhole ? Math.max(1, Math.ceil(niceStep(raw))) : niceStep(raw)
  const last = Math.max(1, Math.ceil((max / step) * (1 - 1e-9)))
  return Array.from({ length: last + 1 }, (_, index) => Number((index * step).toPrecision(12)))
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const durationSteps = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 20, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 20, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 5, 10, 20, 50, 100].map((count) => count * day),
]

/** {@link valueTicks} for milliseconds: steps that a clock knows, of one second, five minutes, six hours. */
export function durationTicks(max: number, count = 3): number[] {
  const step = durationSteps.find((one) => one * count >= max) ?? niceStep(max / count)
  return Array.from({ length: Math.max(1, Math.ceil(max / step)) + 1 }, (_, index) => index * step)
}

const timeSteps = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 5, 7, 14].map((count) => count * day),
]

/** Moments that a clock in this time zone calls round, between two moments, at most `count` of them. */
export function timeTicks(from: Date, to: Date, count: number): Date[] {
  const span = to.getTime() - from.getTime()
  const step = timeSteps.find((one) => span / one <= count) ?? 30 * day
  const midnight = new Date(from.getFullYear(), from.getMonth(), from.getDate())
  const ticks: Date[] = []
  for (let index = 0; ; index += 1) {
    // Days are counted as days: one of them a year has 23 hours.
    const tick =
      step >= day
        ? new Date(midnight.getFullYear(), midnight.getMonth(), midnight.getDate() + (index * step) / day)
        : new Date(midnight.getTime() + index * step)
    if (tick > to) return ticks
    if (tick >= from) ticks.push(tick)
  }
}

/** `18:05`, or `4 Mar` where the span is of several days. */
export function formatTick(date: Date, span: number): string {
  const isDay = span > 2 * day || (span > day && date.getHours() === 0 && date.getMinutes() === 0)
  if (isDay) return `${date.getDate()} ${date.toLocaleString('en', { month: 'short' })}`
  return [date.getHours(), date.getMinutes()].map((value) => `${value}`.padStart(2, '0')).join(':')
}

/** Runs of values that are known, as [index, value] pairs: where nothing was measured, a line is broken. */
export function knownRuns(values: readonly (number | null)[]): [index: number, value: number][][] {
  const runs: [number, number][][] = []
  let isOpen = false
  values.forEach((value, index) => {
    if (value === null) {
      isOpen = false
      return
    }
    if (!isOpen) runs.push([])
    isOpen = true
    runs.at(-1)?.push([index, value])
  })
  return runs
}
