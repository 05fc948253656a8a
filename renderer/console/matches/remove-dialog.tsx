import { useState } from 'react'
import type { ListedMatchView as ListedMatch } from '../../../core/matching/contract-list'
import { mostIdsAtOnce } from '../../../core/matching/contract-removal'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { formatAmount, formatCount } from '../../kit/format'
import { ProgressBar } from '../../kit/progress-bar'
import { TextField } from '../../kit/text-field'
import { useRemoveMatches } from './use-removal'

export interface RemoveDialogProps {
  /** Which pairs, and a name for one alone. */
  ids: readonly string[]
  title: string
  /** Rows of these that are known: what hangs on them is counted. */
  known: readonly Pick<ListedMatch, 'likes' | 'views' | 'connection'>[]
  isOpen: boolean
  onClose: () => void
  onRemoved: () => void
}

/** Asks why, says what goes with the pairs, and removes them. */
export function RemoveDialog({ ids, title, known, isOpen, onClose, onRemoved }: RemoveDialogProps) {
  const [reason, setReason] = useState('')
  const [isTold, setTold] = useState(false)
  const { remove, progress } = useRemoveMatches(() => {
    setReason('')
    onClose()
    onRemoved()
  })
  const isTooShort = reason.trim().length < 3
  const submit = () => {
    setTold(true)
    if (!isTooShort && !remove.isPending) remove.mutate({ ids, reason: reason.trim() })
  }
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={title}
      role="alertdialog"
      onSubmit={submit}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button type="submit" variant="destructive" isPending={remove.isPending}>
            Remove {formatAmount(ids.length, 'pair')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Consequences ids={ids} known={known} />
        <TextField
          label="Why"
          autoFocus
          rows={3}
          value={reason}
          onChange={setReason}
          description="It stands in the list of removed pairs, for whoever looks there later."
          errorMessage={isTold && isTooShort ? 'Say why, in three characters at least.' : undefined}
        />
        {progress && progress.of > mostIdsAtOnce && (
          <ProgressBar
            label="Removing"
            value={progress.done / progress.of}
            text={`${formatCount(progress.done)} of ${formatCount(progress.of)}`}
          />
        )}
      </div>
    </Dialog>
  )
}

function Consequences({ ids, known }: Pick<RemoveDialogProps, 'ids' | 'known'>) {
  const liked = known.filter(({ likes }) => likes > 0).length
  const viewed = known.filter(({ views }) => views > 0).length
  const connected = known.filter(({ connection }) => connection !== null).length
  const unknown = ids.length - known.length
  return (
    <>
      <dl className="grid grid-cols-4 divide-x rounded-md border">
        {[
          ['Pairs', ids.length],
          ['Liked', liked],
          ['Viewed', viewed],
          ['Connected', connected],
        ].map(([name, count]) => (
          <div key={name} className="px-3 py-1.5">
            <dt className="text-sm text-ink-3">{name}</dt>
            <dd className="text-lg font-semibold">{formatCount(Number(count))}</dd>
          </div>
        ))}
      </dl>
      {unknown > 0 && (
        <p className="text-sm text-ink-3">
          Liked, viewed and connected are counted over the {formatCount(known.length)} that were loaded.
        </p>
      )}
      <p className="text-pretty text-ink-2">
        Reactions, the connection with its messages, babies and notifications go with{' '}
        {ids.length === 1 ? 'it' : 'them'}, and the two are not matched again. All of it comes back with an
        undo.
      </p>
    </>
  )
}
