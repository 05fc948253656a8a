import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Undo2 } from 'lucide-react'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { formatAmount, formatCount } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { Section } from '../../kit/section'
import { Skeleton } from '../../kit/skeleton'
import { useConnection } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'

/** What an undo is about. */
export interface UndoneImport {
  id: string
  name: string
  celebrities: number
  photos: number
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

function WhatGoes({ of: { celebrities, photos } }: { of: UndoneImport }) {
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
        {formatAmount(undone, 'photo')} taken back
        {kept > 0
          ? `, ${formatCount(kept)} kept because somebody changed them since.`
          : '. Nothing is left of it.'}
      </Notice>
      {kept > 0 && <Kept id={id} />}
    </>
  )
}

/** What an undo left as it is, and why. */
export function Kept({ id }: { id: string }) {
  const { api } = useConnection()
  const kept = useQuery(api.imports.kept.queryOptions({ input: { id } }))
  if (kept.isPending) return <Skeleton className="h-4 w-2/3" />
  if (kept.isError) return <Notice tone="bad">{describeError(kept.error)}</Notice>
  if (kept.data.length === 0) return null
  return (
    <Section title="Kept" aside={formatCount(kept.data.length)}>
      <ul className="flex max-h-64 flex-col overflow-y-auto">
        {kept.data.map(({ celebrity_id: celebrity, name, reason }, index) => (
          <li key={`${celebrity} ${index}`} className="flex flex-col border-b py-1.5 last:border-b-0">
            <Link
              to="/celebrities"
              search={{ id: celebrity }}
              className="truncate font-medium hover:text-accent-ink"
            >
              {name ?? 'Unnamed'}
            </Link>
            <span className="text-sm text-pretty text-ink-3">{reason}</span>
          </li>
        ))}
      </ul>
    </Section>
  )
}
