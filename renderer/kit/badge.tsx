import type { ReactNode } from 'react'
import { cx } from './class-names'
import { type Tone, toneSoft, toneSolid } from './tone'

/** A short word with a meaning. */
export function Badge({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={cx(
        'inline-flex h-5 shrink-0 items-center gap-1 rounded-sm px-1.5 text-sm font-medium whitespace-nowrap',
        toneSoft[tone],
      )}
    >
      {children}
    </span>
  )
}

/** A dot with its word: colour never stands alone. `isLive` marks what goes on right now. */
export function StatusDot({
  tone,
  children,
  isLive = false,
}: {
  tone: Tone
  children: ReactNode
  isLive?: boolean
}) {
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5 whitespace-nowrap">
      <span
        className={cx('size-2 shrink-0 rounded-full', toneSolid[tone], isLive && 'animate-pulse')}
        aria-hidden
      />
      <span className="truncate">{children}</span>
    </span>
  )
}
