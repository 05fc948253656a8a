import { Input, Label, TextField } from 'react-aria-components'
import { inputClass } from '../../kit/field'

/** A day of the calendar as `2026-03-04`, by the browser's own picker. */
export function DayField({
  label,
  value,
  onChange,
}: {
  label: string
  value: string | undefined
  onChange: (value: string | undefined) => void
}) {
  return (
    <TextField
      type="date"
      value={value ?? ''}
      onChange={(text) => onChange(text === '' ? undefined : text)}
      className="flex flex-col gap-1"
    >
      <Label className="text-sm font-medium text-ink-2">{label}</Label>
      <Input className={`${inputClass} h-8`} />
    </TextField>
  )
}
