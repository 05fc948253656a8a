import { useMutation } from '@tanstack/react-query'
import { RotateCw, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { FaceView } from '../../../core/accounts/contract'
import { Button } from '../../kit/button'
import { ConfirmDialog } from '../../kit/dialog'
import { FacePhoto } from '../../kit/face/face-photo'
import { usePhotoView } from '../../kit/face/use-photo-view'
import { formatCount } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { notifyDone, notifyFailed } from '../../kit/toast'
import { useConnection } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { imageSize } from '../photos/image-size'
import { isAtLeast, useMe } from '../shell/me'

/** One face of a person: its photo, how its analysis went, and the ways to mend or remove it. */
export function FaceDetail({ face, name }: { face: FaceView; name: string }) {
  const [view, setView] = usePhotoView()
  const mayEdit = isAtLeast(useMe().role, 'curator')
  return (
    <div className="flex flex-col gap-2">
      <FacePhoto
        src={face.image_url}
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

function FaceNotice({ face: { job, faces_found }, mayRetry }: { face: FaceView; mayRetry: boolean }) {
  if (job?.status === 'failed') {
    return (
      <Notice tone="bad" action={mayRetry && <RetryButton jobId={job.id} />}>
        {job.error_message ?? 'The analysis failed.'}
        {job.attempts > 1 && ` Tried ${job.attempts} times.`}
      </Notice>
    )
  }
  if (job?.status === 'processing') return <Notice tone="info">The photo is being analysed.</Notice>
  if (job?.status === 'pending') {
    return (
      <Notice tone="info">
        {job.attempts > 0 && job.error_message
          ? `${job.error_message} It is tried again, ${job.attempts} of ${job.max_attempts} times so far.`
          : 'Waiting for the worker. What is found appears here by itself.'}
      </Notice>
    )
  }
  if (faces_found !== null && faces_found > 1) {
    return (
      <Notice tone="info">
        The photo shows {formatCount(faces_found)} faces. The largest one is used; for another, crop the photo
        and add it again.
      </Notice>
    )
  }
  return null
}

function RetryButton({ jobId }: { jobId: string }) {
  const { api, queries } = useConnection()
  const retry = useMutation(
    api.jobs.retry.mutationOptions({
      onSuccess: () => queries.invalidateQueries({ queryKey: api.accounts.get.key() }),
      onError: (error) => notifyFailed('The analysis could not be started again', describeError(error)),
    }),
  )
  return (
    <Button
      size="sm"
      icon={<RotateCw aria-hidden />}
      isPending={retry.isPending}
      onPress={() => retry.mutate({ id: jobId, kind: 'face' })}
    >
      Try again
    </Button>
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
        await queries.invalidateQueries({ queryKey: api.accounts.key() })
      },
      onError: (error) => notifyFailed('The face could not be removed', describeError(error)),
    }),
  )
  return (
    <>
      <Button variant="danger" icon={<Trash2 aria-hidden />} onPress={() => setAsking(true)}>
        Remove…
      </Button>
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
