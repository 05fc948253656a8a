import { Pencil } from 'lucide-react'
import { useState } from 'react'
import { type Setting, type SettingKey, settingValues } from '../../../core/settings/contract'
import { Button } from '../../kit/button'
import { IconButton } from '../../kit/icon-button'
import { Segmented } from '../../kit/segmented'
import { TextField } from '../../kit/text-field'
import type { KnownSetting, SettingEdit } from './known-settings'
import { leastOf, leastText } from './least-components'
import { useChangeSetting } from './use-change-setting'

interface SettingEditorProps {
  name: SettingKey
  setting: Setting
  known: KnownSetting
}

/** A setting's value in the hands of an admin. */
export function SettingEditor({ name, setting, known }: SettingEditorProps) {
  const change = useChangeSetting(known.label, known.read)
  const save = (value: Setting['value']) => change.mutate({ key: name, value, seen: setting })
  if (known.edit.kind === 'choice') {
    return (
      <Choice
        label={known.label}
        options={known.edit.options}
        // Pressed at once; a refusal takes it back.
        value={change.isPending ? change.variables.value : setting.value}
        onChange={save}
      />
    )
  }
  return <TextEditor {...{ name, setting, known }} kind={known.edit.kind} onSave={save} />
}

function Choice({
  label,
  options,
  value,
  onChange,
}: {
  label: string
  options: Extract<SettingEdit, { kind: 'choice' }>['options']
  value: unknown
  onChange: (value: string | boolean) => void
}) {
  const current = options.find((option) => option.value === value)
  return (
    <Segmented
      label={label}
      options={options}
      value={current?.id ?? ''}
      onChange={(id) => {
        const chosen = options.find((option) => option.id === id)
        if (chosen && chosen.value !== value) onChange(chosen.value)
      }}
    />
  )
}

/** Text until it is to be changed; then Enter saves and Escape leaves it. */
function TextEditor({
  name,
  setting,
  known,
  kind,
  onSave,
}: SettingEditorProps & {
  kind: 'share' | 'count' | 'minutes' | 'components'
  onSave: (value: Setting['value']) => void
}) {
  const [draft, setDraft] = useState<string>()
  const [problem, setProblem] = useState<string>()
  const [wasEdited, setWasEdited] = useState(false)
  const stop = () => {
    setDraft(undefined)
    setWasEdited(true)
    setProblem(undefined)
  }
  if (draft === undefined) {
    return (
      <span className="flex items-center justify-end gap-1">
        <span className="font-medium">{known.read(setting.value)}</span>
        <IconButton
          label={`Change ${known.label}`}
          autoFocus={wasEdited}
          onPress={() =>
            setDraft(kind === 'components' ? leastText(setting.value) : textOf(setting.value, kind))
          }
        >
          <Pencil />
        </IconButton>
      </span>
    )
  }
  const save = () => {
    const value = kind === 'components' ? leastOf(draft) : valueOf(draft, kind)
    const parsed = settingValues[name].safeParse(value)
    if (value === undefined || !parsed.success) return setProblem(limitsOf[kind])
    if (JSON.stringify(value) !== JSON.stringify(setting.value)) onSave(value)
    stop()
  }
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') stop()
      }}
      className="flex items-start justify-end gap-1.5"
    >
      <TextField
        aria-label={known.label}
        value={draft}
        onChange={setDraft}
        inputMode={kind === 'components' ? 'text' : 'decimal'}
        autoFocus
        errorMessage={problem}
        unit={unitOf[kind]}
        className={kind === 'components' ? 'w-56 text-left' : 'w-40 text-left'}
      />
      <Button variant="primary" size="lg" type="submit">
        Save
      </Button>
      <Button size="lg" onPress={stop}>
        Cancel
      </Button>
    </form>
  )
}

const unitOf = { share: '%', count: undefined, minutes: 'min', components: undefined }

const limitsOf = {
  share: 'Enter a number from 0 to 100.',
  count: 'Enter a whole number from 0 to 1000.',
  minutes: 'Enter whole minutes from 0, which is for never, to 525600.',
  components:
    'Enter parts with numbers from 0 to 100: Sharpness 40, Turn 60. Leave it empty to ask for none.',
}

/** A share as percent without the noise of binary fractions: 0.07 is 7, not 7.000000000000001. */
export function textOf(value: unknown, kind: 'share' | 'count' | 'minutes'): string {
  if (typeof value !== 'number') return ''
  return String(kind === 'share' ? Number((value * 100).toFixed(6)) : value)
}

/** The other way round; NaN where the text is no number. A comma counts as a decimal point. */
export function valueOf(text: string, kind: 'share' | 'count' | 'minutes'): number {
  const plain = text.replace('%', '').replace(',', '.').trim()
  const number = plain === '' ? Number.NaN : Number(plain)
  return kind === 'share' ? Number((number / 100).toFixed(8)) : number
}
