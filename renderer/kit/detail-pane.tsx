import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from './class-names'
import { IconButton } from './icon-button'
import { useShortcut } from './use-shortcut'

/** Pixels of the list beside the pane; where there are fewer, the pane takes all the room. */
const leastList = 240

/** What is selected, at the right. Escape closes it; arrow keys in the list walk through it. */
export function DetailPane({
  label,
  title,
  subtitle,
  aside,
  onClose,
  actions,
  children,
  width = 376,
}: {
  /** What the pane shows: "Job". */
  label: string
  title: ReactNode
  subtitle?: ReactNode
  /** Icon buttons before the one that closes. */
  aside?: ReactNode
  onClose: () => void
  /** Buttons at the foot. */
  actions?: ReactNode
  children: ReactNode
  /** Pixels; `full`: all the room that there is. */
  width?: number | 'full'
}) {
  useShortcut('escape', onClose)
  return (
    <aside
      aria-label={label}
      // Beyond the least of the list the second term is far below nothing, before it far above all the room.
      style={
        width === 'full'
          ? undefined
          : { width: `max(${width}px, (${width + leastList}px - 100%) * 9999)`, maxWidth: '100%' }
      }
      className={cx(
        'flex min-h-0 flex-col bg-panel',
        width === 'full' ? 'min-w-0 grow' : 'shrink-0 border-l',
      )}
    >
      <header className="flex shrink-0 items-start gap-2 border-b py-2.5 pr-2 pl-4">
        <div className="flex min-h-7 min-w-0 grow flex-col justify-center">
          <h2 className="truncate text-md font-semibold">{title}</h2>
          {subtitle && <div className="truncate text-ink-3">{subtitle}</div>}
        </div>
        {aside}
        <IconButton label="Close" keys={['Esc']} onPress={onClose}>
          <X />
        </IconButton>
      </header>
      <div
        className="@container flex min-h-0 grow flex-col gap-4 overflow-y-auto p-4"
        tabIndex={0}
        role="group"
        aria-label={`${label} details`}
      >
        {children}
      </div>
      {actions && (
        <footer className="flex shrink-0 flex-wrap items-center gap-2 border-t px-4 py-2.5">{actions}</footer>
      )}
    </aside>
  )
}
