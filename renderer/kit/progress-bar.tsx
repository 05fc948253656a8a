import { ProgressBar as AriaProgressBar } from 'react-aria-components'
import { cx } from './class-names'
import { formatPercent } from './format'
import { type Tone, toneSolid } from './tone'

/**
 * How far long work has come: `value` in 0..1, or undefined where that is not known. `text` says it in words and
 * stands at the right ("12 of 90").
 */
export function ProgressBar({
  label,
  value,
  text,
  tone = 'accent',
  isLabelHidden = false,
}: {
  label: string
  value: number | undefined
  text?: string
  tone?: Tone
  isLabelHidden?: boolean
}) {
  const shown = text ?? (value === undefined ? '' : formatPercent(value))
  return (
    <AriaProgressBar
      aria-label={label}
      value={value === undefined ? undefined : Number((value * 100).toFixed(1))}
      isIndeterminate={value === undefined}
      valueLabel={shown}
      className="flex flex-col gap-1"
    >
      {!isLabelHidden && (
        <span className="flex justify-between gap-4 text-sm">
          <span className="truncate text-ink-2">{label}</span>
          <span className="shrink-0 text-ink-3">{shown}</span>
        </span>
      )}
      <span className="block h-1 overflow-hidden rounded-full bg-active">
        <span
          className={cx('block h-full rounded-full', toneSolid[tone], value === undefined && 'animate-pulse')}
          style={{ width: value === undefined ? '100%' : `${Math.min(1, Math.max(0, value)) * 100}%` }}
        />
      </span>
    </AriaProgressBar>
  )
}
