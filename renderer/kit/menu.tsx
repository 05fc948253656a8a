import { Check } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { Menu as AriaMenu, MenuItem as AriaMenuItem, MenuTrigger, Separator } from 'react-aria-components'
import { cx } from './class-names'
import { KeyHint } from './key-hint'
import { itemClass, Popover } from './popover'

export interface MenuEntry {
  id: string
  label: string
  icon?: ReactNode
  keys?: string[]
  /** For a choice among entries: the one that holds now. */
  isChecked?: boolean
  isDisabled?: boolean
  /** For what can't be undone. */
  isDangerous?: boolean
  onAction: () => void
}

/** A button (the child) with a menu. `null` in `entries` draws a line; `header` stands above them. */
export function Menu({
  label,
  entries,
  header,
  children,
  placement = 'bottom end',
}: {
  label: string
  entries: (MenuEntry | null)[]
  header?: ReactNode
  children: ReactElement
  placement?: 'bottom end' | 'bottom start' | 'top start' | 'right bottom'
}) {
  return (
    <MenuTrigger>
      {children}
      <Popover placement={placement} className="min-w-48">
        {header}
        <AriaMenu aria-label={label} className="outline-none">
          {entries.map((entry, index) =>
            entry === null ? (
              <Separator key={`line-${index}`} className="-mx-1 my-1 border-t" />
            ) : (
              menuItem(entry)
            ),
          )}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  )
}

function menuItem({ id, label, icon, keys, isChecked, isDisabled, isDangerous, onAction }: MenuEntry) {
  return (
    <AriaMenuItem
      key={id}
      id={id}
      textValue={label}
      isDisabled={isDisabled}
      onAction={onAction}
      className={cx(itemClass, isDangerous && 'text-bad')}
    >
      {icon}
      <span className="grow truncate">{label}</span>
      {isChecked && <Check aria-label="chosen" />}
      {keys && <KeyHint keys={keys} />}
    </AriaMenuItem>
  )
}
