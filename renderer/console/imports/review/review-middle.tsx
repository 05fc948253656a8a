import { ArrowLeft, ArrowRight, Keyboard, PanelLeft, Redo2, SearchX, Undo2 } from 'lucide-react'
import type { Import, ImportFileDetail } from '../../../../core/celebrities/contract-import-schemas'
import { Badge } from '../../../kit/badge'
import { EmptyState } from '../../../kit/empty-state'
import { ErrorState } from '../../../kit/error-state'
import { formatCount } from '../../../kit/format'
import { IconButton } from '../../../kit/icon-button'
import { Skeleton } from '../../../kit/skeleton'
import { describeError } from '../../../rpc/errors'
import { fileWords, outcomeWords } from '../import-words'
import { ActionBar } from './action-bar'
import { FacesPhoto } from './faces-photo'
import { ReferenceView } from './reference-view'
import { ReviewFoot } from './review-foot'
import type { Review } from './use-review'

/** The photo under review, what it is compared with, and what one can decide about it. */
export function ReviewMiddle({
  of,
  review,
  onList,
  onKeys,
}: {
  of: Import
  review: Review
  onList: () => void
  onKeys: () => void
}) {
  const { shown, item, index, list, canDecide, error } = review
  const photos = 1 + (item?.siblings.length ?? 0)
  return (
    <section
      aria-label="Review"
      className="flex min-w-0 grow flex-col @max-[56rem]:min-h-[30rem] @max-[56rem]:shrink-0"
    >
      <header className="flex min-h-10 shrink-0 items-center gap-2 border-b px-3 py-1.5">
        <span className="hidden @max-[72rem]:block">
          <IconButton label="List of files" onPress={onList}>
            <PanelLeft />
          </IconButton>
        </span>
        <Place review={review} />
        {shown && <Outcome file={shown} />}
        <span className="grow" />
        {photos > 1 && (
          <span className="min-w-0 truncate text-sm text-ink-3">
            {formatCount(photos)} photos of this person
          </span>
        )}
        {index >= 0 && (
          <span className="shrink-0 text-sm text-ink-3">
            {formatCount(index + 1)} of {formatCount(list.total ?? 0)}
          </span>
        )}
        <IconButton
          label="Item before"
          keys={['Ctrl', '←']}
          isDisabled={index <= 0}
          onPress={() => review.walk(-1)}
        >
          <ArrowLeft />
        </IconButton>
        <IconButton label="Next item" keys={['N']} onPress={() => review.walk(1)}>
          <ArrowRight />
        </IconButton>
        {of.state === 'review' && (
          <>
            <IconButton label="Undo the last decision" keys={['Ctrl', 'Z']} onPress={review.undo}>
              <Undo2 />
            </IconButton>
            <IconButton label="Do it again" keys={['Ctrl', 'Shift', 'Z']} onPress={review.redo}>
              <Redo2 />
            </IconButton>
          </>
        )}
        <IconButton label="Keys" keys={['?']} onPress={onKeys}>
          <Keyboard />
        </IconButton>
      </header>
      {review.isAtEnd && (
        <p role="status" className="shrink-0 bg-good-soft px-3 py-1.5 text-good">
          That was the last one of this list.
        </p>
      )}
      {shown && <Reason file={shown} />}
      <div className="flex min-h-0 grow flex-col p-3">
        {shown ? (
          <ReferenceView
            key={shown.id}
            of={of}
            file={shown}
            onShow={review.show}
            photo={<FacesPhoto file={shown} onFace={canDecide ? review.otherFace : undefined} />}
          />
        ) : error ? (
          <ErrorState title="This photo could not be loaded" message={describeError(error)} />
        ) : review.itemId === undefined ? (
          <EmptyState icon={<SearchX />} title="No file is chosen" />
        ) : (
          <Skeleton className="h-full w-full" />
        )}
      </div>
      {of.state === 'review' && (
        <>
          <ActionBar review={review} />
          <ReviewFoot />
        </>
      )}
    </section>
  )
}

/** Where one is, for who hears it: each item is announced as it comes. */
function Place({ review: { shown, index, list } }: { review: Review }) {
  return (
    <span role="status" aria-label="Item" className="sr-only">
      {shown &&
        index >= 0 &&
        `${formatCount(index + 1)} of ${formatCount(list.total ?? 0)}: ${shown.person_name ?? shown.name ?? 'no name'}. ${fileWords(shown).label}.`}
    </span>
  )
}

/** What becomes of a file; heard with its place. */
function Outcome({ file }: { file: ImportFileDetail }) {
  const { label, tone } = fileWords(file)
  return (
    <span role="status" aria-live="off" aria-label="Outcome" className="flex min-w-0">
      <Badge tone={tone}>{label}</Badge>
    </span>
  )
}

/** Why it becomes of it. */
function Reason({ file }: { file: ImportFileDetail }) {
  const reason = file.outcome_reason ?? (file.outcome ? outcomeWords[file.outcome].meaning : null)
  return reason && <p className="shrink-0 px-3 pt-2 text-pretty break-words text-ink-2">{reason}</p>
}
