import type { ReactNode, Ref } from 'react'
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components'
import { cx } from './class-names'
import { Tooltip } from './tooltip'

export interface IconButtonProps extends Omit<AriaButtonProps, 'children' | 'className' | 'aria-label'> {
  /** What it does; the accessible name and the tooltip. */
  label: string
  /** Keys that do the same, shown in the tooltip: `['G', 'J']`. */
  keys?: string[]
  children: ReactNode
  className?: string
  ref?: Ref<HTMLButtonElement>
}

/** A square button with an icon (16 px) and a tooltip. */
export function IconButton({ label, keys, children, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip label={label} keys={keys}>
      <AriaButton
        {...rest}
        aria-label={label}
        className={cx(
          'inline-flex size-7 shrink-0 items-center justify-center rounded-md text-ink-2 transition-colors',
          'data-hovered:bg-active data-hovered:text-ink data-pressed:bg-active data-disabled:opacity-45 [&_svg]:size-4',
          className,
        )}
      >
        {children}
      </AriaButton>
    </Tooltip>
  )
}
