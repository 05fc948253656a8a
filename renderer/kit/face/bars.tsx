import { cx } from '../class-names'

/** A thin bar of [0, 1] for tables, where the number stands beside it and speaks for both. */
export function UnitBar({ value, isStrong = false }: { value: number; isStrong?: boolean }) {
  return (
    <span aria-hidden className="block h-1.5 w-full overflow-hidden rounded-full bg-active">
      <span
        className={cx('block h-full', isStrong ? 'bg-accent' : 'bg-ink-3')}
        style={{ width: `${Math.min(1, Math.max(0, value)) * 100}%` }}
      />
    </span>
  )
}

/** A thin bar of [−range, range] that grows from its middle. */
export function CenteredBar({ value, range }: { value: number; range: number }) {
  const share = Math.max(-1, Math.min(1, value / range)) / 2
  return (
    <span aria-hidden className="relative block h-1.5 w-full rounded-full bg-active">
      <span
        className="absolute inset-y-0 bg-accent"
        style={{ left: `${(0.5 + Math.min(0, share)) * 100}%`, width: `${Math.abs(share) * 100}%` }}
      />
      <span className="absolute -inset-y-0.5 left-1/2 w-px bg-ink-3" />
    </span>
  )
}
