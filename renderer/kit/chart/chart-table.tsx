import { unknown } from '../format'
import type { ChartData } from './series'

/** A chart's numbers as a table, the newest first. */
export function ChartTable({
  title,
  unit,
  times,
  series,
  formatTime,
  formatValue,
  height = 132,
}: ChartData & {
  title: string
  unit: string
  formatTime: (date: Date) => string
  formatValue: (value: number) => string
  height?: number
}) {
  const rows = times.map((time, index) => ({ time, index })).reverse()
  return (
    <div
      tabIndex={0}
      role="group"
      aria-label={`${title}, table`}
      className="overflow-y-auto rounded-sm border text-sm"
      style={{ height: height + 24 }}
    >
      <table className="w-full">
        <caption className="sr-only">
          {title}, {unit}
        </caption>
        <thead className="sticky top-0 bg-panel text-ink-3">
          <tr>
            <th scope="col" className="border-b px-2 py-1 text-left font-normal">
              From
            </th>
            {series.map(({ name }) => (
              <th key={name} scope="col" className="border-b px-2 py-1 text-right font-normal">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ time, index }) => (
            <tr key={time.getTime()}>
              <th scope="row" className="px-2 py-0.5 text-left font-normal text-ink-2">
                {formatTime(time)}
              </th>
              {series.map(({ name, values }) => {
                const value = values[index]
                return (
                  <td key={name} className="px-2 py-0.5 text-right">
                    {value === null || value === undefined ? unknown : formatValue(value)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
