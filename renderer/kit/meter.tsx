import { Meter as AriaMeter } from 'react-aria-components'
import { cx } from './class-names'
import { type Tone, toneSolid } from './tone'

/**
 * A quantity on a known scale: `value` of `max` (1), with the number at the right. `marker` draws a line at a value
 * to compare with (a threshold) and names it for screen readers.
 */
export function Meter({
  label,
  value,
  max = 1,
  text,
  tone = 'accent',
  marker,
}: {
  label: string
  /** Null: not known; the bar is hatched out and `text` says why. */
  value: number | null
  max?: number
  text: string
  tone?: Tone
  marker?: { value: number; label: string }
}) {
  return (
    <AriaMeter
      aria-label={marker ? `${label}; ${marker.label}` : label}
      // ARIA takes no exponents: 1e-9 is 0 here.
      value={Number((value ?? 0).toFixed(4))}
      maxValue={max}
      valueLabel={text}
      className="grid grid-cols-[minmax(5.5rem,7rem)_1fr_3rem] items-center gap-2"
    >
      <span className="truncate text-ink-2">{label}</span>
      <span className="relative block h-1.5 rounded-full bg-active">
        {value !== null && (
          <span
            className={cx('block h-full rounded-full', toneSolid[tone])}
            style={{ width: `${Math.min(1, Math.max(0, value / max)) * 100}%` }}
          />
        )}
        {marker && (
          <span
            className="absolute -top-1 -bottom-1 w-0.5 rounded-full bg-ink"
            style={{ left: `calc(${(marker.value / max) * 100}% - 1px)` }}
            title={marker.label}
          />
        )}
      </span>
      <span className={cx('text-right', value === null ? 'text-ink-3' : 'text-ink')}>{text}</span>
    </AriaMeter>
  )
}
