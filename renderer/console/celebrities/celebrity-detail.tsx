import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { Celebrity } from '../../../core/celebrities/contract'
import { Button } from '../../kit/button'
import { DetailPane } from '../../kit/detail-pane'
import { ConfirmDialog } from '../../kit/dialog'
import { ErrorState } from '../../kit/error-state'
import { AttributeList } from '../../kit/face/attribute-list'
import { FacePhoto } from '../../kit/face/face-photo'
import { ScoreBadge } from '../../kit/face/score-badge'
import { usePhotoView } from '../../kit/face/use-photo-view'
import { formatCount, formatDate, formatLabel } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { Section } from '../../kit/section'
import { Skeleton } from '../../kit/skeleton'
import { Thumbnail } from '../../kit/thumbnail'
import { notifyDone, notifyFailed } from '../../kit/toast'
import { useApi, useConnection } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { ShortenedList } from '../lists/shortened-list'
import { FailedAnalysis } from '../photos/failed-analysis'
import { imageSize } from '../photos/image-size'
import { photoPlaceholder } from '../photos/photo-placeholder'
import { SeveralFaces } from '../photos/several-faces'
import { isAtLeast, useMe } from '../shell/me'

/** Everything of one celebrity: the photo, what was found in it, who looks like them. */
export function CelebrityDetail({
  id,
  name,
  onClose,
  onRemoved,
}: {
  id: string
  /** From the list, so that the title follows the arrow keys at once. */
  name: string | undefined
  onClose: () => void
  onRemoved: () => void
}) {
  const api = useApi()
  const query = useQuery(
    api.celebrities.get.queryOptions({ input: { id }, placeholderData: keepPreviousData }),
  )
  const mayEdit = isAtLeast(useMe().role, 'curator')
  const celebrity = query.data
  const isCurrent = celebrity?.id === id
  return (
    <DetailPane
      label="Celebrity"
      title={name ?? (isCurrent ? celebrity.name : 'Celebrity')}
      subtitle={isCurrent ? subtitle(celebrity) : ' '}
      onClose={onClose}
      actions={
        isCurrent && mayEdit ? (
          <RemoveCelebrity key={id} celebrity={celebrity} onRemoved={onRemoved} />
        ) : undefined
      }
    >
      {query.isError && !query.isPlaceholderData ? (
        <ErrorState
          title="This celebrity could not be loaded"
          message={describeError(query.error)}
          onRetry={() => void query.refetch()}
          isRetrying={query.isFetching}
        />
      ) : celebrity ? (
        <CelebrityBody celebrity={celebrity} />
      ) : (
        <DetailSkeleton />
      )}
    </DetailPane>
  )
}

function subtitle({ category, gender, created_at }: Celebrity): string {
  const added = `Added ${formatDate(created_at)}`
  return [category && formatLabel(category), gender && formatLabel(gender), added].filter(Boolean).join(' · ')
}

function DetailSkeleton() {
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-4">
      <Skeleton className="h-66 w-full" />
      <Skeleton className="h-7 w-3/4" />
      {[0, 1, 2, 3, 4].map((line) => (
        <Skeleton key={line} className="h-3 w-full" />
      ))}
    </div>
  )
}

function CelebrityBody({ celebrity }: { celebrity: Celebrity }) {
  const [view, setView] = usePhotoView()
  const { name, image_url, landmarks_68, detection_box, state, bio } = celebrity
  return (
    <>
      <FacePhoto
        src={image_url}
        placeholder={photoPlaceholder(state)}
        name={name}
        imageSize={imageSize(celebrity)}
        landmarks={landmarks_68}
        box={detection_box}
        view={view}
        onViewChange={setView}
      />
      <StateNotice celebrity={celebrity} />
      {bio && <p className="text-pretty whitespace-pre-line text-ink-2">{bio}</p>}
      {state === 'ready' && <Lookalikes celebrity={celebrity} />}
      {celebrity.analyzed_at && <AttributeList face={celebrity} photo={celebrity} />}
    </>
  )
}

function StateNotice({ celebrity: { state, error_message, job, faces_found } }: { celebrity: Celebrity }) {
  const mayRetry = isAtLeast(useMe().role, 'curator')
  switch (state) {
    case 'failed':
      return <FailedAnalysis kind="celebrity" job={job} message={error_message} mayRetry={mayRetry} />
    case 'analyzing':
      return <Notice tone="info">The photo is being analysed. What is found appears here by itself.</Notice>
    case 'waiting':
      return <Notice tone="info">Waiting for the worker. What is found appears here by itself.</Notice>
    case 'ready':
      return <SeveralFaces found={faces_found} />
  }
}

function Lookalikes({ celebrity: { lookalikes } }: { celebrity: Celebrity }) {
  return (
    <Section
      title="People who look like them"
      aside={lookalikes.length > 0 ? formatCount(lookalikes.length) : undefined}
    >
      {lookalikes.length === 0 ? (
        <p className="text-ink-3">Nobody yet. Who is found appears here by itself.</p>
      ) : (
        <ShortenedList
          items={lookalikes}
          getKey={(person) => person.face_id}
          renderItem={(person) => <LookalikeLink person={person} />}
        />
      )}
    </Section>
  )
}

function LookalikeLink({ person }: { person: Celebrity['lookalikes'][number] }) {
  return (
    <Link
      to="/people"
      search={{ id: person.profile_id }}
      className="-mx-2 flex items-center gap-2.5 rounded-md px-2 py-1 hover:bg-raised"
    >
      <Thumbnail src={person.thumbnail_url} name={person.name} size={32} />
      <span className="min-w-0 grow">
        <span className="block truncate">{person.name ?? 'Unnamed person'}</span>
        <span className="block truncate text-sm text-ink-3">{person.school ?? 'No school'}</span>
      </span>
      <ScoreBadge score={person.similarity_score} />
    </Link>
  )
}

function RemoveCelebrity({
  celebrity: { id, name },
  onRemoved,
}: {
  celebrity: Celebrity
  onRemoved: () => void
}) {
  const { api, queries } = useConnection()
  const [isAsking, setAsking] = useState(false)
  const remove = useMutation(
    api.celebrities.remove.mutationOptions({
      onSuccess: async () => {
        setAsking(false)
        notifyDone(`${name} was removed`)
        onRemoved()
        await queries.invalidateQueries({ queryKey: api.celebrities.list.key() })
      },
      onError: (error) => notifyFailed(`${name} could not be removed`, describeError(error)),
    }),
  )
  return (
    <>
      <Button
        variant="danger"
        icon={<Trash2 aria-hidden />}
        className="ml-auto"
        onPress={() => setAsking(true)}
      >
        Remove…
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() => remove.mutate({ id })}
        isPending={remove.isPending}
        title={`Remove ${name}?`}
        confirm="Remove celebrity"
      >
        The photo, its analysis and every lookalike found by it will be deleted. This can’t be undone.
      </ConfirmDialog>
    </>
  )
}
