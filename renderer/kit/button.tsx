import { LoaderCircle } from 'lucide-react'
import type { ReactNode, Ref } from 'react'
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components'
import { cx } from './class-names'

const variants = {
  primary:
    'border-transparent bg-accent text-on-accent data-hovered:bg-accent-hover data-pressed:bg-accent-hover',
  secondary: 'border-line-strong bg-panel text-ink data-hovered:bg-raised data-pressed:bg-active',
  ghost: 'border-transparent text-ink-2 data-hovered:bg-active data-hovered:text-ink data-pressed:bg-active',
  danger:
    'border-line-strong bg-panel text-bad data-hovered:border-bad-solid data-hovered:bg-bad-soft data-pressed:bg-bad-soft',
  destructive: 'border-transparent bg-bad text-panel data-hovered:opacity-90 data-pressed:opacity-80',
}

const sizes = { sm: 'h-6 px-2 text-sm gap-1', md: 'h-7 px-2.5 gap-1.5', lg: 'h-8 px-3 gap-1.5' }

export interface ButtonProps extends Omit<AriaButtonProps, 'children' | 'className'> {
  variant?: keyof typeof variants
  size?: keyof typeof sizes
  /** An icon before the text, 14 px. */
  icon?: ReactNode
  children: ReactNode
  className?: string
  ref?: Ref<HTMLButtonElement>
}

/** A push button. `isPending` shows a spinner and ignores presses while the focus stays. */
export function Button({
  variant = 'secondary',
  size = 'md',
  icon,
  children,
  className,
  ...rest
}: ButtonProps) {
  return (
    <AriaButton
      {...rest}
      className={cx(
        'inline-flex shrink-0 items-center justify-center rounded-md border font-medium whitespace-nowrap transition-colors',
        'data-disabled:opacity-45 data-focus-visible:outline-2 [&_svg]:size-3.5 [&_svg]:shrink-0',
        variants[variant],
        sizes[size],
        className,
      )}
    >
      {rest.isPending ? <LoaderCircle className="animate-spin" aria-hidden /> : icon}
      {children}
    </AriaButton>
  )
}
