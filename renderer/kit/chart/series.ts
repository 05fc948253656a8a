/** The three looks that a chart's lines can have: they differ in colour, in lightness and in their dashes. */
export type ChartColor = 'first' | 'second' | 'third'

export interface LineSeries {
  name: string
  color: ChartColor
  /** One number per moment, ≥ 0; null where nothing was measured. */
  values: readonly (number | null)[]
  /** Fills what lies below the line. */
  isFilled?: boolean
}

/** What a chart shows along time. */
export interface ChartData {
  /** Begin of every bucket, equally spaced. */
  times: readonly Date[]
  /** Milliseconds of a bucket. */
  step: number
  series: readonly LineSeries[]
}

export const strokes: Record<ChartColor, string> = {
  first: 'var(--chart-1)',
  second: 'var(--chart-2)',
  third: 'var(--chart-3)',
}

/** Dashes tell the lines apart where colours don't. */
export const dashes: Record<ChartColor, string | undefined> = {
  first: undefined,
  second: '6 3',
  third: '2 2.5',
}

/** The greatest value of all series; 0 where nothing is known. */
export function greatest(series: readonly LineSeries[]): number {
  return Math.max(0, ...series.flatMap(({ values }) => values.filter((value) => value !== null)))
}
