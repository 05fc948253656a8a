import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { CheckboxButton, CheckboxField, type CheckboxFieldProps } from 'react-aria-components'

/** A box to tick, with its sentence. */
export function Checkbox({
  children,
  className,
  ...rest
}: Omit<CheckboxFieldProps, 'children' | 'className'> & { children: ReactNode; className?: string }) {
  return (
    <CheckboxField {...rest} className={className}>
      <CheckboxButton className="group flex cursor-default items-start gap-2">
        <span className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-sm border border-line-strong bg-panel text-on-accent transition-colors group-data-selected:border-transparent group-data-selected:bg-accent group-data-focus-visible:outline-2">
          <Check className="hidden size-3 group-data-selected:block" aria-hidden />
        </span>
        <span>{children}</span>
      </CheckboxButton>
    </CheckboxField>
  )
}
