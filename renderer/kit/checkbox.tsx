import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { Checkbox as AriaCheckbox, type CheckboxProps } from 'react-aria-components'
import { cx } from './class-names'

/** A box to tick, with its sentence. */
export function Checkbox({
  children,
  className,
  ...rest
}: Omit<CheckboxProps, 'children' | 'className'> & { children: ReactNode; className?: string }) {
  return (
    <AriaCheckbox {...rest} className={cx('group flex cursor-default items-start gap-2', className)}>
      <span className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-sm border border-line-strong bg-panel text-on-accent transition-colors group-data-selected:border-transparent group-data-selected:bg-accent group-data-focus-visible:outline-2">
        <Check className="hidden size-3 group-data-selected:block" aria-hidden />
      </span>
      <span>{children}</span>
    </AriaCheckbox>
  )
}
