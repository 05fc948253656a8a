import type { ReactNode } from 'react'
import { cx } from './class-names'

/** A titled part of a detail pane or a page. */
export function Section({
  title,
  aside,
  children,
}: {
  title: string
  aside?: ReactNode
  children: ReactNode
}) {
  return (
    <section className="flex flex-col gap-2">
      <header className="flex items-baseline justify-between gap-2">
        <h3 className="text-sm font-medium text-ink-3">{title}</h3>
        {aside && <span className="text-sm text-ink-3">{aside}</span>}
      </header>
      {children}
    </section>
  )
}

/** A bordered surface with a title. */
export function Card({
  title,
  aside,
  children,
  className,
}: {
  title: string
  aside?: ReactNode
  children: ReactNode
  className?: string
}) {
  return (
    <section className={cx('flex min-w-0 flex-col rounded-md border bg-panel', className)}>
      <header className="flex h-10 shrink-0 items-center justify-between gap-3 px-4">
        <h2 className="truncate font-semibold">{title}</h2>
        {aside && <span className="flex min-w-0 items-center gap-2 text-sm text-ink-2">{aside}</span>}
      </header>
      <div className="flex min-w-0 grow flex-col gap-3 px-4 pb-4">{children}</div>
    </section>
  )
}

/** Names and values, a line each. A value that is null or undefined leaves its line out. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-[minmax(5.5rem,auto)_minmax(0,1fr)] gap-x-4 gap-y-1">
      {facts
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-3">{name}</dt>
            <dd className="min-w-0 truncate text-ink" title={typeof value === 'string' ? value : undefined}>
              {value}
            </dd>
          </div>
        ))}
    </dl>
  )
}
