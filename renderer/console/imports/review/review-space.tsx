import { useState } from 'react'
import type { ImportFileDetail } from '../../../../core/celebrities/contract-import-schemas'
import { cx } from '../../../kit/class-names'
import { KeysDialog } from '../../../kit/keys-dialog'
import { SkeletonRows } from '../../../kit/skeleton'
import { DescribeDialog } from './describe-dialog'
import { FileFacts } from './file-facts'
import { reviewKeys } from './keys'
import { ListSide } from './list-side'
import { ReviewMiddle } from './review-middle'
import type { ReviewSpaceProps } from './review-props'
import { lastDecision, useReview, type Review } from './use-review'
import { useReviewKeys } from './use-review-keys'

interface Describing {
  file: ImportFileDetail
  lack?: 'name' | 'licence' | 'source'
}

/**
 * The files of an import: at the left which, in the middle the photo, at the right what is known of it. Where there is
 * little room, a button shows the list instead of the photo; where there is less, what is known stands below it.
 */
export function ReviewSpace({ of, filters, onChange }: ReviewSpaceProps) {
  const [describing, setDescribing] = useState<Describing>()
  const [areKeysShown, setKeysShown] = useState(false)
  const [isListShown, setListShown] = useState(false)
  const review = useReview(of, filters, onChange, (file, lack) => setDescribing({ file, lack }))
  const { shown, canDecide } = review
  const describe = () => {
    if (canDecide && shown) setDescribing({ file: shown })
  }
  useKeys(review, describe, () => setKeysShown(true))
  return (
    <div className="@container flex min-h-0 grow">
      <ListSide
        {...{ of, filters, onChange, review }}
        className={cx(
          'w-64 shrink-0 border-r @max-[72rem]:w-full @max-[72rem]:border-r-0',
          !isListShown && '@max-[72rem]:hidden',
        )}
        onClose={() => setListShown(false)}
      />
      <div
        className={cx(
          'flex min-w-0 grow @max-[56rem]:flex-col @max-[56rem]:overflow-y-auto',
          isListShown && '@max-[72rem]:hidden',
        )}
      >
        <ReviewMiddle
          of={of}
          review={review}
          onList={() => setListShown(true)}
          onKeys={() => setKeysShown(true)}
        />
        {review.itemId !== undefined && (
          <aside
            aria-label="Photo"
            className="flex w-76 shrink-0 flex-col border-l @max-[56rem]:w-full @max-[56rem]:border-t @max-[56rem]:border-l-0"
          >
            {shown ? (
              <FileFacts
                of={of}
                file={shown}
                item={review.item ?? shown}
                onShow={review.show}
                onEdit={canDecide ? describe : undefined}
              />
            ) : (
              // Its place is kept: nothing else moves when it comes.
              !review.error && <SkeletonRows label="Loading what is known of the photo" rows={6} />
            )}
          </aside>
        )}
      </div>
      {describing && (
        <DescribeDialog
          about={describing.file}
          lack={describing.lack}
          onClose={() => setDescribing(undefined)}
          onDescribe={(description) =>
            review.decide(
              { kind: 'describe', file_ids: [describing.file.id], ...description },
              description.name ?? describing.file.person_name ?? describing.file.name,
              lastDecision(describing.file),
            )
          }
        />
      )}
      <KeysDialog isOpen={areKeysShown} onClose={() => setKeysShown(false)} groups={reviewKeys} />
    </div>
  )
}

function useKeys(review: Review, describe: () => void, showKeys: () => void): void {
  const { walk, flip, otherFace } = review
  const digits = Array.from({ length: 9 }, (_, index) => [
    String(index + 1),
    () => otherFace(review.shown?.found_faces[index]?.face_index ?? -1),
  ])
  useReviewKeys({
    ...(Object.fromEntries(digits) as Record<string, () => void>),
    a: review.accept,
    r: review.reject,
    s: review.samePerson,
    d: review.differentPerson,
    f: () => otherFace(),
    e: describe,
    b: review.reset,
    n: () => walk(1),
    enter: () => walk(1),
    p: () => walk(-1),
    arrowleft: () => flip(-1),
    arrowright: () => flip(1),
    'mod+arrowright': () => walk(1),
    'mod+arrowdown': () => walk(1),
    'alt+arrowright': () => walk(1),
    'alt+arrowdown': () => walk(1),
    'mod+arrowleft': () => walk(-1),
    'mod+arrowup': () => walk(-1),
    'alt+arrowleft': () => walk(-1),
    'alt+arrowup': () => walk(-1),
    'mod+z': review.undo,
    'mod+shift+z': review.redo,
    'mod+y': review.redo,
    '?': showKeys,
  })
}
