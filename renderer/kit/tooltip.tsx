import type { ReactElement } from 'react'
import { Tooltip as AriaTooltip, TooltipTrigger, type TooltipProps } from 'react-aria-components'
import { KeyHint } from './key-hint'

/** Says what its one focusable child does, after a short wait. */
export function Tooltip({
  label,
  keys,
  placement = 'top',
  children,
}: {
  label: string
  keys?: string[]
  placement?: TooltipProps['placement']
  children: ReactElement
}) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      {children}
      <AriaTooltip
        placement={placement}
        offset={6}
        className="flex max-w-72 items-center gap-2 rounded-md bg-panel px-2 py-1 text-sm text-ink shadow-float"
      >
        {label}
        {keys && <KeyHint keys={keys} />}
      </AriaTooltip>
    </TooltipTrigger>
  )
}
