import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ImageUp, Merge, RefreshCw, Trash2 } from 'lucide-react'
import { useRef, useState } from 'react'
import type { Celebrity, CelebritySummary } from '../../../../core/celebrities/contract'
import { Button } from '../../../kit/button'
import { DetailPane } from '../../../kit/detail-pane'
import { ErrorState } from '../../../kit/error-state'
import { AttributeList } from '../../../kit/face/attribute-list'
import { FacePhoto } from '../../../kit/face/face-photo'
import { usePhotoView } from '../../../kit/face/use-photo-view'
import { formatDate, formatLabel } from '../../../kit/format'
import { IconButton } from '../../../kit/icon-button'
import { Notice } from '../../../kit/notice'
import { Section } from '../../../kit/section'
import { Skeleton } from '../../../kit/skeleton'
import { useShortcut } from '../../../kit/use-shortcut'
import { useApi } from '../../../rpc/connection'
import { describeError } from '../../../rpc/errors'
import { FailedAnalysis } from '../../photos/failed-analysis'
import { imageSize } from '../../photos/image-size'
import { photoPlaceholder } from '../../photos/photo-placeholder'
import { SeveralFaces } from '../../photos/several-faces'
import { useReanalyze } from '../changes/use-changes'
import { HistorySection } from './history-section'
import { InlineField } from './inline-field'
import { PhotosSection } from './photos-section'
import { ReplacePhotoDialog } from './replace-photo-dialog'
import { PeopleSection, ProvenanceSection } from './sections'
import { SimilarSection } from './similar-section'

export interface CelebrityDetailProps {
  id: string
  /** From the list, so that the title follows the arrow keys at once. */
  summary: Pick<CelebritySummary, 'name'> | undefined
  mayEdit: boolean
  /** Whether E edits the name here; beside the table it edits there. */
  takesEditKey: boolean
  onClose: () => void
  onTrash: (celebrity: { id: string; name: string }) => void
  onMerge: (ids: string[]) => void
  /** Looks for whom to merge with. */
  onFindSame: (celebrity: Celebrity) => void
}

/** Everything of one celebrity: the photo, what was found in it, where it comes from, what was done to it. */
export function CelebrityDetail(props: CelebrityDetailProps) {
  const { id, summary, mayEdit, onClose } = props
  const query = useQuery(
    useApi().celebrities.get.queryOptions({ input: { id }, placeholderData: keepPreviousData }),
  )
  const celebrity = query.data
  const isCurrent = celebrity?.id === id
  return (
    <DetailPane
      label="Celebrity"
      title={summary?.name ?? (isCurrent ? celebrity.name : 'Celebrity')}
      subtitle={isCurrent ? subtitle(celebrity) : ' '}
      onClose={onClose}
      aside={isCurrent && mayEdit ? <Reanalyze key={id} id={id} /> : undefined}
      actions={isCurrent && mayEdit ? <Actions key={id} {...props} celebrity={celebrity} /> : undefined}
    >
      {query.isError && !query.isPlaceholderData ? (
        <ErrorState
          title="This celebrity could not be loaded"
          message={describeError(query.error)}
          onRetry={() => void query.refetch()}
          isRetrying={query.isFetching}
        />
      ) : celebrity ? (
        <CelebrityBody key={celebrity.id} {...props} celebrity={celebrity} />
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

function CelebrityBody({
  celebrity,
  mayEdit,
  takesEditKey,
  onMerge,
}: CelebrityDetailProps & { celebrity: Celebrity }) {
  const [view, setView] = usePhotoView()
  const { name, image_url, landmarks_68, detection_box, state, provenance, id } = celebrity
  const nameButton = useRef<HTMLButtonElement>(null)
  useShortcut('e', () => nameButton.current?.click(), { isDisabled: !mayEdit || !takesEditKey })
  const field = { celebrity, mayEdit }
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
      <StateNotice celebrity={celebrity} mayRetry={mayEdit} />
      <Section title="About">
        <div className="flex flex-col gap-0.5">
          <InlineField {...field} field="name" value={name} editRef={nameButton} />
          <InlineField {...field} field="category" value={celebrity.category} />
          <InlineField {...field} field="gender" value={celebrity.gender} />
          <InlineField {...field} field="bio" value={celebrity.bio} />
          <InlineField {...field} field="licence" value={provenance?.licence ?? null} />
          <InlineField {...field} field="source" value={provenance?.source ?? null} />
        </div>
      </Section>
      <PhotosSection celebrity={celebrity} mayEdit={mayEdit} />
      {state === 'ready' && <PeopleSection celebrity={celebrity} />}
      {celebrity.analyzed_at && (
        <SimilarSection celebrity={celebrity} mayEdit={mayEdit} onMerge={(other) => onMerge([id, other])} />
      )}
      {celebrity.analyzed_at && <AttributeList face={celebrity} photo={celebrity} />}
      <ProvenanceSection celebrity={celebrity} />
      <HistorySection id={id} mayEdit={mayEdit} />
    </>
  )
}

function StateNotice({
  celebrity: { state, error_message, job, faces_found },
  mayRetry,
}: {
  celebrity: Celebrity
  mayRetry: boolean
}) {
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

function Reanalyze({ id }: { id: string }) {
  const reanalyze = useReanalyze()
  const run = () => reanalyze.mutate({ ids: [id] })
  useShortcut('r', run, { isDisabled: reanalyze.isPending })
  return (
    <IconButton label="Re-analyse the photo" keys={['R']} isDisabled={reanalyze.isPending} onPress={run}>
      <RefreshCw />
    </IconButton>
  )
}

function Actions({ celebrity, onTrash, onFindSame }: CelebrityDetailProps & { celebrity: Celebrity }) {
  const [isReplacing, setReplacing] = useState(false)
  useShortcut('p', () => setReplacing(true))
  return (
    <>
      <Button icon={<ImageUp aria-hidden />} onPress={() => setReplacing(true)}>
        Replace photo…
      </Button>
      <Button icon={<Merge aria-hidden />} onPress={() => onFindSame(celebrity)}>
        Merge…
      </Button>
      <Button
        variant="danger"
        icon={<Trash2 aria-hidden />}
        aria-label="Move to trash"
        className="ml-auto"
        onPress={() => onTrash(celebrity)}
      >
        Trash
      </Button>
      {isReplacing && <ReplacePhotoDialog celebrity={celebrity} onClose={() => setReplacing(false)} />}
    </>
  )
}
