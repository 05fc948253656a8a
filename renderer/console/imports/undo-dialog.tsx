import { useMutation } from '@tanstack/react-query'
import { Undo2 } from 'lucide-react'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { formatAmount } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { useConnection } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { KeptList } from './kept-list'
import { undoneWords } from './undone-words'

/** What an undo is about. */
export interface UndoneImport {
  id: string
  name: string
  celebrities: number
  photos: number
  /** Photos that an undo left, where there was one. */
  kept?: number
}

/** Takes a published import back: first what goes, then what became of it. */
export function UndoDialog({ of, onClose }: { of: UndoneImport; onClose: () => void }) {
  const { api, queries } = useConnection()
  const undo = useMutation(
    api.imports.undo.mutationOptions({
      // Also after a failure: some of it may be undone.
      onSettled: () => queries.invalidateQueries({ queryKey: api.imports.key() }),
    }),
  )
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Undo the import “${of.name}”`}
      role="alertdialog"
      width="md"
      footer={
        undo.data ? (
          <Button variant="primary" autoFocus onPress={onClose}>
            Done
          </Button>
        ) : (
          <>
            <Button autoFocus onPress={onClose}>
              Cancel
            </Button>
            <Button
              variant="destructive"
              icon={<Undo2 aria-hidden />}
              isPending={undo.isPending}
              onPress={() => undo.mutate({ id: of.id })}
            >
              Undo the import
            </Button>
          </>
        )
      }
    >
      <div className="flex flex-col gap-3">
        {undo.data ? <Result id={of.id} {...undo.data} /> : <WhatGoes of={of} />}
        {undo.error && <Notice tone="bad">{describeError(undo.error)}</Notice>}
      </div>
    </Dialog>
  )
}

function WhatGoes({ of: { celebrities, photos, kept = 0 } }: { of: UndoneImport }) {
  if (kept > 0) {
    return (
      <p className="text-pretty">
        The undo left {formatAmount(kept, 'photo')} because somebody had changed them. What was changed back
        since is taken back now; the rest is left once more.
      </p>
    )
  }
  return (
    <>
      <p className="text-pretty">
        This takes back{' '}
        {celebrities > 0 &&
          `${formatAmount(celebrities, 'celebrity', 'celebrities')} with their lookalikes, and `}
        {formatAmount(photos, 'photo')} with their files. Photos that were replaced come back.
      </p>
      <p className="text-pretty text-ink-2">
        What somebody changed since it was published is left as it is, and named. The photos at their source
        are not touched.
      </p>
    </>
  )
}

function Result({ id, undone, kept }: { id: string; undone: number; kept: number }) {
  return (
    <>
      <Notice tone={kept > 0 ? 'warning' : 'good'}>
        {undoneWords({ undone, kept })}
        {kept > 0 ? ' because somebody changed them since.' : '. Nothing is left of it.'}
      </Notice>
      {kept > 0 && <KeptList id={id} />}
    </>
  )
}
