import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../../kit/button'
import { Dialog } from '../../../kit/dialog'
import { Notice } from '../../../kit/notice'
import { TextField } from '../../../kit/text-field'
import { useConnection } from '../../../rpc/connection'
import { useUploadImage } from '../../../rpc/hooks'
import { PhotoChoice } from '../../photos/photo-choice'
import { describeSendError, photoProblem } from '../../photos/photo-problem'
import { fieldProblem } from '../changes/edit-fields'
import { useTellChange } from '../changes/use-changes'
import { useFacets } from '../list/use-facets'

/** Gives a celebrity a new photo; the one before is kept as a further photo. */
export function ReplacePhotoDialog({
  celebrity: { id, name },
  onClose,
}: {
  celebrity: { id: string; name: string }
  onClose: () => void
}) {
  const { client } = useConnection()
  const upload = useUploadImage()
  const tell = useTellChange()
  const licences = useFacets().data?.licences.map(({ value }) => value)
  const [file, setFile] = useState<File | null>(null)
  const [licence, setLicence] = useState('')
  const [source, setSource] = useState('')
  const [isTold, setTold] = useState(false)
  const problem = file && photoProblem(file)
  const wrong = fieldProblem('licence', licence) ?? fieldProblem('source', source)
  const replace = useMutation({
    mutationFn: async (photo: File) => {
      const image_path = await upload('celebrity-images', photo)
      return client.curation.replacePhoto({
        id,
        image_path,
        ...(licence.trim() && { licence: licence.trim() }),
        ...(source.trim() && { source: source.trim() }),
      })
    },
    onSuccess: async (group) => {
      onClose()
      await tell(group, `${name} has a new photo`)
    },
  })
  const submit = () => {
    setTold(true)
    if (file && !problem && !wrong && !replace.isPending) replace.mutate(file)
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Replace the photo of ${name}`}
      width="md"
      onSubmit={submit}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isPending={replace.isPending}>
            Replace photo
          </Button>
        </>
      }
    >
      <div className="flex flex-wrap gap-4">
        <PhotoChoice
          file={file}
          onFile={(found) => {
            setFile(found.file)
            replace.reset()
          }}
        />
        <div className="flex min-w-48 grow basis-0 flex-col gap-3">
          <TextField
            label="Licence"
            value={licence}
            onChange={setLicence}
            suggestions={licences}
            description="Under which the new photo may be used."
            errorMessage={fieldProblem('licence', licence)}
          />
          <TextField
            label="Source"
            value={source}
            onChange={setSource}
            description="An address, or who took it."
            errorMessage={fieldProblem('source', source)}
          />
          <p className="text-pretty text-ink-2">
            The photo before is kept among the further photos. The new one is analysed, and lookalikes are
            found by it.
          </p>
        </div>
      </div>
      <div className="mt-3 empty:hidden">
        {isTold && !file && <Notice tone="bad">Choose a photo first.</Notice>}
        {problem && <Notice tone="bad">{problem}</Notice>}
        {replace.isError && <Notice tone="bad">{describeSendError(replace.error)}</Notice>}
      </div>
    </Dialog>
  )
}
