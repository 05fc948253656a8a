import type { ReactNode } from 'react'
import { ToggleButton as AriaToggleButton, ToggleButtonGroup } from 'react-aria-components'
import { cx } from './class-names'

/** One of a few that all stand in sight. `count` stands faint beside the label. */
export function Segmented<T extends string>({
  label,
  options,
  value,
  onChange,
}: {
  label: string
  options: readonly { id: T; label: string; icon?: ReactNode; count?: string }[]
  value: T
  onChange: (value: T) => void
}) {
  return (
    <ToggleButtonGroup
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const [key] = keys
        if (key !== undefined) onChange(key as T)
      }}
      className="flex min-h-7 w-fit max-w-full shrink-0 flex-wrap rounded-md border border-line-strong bg-panel p-px"
    >
      {options.map((option) => (
        <AriaToggleButton
          key={option.id}
          id={option.id}
          className="flex h-6 items-center gap-1.5 rounded-sm px-2 whitespace-nowrap text-ink-2 transition-colors data-hovered:text-ink data-selected:bg-active data-selected:font-medium data-selected:text-ink [&_svg]:size-3.5"
        >
          {option.icon}
          {option.label}
          {option.count !== undefined && (
            <span className="text-sm font-normal text-ink-3">{option.count}</span>
          )}
        </AriaToggleButton>
      ))}
    </ToggleButtonGroup>
  )
}

/** A button that stays pressed: a layer shown, a filter on. */
export function Toggle({
  isOn,
  onChange,
  icon,
  children,
  className,
}: {
  isOn: boolean
  onChange: (isOn: boolean) => void
  icon?: ReactNode
  children: ReactNode
  className?: string
}) {
  return (
    <AriaToggleButton
      isSelected={isOn}
      onChange={onChange}
      className={cx(
        'inline-flex h-7 shrink-0 items-center gap-1.5 rounded-md border border-line-strong bg-panel px-2 text-ink-2 transition-colors',
        'data-hovered:bg-raised data-selected:border-accent data-selected:bg-accent-soft data-selected:text-accent-ink [&_svg]:size-3.5',
        className,
      )}
    >
      {icon}
      {children}
    </AriaToggleButton>
  )
}
