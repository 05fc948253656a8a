import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { RotateCw, Trash2 } from 'lucide-react'
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
import { formatAmount, formatCount, formatDate, formatLabel } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { Section } from '../../kit/section'
import { Skeleton } from '../../kit/skeleton'
import { Thumbnail } from '../../kit/thumbnail'
import { notifyDone, notifyFailed } from '../../kit/toast'
import { useApi } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { ShortenedList } from '../lists/shortened-list'
import { imageSize } from '../photos/image-size'
import { isAtLeast, useMe } from '../shell/me'
import { stateLabels } from './search'

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
          <CelebrityActions key={id} celebrity={celebrity} onRemoved={onRemoved} />
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
  const added = `added ${formatDate(created_at)}`
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
        name={name}
        imageSize={imageSize(celebrity)}
        landmarks={landmarks_68}
        box={detection_box}
        view={view}
        onViewChange={setView}
      />
      {state !== 'ready' && <StateNotice celebrity={celebrity} />}
      {bio && <p className="text-pretty whitespace-pre-line text-ink-2">{bio}</p>}
      {state === 'ready' && <Lookalikes celebrity={celebrity} />}
      {celebrity.analyzed_at && <AttributeList face={celebrity} photo={celebrity} />}
    </>
  )
}

function StateNotice({ celebrity: { state, error_message, job } }: { celebrity: Celebrity }) {
  if (state === 'failed') {
    return (
      <Notice tone="bad">
        {error_message ?? 'The analysis failed.'}
        {job && job.attempts > 1 && ` Tried ${job.attempts} times.`}
      </Notice>
    )
  }
  return (
    <Notice tone="info">
      {state === 'analyzing'
        ? 'The photo is being analysed.'
        : `${stateLabels.waiting.label} for the worker.`}{' '}
      What is found appears here by itself.
    </Notice>
  )
}

function Lookalikes({ celebrity: { lookalikes } }: { celebrity: Celebrity }) {
  return (
    <Section
      title="People who look like them"
      aside={lookalikes.length > 0 ? formatCount(lookalikes.length) : undefined}
    >
      {lookalikes.length === 0 ? (
        <p className="text-ink-3">Nobody yet. People are compared when their face is analysed.</p>
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

function CelebrityActions({ celebrity, onRemoved }: { celebrity: Celebrity; onRemoved: () => void }) {
  const api = useApi()
  const [isAsking, setAsking] = useState(false)
  const remove = useMutation(
    api.celebrities.remove.mutationOptions({
      onSuccess: () => {
        setAsking(false)
        notifyDone(`${celebrity.name} was removed`)
        onRemoved()
      },
      onError: (error) => notifyFailed(`${celebrity.name} could not be removed`, describeError(error)),
    }),
  )
  const retry = useMutation(
    api.jobs.retry.mutationOptions({
      onError: (error) => notifyFailed('The analysis could not be started again', describeError(error)),
    }),
  )
  const { job, state, lookalikes } = celebrity
  return (
    <>
      {state === 'failed' && job && (
        <Button
          icon={<RotateCw aria-hidden />}
          isPending={retry.isPending}
          onPress={() => retry.mutate({ id: job.id, kind: 'celebrity' })}
        >
          Analyse again
        </Button>
      )}
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
        onConfirm={() => remove.mutate({ id: celebrity.id })}
        isPending={remove.isPending}
        title={`Remove ${celebrity.name}?`}
        confirm="Remove celebrity"
      >
        The photo and everything found by it
        {lookalikes.length > 0 && `, ${formatAmount(lookalikes.length, 'lookalike')} among it,`} will be
        deleted. This can’t be undone.
      </ConfirmDialog>
    </>
  )
}
