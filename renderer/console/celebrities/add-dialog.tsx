import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { DetectedGender } from '../../../core/model/face'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { Notice } from '../../kit/notice'
import { Select } from '../../kit/select'
import { TextField } from '../../kit/text-field'
import { notifyDone } from '../../kit/toast'
import { useConnection } from '../../rpc/connection'
import { useUploadImage } from '../../rpc/hooks'
import type { FoundFile } from '../photos/dropped-files'
import { PhotoChoice } from '../photos/photo-choice'
import { photoProblem } from '../photos/photo-problem'
import { addCelebrity, type AddOutcome } from './add-celebrity'
import { CategoryField } from './category-field'
import { guessName } from '../../../core/model/guess-name'

export interface AddDialogProps {
  /** A photo that was dropped on the screen. */
  initial: FoundFile | null
  onClose: () => void
  /** Shows a celebrity: the new one, or the one who has this photo already. */
  onShow: (id: string) => void
}

/** Adds one celebrity from a photo. What is refused is said in place and nothing that was typed is lost. */
export function AddDialog({ initial, onClose, onShow }: AddDialogProps) {
  const [file, setFile] = useState(initial?.file ?? null)
  const [name, setName] = useState(initial ? guessName(initial.path) : '')
  const [isNameTyped, setNameTyped] = useState(false)
  const [category, setCategory] = useState('')
  const [gender, setGender] = useState<DetectedGender>()
  const [bio, setBio] = useState('')
  const [isChecked, setChecked] = useState(false)
  const { client } = useConnection()
  const upload = useUploadImage()
  const add = useMutation({
    mutationFn: (photo: File) =>
      addCelebrity(client, upload, {
        file: photo,
        name: name.trim(),
        bio: bio.trim() || undefined,
        category: category.trim() || undefined,
        gender,
      }),
    onSuccess: (outcome) => {
      if (outcome.state !== 'added') return
      notifyDone(`${name.trim()} was added`, 'The photo is being analysed.')
      onShow(outcome.celebrityId)
    },
  })

  const problem = file && photoProblem(file)
  const choose = (found: FoundFile) => {
    setFile(found.file)
    if (!isNameTyped) setName(guessName(found.path))
    add.reset()
  }
  const submit = () => {
    setChecked(true)
    if (file && !problem && name.trim() && !add.isPending) add.mutate(file)
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Add celebrity"
      width="md"
      onSubmit={submit}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isPending={add.isPending}>
            Add celebrity
          </Button>
        </>
      }
    >
      <div className="flex gap-4">
        <PhotoChoice file={file} onFile={choose} />
        <div className="flex min-w-0 grow flex-col gap-3">
          <TextField
            label="Name"
            value={name}
            onChange={(value) => {
              setName(value)
              setNameTyped(true)
            }}
            maxLength={200}
            description={
              name && file && !isNameTyped
                ? 'Guessed from the file name; correct it where it is wrong.'
                : undefined
            }
            errorMessage={isChecked && !name.trim() ? 'Enter a name.' : undefined}
          />
          <CategoryField value={category} onChange={setCategory} />
          <Select
            label="Gender"
            isField
            anyLabel="As detected"
            options={[
              { id: 'female', label: 'Female' },
              { id: 'male', label: 'Male' },
            ]}
            value={gender}
            onChange={setGender}
          />
          <TextField label="Bio" rows={3} value={bio} onChange={setBio} maxLength={2000} />
        </div>
      </div>
      <div className="mt-3 empty:hidden">
        {isChecked && !file && <Notice tone="bad">Choose a photo first.</Notice>}
        {problem && <Notice tone="bad">{problem}</Notice>}
        {add.data && <Refusal outcome={add.data} onShow={onShow} />}
      </div>
    </Dialog>
  )
}

function Refusal({ outcome, onShow }: { outcome: AddOutcome; onShow: (id: string) => void }) {
  if (outcome.state === 'added') return null
  if (outcome.state !== 'known') return <Notice tone="bad">{outcome.reason}</Notice>
  const { celebrityId, reason } = outcome
  return (
    <Notice
      tone="warning"
      action={
        celebrityId && (
          <Button size="sm" onPress={() => onShow(celebrityId)}>
            Show them
          </Button>
        )
      }
    >
      {reason}
    </Notice>
  )
}
