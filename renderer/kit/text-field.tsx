import { type Ref, useId } from 'react'
import {
  TextField as AriaTextField,
  Input,
  TextArea,
  type TextFieldProps as AriaProps,
} from 'react-aria-components'
import { cx } from './class-names'
import { FieldHelp, FieldLabel, inputClass } from './field'

export interface TextFieldProps extends Omit<AriaProps, 'children' | 'className'> {
  /** Stands above the field; where something beside it names it, `aria-label` instead. */
  label?: string
  description?: string
  /** What is wrong and how to mend it; marks the field as invalid. */
  errorMessage?: string
  placeholder?: string
  /** Lines of text; more than one makes a text area. */
  rows?: number
  className?: string
  inputRef?: Ref<HTMLInputElement>
  /** Stands faint at the end of the field: "%". */
  unit?: string
  /** What may be meant; anything else may be typed. One line only. */
  suggestions?: readonly string[] | undefined
}

/** One line of text (or several with `rows`) with its label, hint and error. */
export function TextField(props: TextFieldProps) {
  const {
    label,
    description,
    errorMessage,
    placeholder,
    rows = 1,
    className,
    inputRef,
    unit,
    suggestions,
    ...rest
  } = props
  const listId = useId()
  return (
    <AriaTextField
      validationBehavior="aria"
      isInvalid={Boolean(errorMessage)}
      {...rest}
      className={cx('flex flex-col gap-1', className)}
    >
      {label !== undefined && <FieldLabel>{label}</FieldLabel>}
      {rows > 1 ? (
        <TextArea rows={rows} placeholder={placeholder} className={cx(inputClass, 'resize-none py-1.5')} />
      ) : (
        <span className="relative">
          <Input
            ref={inputRef}
            placeholder={placeholder}
            list={suggestions && listId}
            className={cx(inputClass, 'h-8', unit && 'pr-7')}
          />
          {suggestions && (
            <datalist id={listId}>
              {suggestions.map((text) => (
                <option key={text} value={text} />
              ))}
            </datalist>
          )}
          {unit && (
            <span aria-hidden className="pointer-events-none absolute top-1.5 right-2.5 text-ink-3">
              {unit}
            </span>
          )}
        </span>
      )}
      <FieldHelp description={description} errorMessage={errorMessage} />
    </AriaTextField>
  )
}
