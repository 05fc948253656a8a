import type { ReactNode } from 'react'

/**
 * A screen: its title and count, filters and actions in a bar at the top, the content, and at the right the detail
 * pane of what is selected.
 */
export function Page({
  title,
  count,
  tabs,
  filters,
  actions,
  toolbar,
  children,
  detail,
}: {
  title: string
  /** "90 people"; stands beside the title. */
  count?: string
  /** The parts of the screen, where it has several: `PageTabs`. */
  tabs?: ReactNode
  /** Controls whose values live in the URL. */
  filters?: ReactNode
  actions?: ReactNode
  /** A second line of filters, where there are many. */
  toolbar?: ReactNode
  children: ReactNode
  /** A `DetailPane`. */
  detail?: ReactNode
}) {
  return (
    <div className="flex h-full min-w-0 flex-col">
      <PageHeader title={title} count={count} tabs={tabs} filters={filters} actions={actions} />
      {toolbar && (
        <div
          role="group"
          aria-label={`${title} filters`}
          className="flex shrink-0 flex-wrap items-center gap-1.5 border-b px-4 py-2"
        >
          {toolbar}
        </div>
      )}
      <div className="flex min-h-0 grow">
        <div className="flex min-w-0 grow flex-col overflow-hidden">{children}</div>
        {detail}
      </div>
    </div>
  )
}

function PageHeader({
  title,
  count,
  tabs,
  filters,
  actions,
}: {
  title: string
  count?: string
  tabs?: ReactNode
  filters?: ReactNode
  actions?: ReactNode
}) {
  return (
    <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-4 gap-y-2 border-b px-4 py-2">
      <div className="flex max-w-full items-baseline gap-2">
        <h1 className="truncate text-md font-semibold" title={title}>
          {title}
        </h1>
        {count && <span className="text-ink-3">{count}</span>}
      </div>
      {tabs}
      {filters ? (
        <div
          role="group"
          aria-label={`${title} filters`}
          className="flex min-w-0 grow flex-wrap items-center gap-2"
        >
          {filters}
        </div>
      ) : (
        <span className="grow" />
      )}
      {actions && <div className="flex max-w-full flex-wrap items-center gap-2">{actions}</div>}
    </header>
  )
}
