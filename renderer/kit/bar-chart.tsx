import { type Tone, toneSolid } from './tone'
import { cx } from './class-names'

export interface BarSeries {
  name: string
  tone: Tone
  /** One number a bar, ≥ 0. */
  values: readonly number[]
}

/** The smallest of 1, 2, 5 × 10ⁿ, or 4, that is not below `value`: the top of an axis of whole numbers. */
export function niceMaximum(value: number): number {
  if (value <= 4) return 4
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 5, 10].map((step) => step * power).find((top) => top >= value) ?? value
}

/**
 * Stacked bars with a value axis. `ticks` label the ends and the middle of the horizontal axis. The picture is hidden
 * from screen readers: they get `summary` and the numbers as a table.
 */
export function BarChart({
  label,
  unit,
  series,
  barNames,
  ticks,
  summary,
  height = 96,
}: {
  label: string
  unit: string
  series: readonly BarSeries[]
  /** What each bar stands for, for the table and the tooltips. */
  barNames: readonly string[]
  ticks: readonly [string, string, string]
  summary: string
  height?: number
}) {
  const totals = barNames.map((_, index) => series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0))
  const top = niceMaximum(Math.max(0, ...totals))
  return (
    <figure aria-label={label} className="flex flex-col gap-1">
      <figcaption className="sr-only">{summary}</figcaption>
      <div className="flex items-center gap-4 text-sm text-ink-3" aria-hidden>
        {series.map(({ name, tone }) => (
          <span key={name} className="flex items-center gap-1.5">
            <span className={cx('size-2 rounded-[2px]', toneSolid[tone])} />
            {name}
          </span>
        ))}
        <span className="ml-auto">{unit}</span>
      </div>
      <div className="grid grid-cols-[1fr_2rem] gap-x-2" aria-hidden>
        <div className="relative" style={{ height }}>
          {[0, 0.5, 1].map((line) => (
            <span key={line} className="absolute inset-x-0 border-t" style={{ bottom: `${line * 100}%` }} />
          ))}
          <div className="absolute inset-0 flex items-end gap-1 px-0.5">
            {barNames.map((name, index) => (
              <span
                key={name}
                className="flex h-full min-w-0 grow basis-0 flex-col-reverse gap-px"
                title={`${name}: ${series.map((one) => `${one.values[index] ?? 0} ${one.name}`).join(', ')}`}
              >
                {series.map((one) => {
                  const value = one.values[index] ?? 0
                  if (value === 0) return null
                  return (
                    <span
                      key={one.name}
                      className={cx('min-h-0.5 rounded-[2px]', toneSolid[one.tone])}
                      style={{ height: `${(value / top) * 100}%` }}
                    />
                  )
                })}
              </span>
            ))}
          </div>
        </div>
        <div className="relative text-xs text-ink-3">
          {[0, 0.5, 1].map((line) => (
            <span key={line} className="absolute left-0 translate-y-1/2" style={{ bottom: `${line * 100}%` }}>
              {top * line}
            </span>
          ))}
        </div>
        <div className="flex justify-between pt-1 text-xs text-ink-3">
          {ticks.map((tick) => (
            <span key={tick}>{tick}</span>
          ))}
        </div>
      </div>
      <table className="sr-only">
        <thead>
          <tr>
            <th>{label}</th>
            {series.map(({ name }) => (
              <th key={name}>{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {barNames.map((name, index) => (
            <tr key={name}>
              <th>{name}</th>
              {series.map((one) => (
                <td key={one.name}>{one.values[index] ?? 0}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  )
}
