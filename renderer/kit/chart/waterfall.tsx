import { CircleX } from 'lucide-react'
import { cx } from '../class-names'
import { formatDuration, formatPercent } from '../format'

export interface WaterfallStep {
  id: string
  label: string
  /** Milliseconds; null for a step that was not reached. */
  duration: number | null
  /** The step in which it went wrong. */
  isFailed?: boolean
}

/** Steps one after the other: each with its span of time where it lay in the whole. */
export function Waterfall({ label, steps }: { label: string; steps: readonly WaterfallStep[] }) {
  const total = steps.reduce((sum, { duration }) => sum + (duration ?? 0), 0)
  const offsets = steps.map((_, index) =>
    steps.slice(0, index).reduce((sum, { duration }) => sum + (duration ?? 0), 0),
  )
  const percent = (value: number) => (total === 0 ? 0 : (value / total) * 100)
  return (
    <ol aria-label={label} className="flex flex-col">
      {steps.map(({ id, label: name, duration, isFailed }, index) => (
        <li key={id} className="grid h-6 grid-cols-[6rem_1fr_4.5rem] items-center gap-2">
          <span
            className={cx(
              'flex min-w-0 items-center gap-1 truncate',
              isFailed ? 'font-medium text-bad' : duration === null ? 'text-ink-3' : 'text-ink-2',
            )}
          >
            <span className="truncate">{name}</span>
            {isFailed && <CircleX className="size-3.5 shrink-0" aria-label="failed here" />}
          </span>
          <span className="relative block h-2 rounded-[2px] bg-raised" aria-hidden>
            {duration !== null && (
              <span
                className={cx(
                  'absolute top-0 h-2 min-w-0.5 rounded-[2px]',
                  isFailed ? 'bg-bad-solid' : 'bg-(--chart-1)',
                )}
                style={{
                  left: `min(${percent(offsets[index] ?? 0)}%, calc(100% - 2px))`,
                  width: `${percent(duration)}%`,
                }}
              />
            )}
          </span>
          <span
            className={cx('text-right', duration === null ? 'text-ink-3' : 'text-ink')}
            title={
              duration === null || total === 0 ? undefined : `${formatPercent(duration / total)} of the time`
            }
          >
            {duration === null ? (isFailed ? 'unknown' : 'not reached') : formatDuration(duration)}
          </span>
        </li>
      ))}
    </ol>
  )
}
