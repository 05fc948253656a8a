import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { FileTrigger } from 'react-aria-components'
import type { FaceView, Person } from '../../core/accounts/contract'
import { Button } from '../kit/button'
import { Checkbox } from '../kit/checkbox'
import { ErrorState } from '../kit/error-state'
import { Notice } from '../kit/notice'
import { Thumbnail } from '../kit/thumbnail'
import { useConnection } from '../rpc/connection'
import { describeError } from '../rpc/errors'
import { useUploadImage } from '../rpc/hooks'
import { acceptedImages } from '../rpc/upload'
import { Lookalikes } from './lookalikes'
import { Matches } from './matches'

/** How often a photo that waits is asked after, in milliseconds: changes are pushed to staff alone. */
const waitingInterval = 1500

/** A person's own photo, and who looks like them. */
export function MyFace({ profileId }: { profileId: string }) {
  const { api } = useConnection()
  const me = useQuery({
    ...api.accounts.get.queryOptions({ input: { id: profileId } }),
    refetchInterval: ({ state }) => (isWaiting(newestFace(state.data)) ? waitingInterval : false),
  })
  if (me.error) {
    return (
      <ErrorState
        title="Your page can't be shown"
        message={describeError(me.error)}
        onRetry={() => void me.refetch()}
        isRetrying={me.isFetching}
      />
    )
  }
  if (!me.data) return <p role="status">One moment…</p>
  const face = newestFace(me.data)
  return (
    <div className="flex flex-col gap-6">
      <h2 className="text-lg font-semibold">Hello{me.data.name ? `, ${me.data.name}` : ''}</h2>
      {face ? <Photo face={face} /> : <AddPhoto profileId={profileId} />}
      {face?.analyzed_at && <Lookalikes faceId={face.id} />}
      {face?.analyzed_at && <Matches />}
    </div>
  )
}

function newestFace(person: Person | undefined): FaceView | undefined {
  return person?.face_list.toSorted((a, b) => b.created_at.getTime() - a.created_at.getTime())[0]
}

function isWaiting(face: FaceView | undefined): boolean {
  return face?.job?.status === 'pending' || face?.job?.status === 'processing'
}

/** The photo, where its analysis stands, and the way to take it back. */
function Photo({ face }: { face: FaceView }) {
  const { client } = useConnection()
  const queries = useQueryClient()
  const remove = useMutation({
    mutationFn: () => client.accounts.removeFace({ face_id: face.id }),
    onSuccess: () => queries.invalidateQueries(),
  })
  return (
    <section className="flex items-start gap-4">
      <Thumbnail src={face.thumbnail_url ?? face.image_url} name={null} size={96} />
      <div className="flex min-w-0 grow flex-col items-start gap-2">
        {isWaiting(face) && <Notice tone="info">Your photo is being looked at. This takes a moment.</Notice>}
        {face.job?.status === 'failed' && (
          <Notice tone="bad">{face.job.error_message ?? 'Your photo could not be analysed.'}</Notice>
        )}
        {(face.faces_found ?? 0) > 1 && (
          <Notice tone="warning">Your photo shows {face.faces_found} faces; the largest one was used.</Notice>
        )}
        {remove.error && <Notice tone="bad">{describeError(remove.error)}</Notice>}
        <Button variant="danger" onPress={() => remove.mutate()} isPending={remove.isPending}>
          Remove my photo
        </Button>
        <p className="text-sm text-ink-2">All that was found by it goes along.</p>
      </div>
    </section>
  )
}

/** The first photo, sent only once its owner has agreed to what happens with it. */
function AddPhoto({ profileId }: { profileId: string }) {
  const { client } = useConnection()
  const queries = useQueryClient()
  const uploadImage = useUploadImage()
  const [agrees, setAgrees] = useState(false)
  const add = useMutation({
    mutationFn: async (file: File) => {
      const image_path = await uploadImage('faces', file, profileId)
      await client.accounts.addFace({ profile_id: profileId, image_path })
    },
    onSuccess: () => queries.invalidateQueries(),
  })
  return (
    <section className="flex flex-col items-start gap-3">
      <p className="text-ink-2">Add a photo that shows your face from the front, in good light.</p>
      <Checkbox isSelected={agrees} onChange={setAgrees}>
        My face may be measured to find who looks like me. Whoever does sees my name, my school and this
        photo. I can take this back at any time.
      </Checkbox>
      <FileTrigger
        acceptedFileTypes={acceptedImages}
        onSelect={(files) => {
          if (files?.[0]) add.mutate(files[0])
        }}
      >
        <Button variant="primary" size="lg" isDisabled={!agrees} isPending={add.isPending}>
          Choose a photo
        </Button>
      </FileTrigger>
      {add.error && <Notice tone="bad">{describeError(add.error)}</Notice>}
    </section>
  )
}
