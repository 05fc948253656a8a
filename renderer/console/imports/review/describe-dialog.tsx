import { useState } from 'react'
import type { Decision, ImportFileDetail } from '../../../../core/celebrities/contract-import-schemas'
import type { DetectedGender } from '../../../../core/model/face'
import { Button } from '../../../kit/button'
import { Dialog } from '../../../kit/dialog'
import { formatAmount } from '../../../kit/format'
import { Notice } from '../../../kit/notice'
import { Select } from '../../../kit/select'
import { TextField } from '../../../kit/text-field'
import { CategoryField } from '../../celebrities/category-field'

type Description = Omit<Extract<Decision, { kind: 'describe' }>, 'kind' | 'file_ids'>

export interface DescribeDialogProps {
  /** One photo, or how many. */
  about: ImportFileDetail | number
  /** What it lacks, where it was to be accepted. */
  lack?: 'name' | 'licence' | 'source'
  onClose: () => void
  onDescribe: (description: Description) => void
}

const lackWords = {
  name: 'Nobody is published without a name. Enter it, then accept the photo.',
  licence:
    'Nothing is published without a licence. Enter it here, or once for all under “Defaults and rules”.',
  source: 'Nothing is published without a source. Enter it here, or once for all under “Defaults and rules”.',
}

/** Says of one photo, or of many, who is on it and what allows us to show it. Fields that stay empty change nothing. */
export function DescribeDialog({ about, lack, onClose, onDescribe }: DescribeDialogProps) {
  const one = typeof about === 'number' ? null : about
  const [name, setName] = useState(one?.person_name ?? one?.name ?? '')
  const [bio, setBio] = useState(one?.bio ?? '')
  const [category, setCategory] = useState(one?.category ?? '')
  const [gender, setGender] = useState<DetectedGender | undefined>(one?.gender ?? undefined)
  const [licence, setLicence] = useState(one?.licence ?? '')
  const [source, setSource] = useState(one?.source ?? '')
  const changed = (value: string, before: string | null | undefined) => {
    const text = value.trim()
    return text === '' || text === before ? null : text
  }
  const description: Description = {
    name: changed(name, one?.person_name ?? one?.name),
    bio: changed(bio, one?.bio),
    category: changed(category, one?.category),
    gender: gender && gender !== one?.gender ? gender : null,
    licence: changed(licence, one?.licence),
    source: changed(source, one?.source),
  }
  const isEmpty = Object.values(description).every((value) => value === null)
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={one ? 'Describe the photo' : `Describe ${formatAmount(about as number, 'photo')}`}
      width="md"
      onSubmit={() => {
        if (!isEmpty) onDescribe(description)
        onClose()
      }}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isDisabled={isEmpty}>
            Save
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {lack && <Notice tone="warning">{lackWords[lack]}</Notice>}
        {!one && <p className="text-ink-2">Fields that stay empty change nothing.</p>}
        <TextField
          label="Name"
          value={name}
          onChange={setName}
          maxLength={200}
          autoFocus={lack !== 'licence' && lack !== 'source'}
          description={one?.name_original ? `Imported as “${one.name_original}”` : undefined}
        />
        <div className="grid grid-cols-2 items-start gap-3">
          <CategoryField value={category} onChange={setCategory} />
          <Select
            label="Gender"
            isField
            anyLabel={one ? 'As detected' : 'No change'}
            options={[
              { id: 'female', label: 'Female' },
              { id: 'male', label: 'Male' },
            ]}
            value={gender}
            onChange={setGender}
          />
          <TextField
            label="Licence"
            value={licence}
            onChange={setLicence}
            maxLength={500}
            autoFocus={lack === 'licence'}
          />
          <TextField
            label="Source"
            value={source}
            onChange={setSource}
            maxLength={2000}
            autoFocus={lack === 'source'}
          />
        </div>
        <TextField label="Bio" rows={3} value={bio} onChange={setBio} maxLength={2000} />
      </div>
    </Dialog>
  )
}
