import type { ReactNode } from 'react'
import { Popover as AriaPopover, type PopoverProps } from 'react-aria-components'
import { cx } from './class-names'

/** One entry of a list or a menu in a popover. */
export const itemClass =
  'flex min-h-7 items-center gap-2 rounded-sm px-2 py-1 text-ink outline-none ' +
  'data-focused:bg-active data-disabled:opacity-45 [&_svg]:size-3.5 [&_svg]:shrink-0 [&_svg]:text-ink-3'

/** The floating surface of selects and menus. */
export function Popover({
  children,
  className,
  ...rest
}: Omit<PopoverProps, 'children' | 'className'> & { children: ReactNode; className?: string }) {
  return (
    <AriaPopover
      offset={4}
      {...rest}
      className={cx('overflow-auto rounded-md bg-panel p-1 shadow-float', className)}
    >
      {children}
    </AriaPopover>
  )
}
