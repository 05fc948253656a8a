import { useMutation, useQuery } from '@tanstack/react-query'
import type { CurationSelection } from '../../../../core/celebrities/contract-curation'
import { Button } from '../../../kit/button'
import { Dialog } from '../../../kit/dialog'
import { formatAmount, formatCount } from '../../../kit/format'
import { notifyFailed } from '../../../kit/toast'
import { useConnection } from '../../../rpc/connection'
import { describeError } from '../../../rpc/errors'
import { DryRun } from './dry-run'
import { useTellChange } from './use-changes'

/** Moves celebrities to the trash and tells of it with its undo. */
export function useTrash(onDone: () => void) {
  const { client } = useConnection()
  const tell = useTellChange()
  return useMutation({
    mutationFn: ({ selection }: { selection: CurationSelection; name?: string | undefined }) =>
      client.curation.trash({ selection }),
    onSuccess: async (group, { name }) => {
      onDone()
      const whom = name ?? formatAmount(group.changed, 'celebrity', 'celebrities')
      await tell(group, `${whom} moved to the trash`)
    },
    onError: (error) => notifyFailed('They could not be moved to the trash', describeError(error)),
  })
}

/** Says how many would go to the trash and what goes with them, before they do. */
export function TrashDialog({
  selection,
  count,
  onClose,
  onDone,
}: {
  selection: CurationSelection
  count: number
  onClose: () => void
  onDone: () => void
}) {
  const { api } = useConnection()
  const plan = useQuery(api.curation.trash.queryOptions({ input: { selection, dry_run: true }, gcTime: 0 }))
  const trash = useTrash(() => {
    onClose()
    onDone()
  })
  const changed = plan.data?.changed ?? 0
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Move ${formatAmount(count, 'celebrity', 'celebrities')} to the trash?`}
      role="alertdialog"
      onSubmit={() => changed > 0 && !trash.isPending && trash.mutate({ selection })}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="destructive"
            autoFocus
            isDisabled={plan.isSuccess && changed === 0}
            isPending={trash.isPending}
          >
            {changed > 0 ? `Move ${formatCount(changed)} to the trash` : 'Move to the trash'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <DryRun plan={plan} done="will go to the trash" />
        <p className="text-pretty text-ink-2">
          Nobody finds them any more, and the lookalikes that were found by them go. They lie in the trash for
          30 days; until then an undo brings all of it back.
        </p>
      </div>
    </Dialog>
  )
}
