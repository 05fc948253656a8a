import { Link } from '@tanstack/react-router'
import { cx } from './class-names'

/** The parts of a screen, as links: each has an address. `count` stands beside the label, in red where it is bad. */
export function PageTabs({
  label,
  tabs,
}: {
  label: string
  tabs: readonly {
    id: string
    label: string
    search: object
    isCurrent: boolean
    count?: string | undefined
    isBad?: boolean
  }[]
}) {
  return (
    // Over the padding of the header, so that the mark lies on its line.
    <nav aria-label={label} className="-my-2 flex min-h-12 shrink-0 self-stretch">
      {tabs.map(({ id, label: name, search, isCurrent, count, isBad }) => (
        <Link
          key={id}
          to="."
          search={search}
          aria-current={isCurrent ? 'page' : undefined}
          className={cx(
            'relative flex items-center gap-1.5 px-2.5 transition-colors',
            isCurrent
              ? 'font-medium text-ink after:absolute after:inset-x-2.5 after:-bottom-px after:h-0.5 after:rounded-full after:bg-accent'
              : 'text-ink-2 hover:text-ink',
          )}
        >
          {name}
          {count !== undefined && (
            <span className={cx('text-sm font-normal', isBad ? 'text-bad' : 'text-ink-3')}>{count}</span>
          )}
        </Link>
      ))}
    </nav>
  )
}
