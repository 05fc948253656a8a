import { createLink } from '@tanstack/react-router'
import type { ComponentProps, ReactNode } from 'react'
import { cx } from './class-names'

/** The parts of a screen: a {@link PageTab} each. */
export function PageTabs({ label, children }: { label: string; children: ReactNode }) {
  return (
    // Over the padding of the header, so that the mark lies on its line.
    <nav aria-label={label} className="-my-2 flex min-h-12 shrink-0 self-stretch">
      {children}
    </nav>
  )
}

interface TabProps extends ComponentProps<'a'> {
  isCurrent: boolean
  /** Stands beside the label, in red where it is bad. */
  count?: string | undefined
  isBad?: boolean
}

/** A part of a screen, as a link: each has an address. */
export const PageTab = createLink(function Tab({
  isCurrent,
  count,
  isBad = false,
  children,
  ...anchor
}: TabProps) {
  return (
    <a
      {...anchor}
      aria-current={isCurrent ? 'page' : undefined}
      className={cx(
        'relative flex items-center gap-1.5 px-2.5 transition-colors',
        isCurrent
          ? 'font-medium text-ink after:absolute after:inset-x-2.5 after:-bottom-px after:h-0.5 after:rounded-full after:bg-accent'
          : 'text-ink-2 hover:text-ink',
      )}
    >
      {children}
      {count !== undefined && (
        <span className={cx('text-sm font-normal', isBad ? 'text-bad' : 'text-ink-3')}>{count}</span>
      )}
    </a>
  )
})
