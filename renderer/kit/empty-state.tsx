import type { ReactNode } from 'react'

/** Nothing here yet: what this is for and what to do first. */
export function EmptyState({
  icon,
  title,
  children,
  actions,
}: {
  /** From lucide-react. */
  icon?: ReactNode
  title: string
  children?: ReactNode
  actions?: ReactNode
}) {
  return (
    <div className="flex grow flex-col items-center justify-center gap-1 px-6 py-12 text-center">
      {icon && (
        <span className="mb-2 text-ink-3 [&_svg]:size-6 [&_svg]:stroke-[1.5]" aria-hidden>
          {icon}
        </span>
      )}
      <h2 className="text-md font-semibold">{title}</h2>
      {children && <div className="max-w-96 text-pretty text-ink-2">{children}</div>}
      {actions && <div className="mt-3 flex gap-2">{actions}</div>}
    </div>
  )
}
