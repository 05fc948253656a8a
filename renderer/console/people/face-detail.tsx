import { useMutation } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { FaceView } from '../../../core/accounts/contract'
import { ConfirmDialog } from '../../kit/dialog'
import { FacePhoto } from '../../kit/face/face-photo'
import { faultWords } from '../../kit/face/quality-parts'
import { usePhotoView } from '../../kit/face/use-photo-view'
import { IconButton } from '../../kit/icon-button'
import { Notice } from '../../kit/notice'
import { notifyDone, notifyFailed } from '../../kit/toast'
import { useConnection } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { focusList } from '../lists/focus-list'
import { FailedAnalysis } from '../photos/failed-analysis'
import { imageSize } from '../photos/image-size'
import { photoPlaceholder } from '../photos/photo-placeholder'
import { SeveralFaces } from '../photos/several-faces'
import { isAtLeast, useMe } from '../shell/me'

/** One face of a person: its photo, how its analysis went, and the ways to mend or remove it. */
export function FaceDetail({ face, name }: { face: FaceView; name: string }) {
  const [view, setView] = usePhotoView()
  const mayEdit = isAtLeast(useMe().role, 'curator')
  return (
    <div className="flex flex-col gap-2">
      <FacePhoto
        src={face.image_url}
        placeholder={photoPlaceholder(face.job?.status)}
        name={name}
        imageSize={imageSize(face)}
        landmarks={face.landmarks_68}
        box={face.detection_box}
        view={view}
        onViewChange={setView}
        aside={mayEdit && <RemoveFace face={face} name={name} />}
      />
      <FaceNotice face={face} mayRetry={mayEdit} />
    </div>
  )
}

function FaceNotice({ face, mayRetry }: { face: FaceView; mayRetry: boolean }) {
  const { job, faces_found } = face
  switch (job?.status) {
    case 'failed':
      return <FailedAnalysis kind="face" job={job} message={job.error_message} mayRetry={mayRetry} />
    case 'processing':
      return <Notice tone="info">The photo is being analysed.</Notice>
    case 'pending':
      return (
        <Notice tone="info">
          {job.attempts > 0 && job.error_message
            ? `${job.error_message} It is tried again; ${job.attempts} of ${job.max_attempts} attempts so far.`
            : 'Waiting for the worker. What is found appears here by itself.'}
        </Notice>
      )
    default:
      return (
        <>
          <SeveralFaces found={faces_found} />
          <NotMatched face={face} />
        </>
      )
  }
}

/** What the photo lacks to be matched, by the settings of this moment. */
function NotMatched({ face: { quality_faults: faults, quality_components } }: { face: FaceView }) {
  if (faults.length === 0) return null
  return (
    <Notice tone="warning">
      This face is not matched.
      {faults.map((fault) => (
        <span key={fault.component} className="block">
          {faultWords(fault, quality_components)}
        </span>
      ))}
    </Notice>
  )
}

function RemoveFace({ face, name }: { face: FaceView; name: string }) {
  const { api, queries } = useConnection()
  const [isAsking, setAsking] = useState(false)
  const remove = useMutation(
    api.accounts.removeFace.mutationOptions({
      onSuccess: async () => {
        setAsking(false)
        notifyDone(`A face of ${name} was removed`)
        focusList()
        await queries.invalidateQueries({ queryKey: api.accounts.key() })
      },
      onError: (error) => notifyFailed('The face could not be removed', describeError(error)),
    }),
  )
  return (
    <>
      <IconButton label="Remove this face…" onPress={() => setAsking(true)}>
        <Trash2 aria-hidden />
      </IconButton>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() => remove.mutate({ face_id: face.id })}
        isPending={remove.isPending}
        title={`Remove this face of ${name}?`}
        confirm="Remove face"
      >
        The photo, its analysis and every match and lookalike found by it will be deleted. This can’t be
        undone.
      </ConfirmDialog>
    </>
  )
}
