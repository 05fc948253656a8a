import { Check, ChevronDown } from 'lucide-react'
import { useId } from 'react'
import { Button, ListBox, ListBoxItem, Select as AriaSelect, SelectValue } from 'react-aria-components'
import { cx } from './class-names'
import { FieldLabel } from './field'
import { itemClass, Popover } from './popover'

export interface Option<T extends string> {
  id: T
  label: string
  /** Stands at the right, faint: a count. */
  hint?: string
}

export interface SelectProps<T extends string> {
  label: string
  options: readonly Option<T>[]
  value: T | undefined
  onChange: (value: T | undefined) => void
  /** What stands for "no choice"; without it a choice can't be taken back. */
  anyLabel?: string
  /** The label above (in forms) rather than before the value (in toolbars). */
  isField?: boolean
  isDisabled?: boolean
  className?: string
}

const none = '\u0000none'

/** One of several. In a toolbar it reads "Label: value"; `anyLabel` is the entry that clears it. */
export function Select<T extends string>(props: SelectProps<T>) {
  const { label, options, value, onChange, anyLabel, isField = false, isDisabled, className } = props
  const textId = useId()
  const chosen = options.find((option) => option.id === value)
  return (
    <AriaSelect
      aria-label={isField ? undefined : label}
      isDisabled={isDisabled}
      value={value ?? none}
      onChange={(key) => onChange(key === none ? undefined : (key as T))}
      className={cx('flex min-w-0 flex-col gap-1', className)}
    >
      {isField && <FieldLabel>{label}</FieldLabel>}
      <Button
        // Spoken as it reads: the label, then the value.
        {...(isField ? {} : { 'aria-labelledby': textId })}
        className={cx(
          'flex min-w-0 items-center gap-1.5 rounded-md border border-line-strong bg-panel px-2 text-left transition-colors data-hovered:bg-raised data-disabled:opacity-45',
          isField ? 'h-8' : 'h-7',
        )}
      >
        <span id={isField ? undefined : textId} className="flex min-w-0 grow items-center gap-1.5">
          {!isField && <span className="shrink-0 text-ink-3">{label}</span>}
          <SelectValue className="min-w-0 grow truncate text-ink">
            {chosen?.label ?? anyLabel ?? 'Choose…'}
          </SelectValue>
        </span>
        <ChevronDown className="size-3.5 shrink-0 text-ink-3" aria-hidden />
      </Button>
      <Popover className="max-h-80 min-w-(--trigger-width)">
        <ListBox aria-label={label} className="outline-none">
          {anyLabel !== undefined && <SelectEntry id={none} label={anyLabel} />}
          {options.map((option) => (
            <SelectEntry key={option.id} {...option} />
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  )
}

function SelectEntry({ id, label, hint }: Option<string>) {
  return (
    <ListBoxItem id={id} textValue={label} className={itemClass}>
      {({ isSelected }) => (
        <>
          <span className="grow truncate">{label}</span>
          {hint && <span className="text-sm text-ink-3">{hint}</span>}
          <Check className={cx(!isSelected && 'invisible')} aria-hidden />
        </>
      )}
    </ListBoxItem>
  )
}
