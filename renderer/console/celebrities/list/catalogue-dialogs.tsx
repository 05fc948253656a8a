import { ConfirmDialog } from '../../../kit/dialog'
import { formatAmount } from '../../../kit/format'
import { EditDialog } from '../changes/edit-dialog'
import { FindSameDialog } from '../changes/find-same-dialog'
import { MergeDialog } from '../changes/merge-dialog'
import { TrashDialog } from '../changes/trash-dialog'
import { useReanalyze } from '../changes/use-changes'
import type { selectionOf } from '../selection'

/** What is open above the list. */
export type Above =
  | { is: 'edit' | 'trash' | 'reanalyze' }
  | { is: 'merge'; ids: readonly string[] }
  | { is: 'find'; celebrity: { id: string; name: string } }
  | null

/** What is done to those who are chosen, or to the one that one looks at, after a question. */
export function CatalogueDialogs({
  above,
  selection,
  count,
  onAbove,
  onDone,
  onMerged,
}: {
  above: Above
  selection: ReturnType<typeof selectionOf>
  count: number
  onAbove: (above: Above) => void
  onDone: () => void
  onMerged: (id: string) => void
}) {
  const reanalyze = useReanalyze()
  const close = () => onAbove(null)
  const shared = { selection, count, onClose: close, onDone }
  if (above?.is === 'edit') return <EditDialog {...shared} />
  if (above?.is === 'trash') return <TrashDialog {...shared} />
  if (above?.is === 'merge') return <MergeDialog ids={above.ids} onClose={close} onDone={onMerged} />
  if (above?.is === 'find') {
    const { celebrity } = above
    return (
      <FindSameDialog
        celebrity={celebrity}
        onClose={close}
        onFound={(other) => onAbove({ is: 'merge', ids: [celebrity.id, other] })}
      />
    )
  }
  return (
    <ConfirmDialog
      isOpen={above?.is === 'reanalyze'}
      onClose={close}
      onConfirm={() =>
        reanalyze.mutate(selection, {
          onSuccess: () => {
            close()
            onDone()
          },
        })
      }
      isPending={reanalyze.isPending}
      variant="primary"
      title={`Re-analyse ${formatAmount(count, 'celebrity', 'celebrities')}?`}
      confirm="Re-analyse"
    >
      Their photos go through the models again, one after the other. What was found before stays until then.
    </ConfirmDialog>
  )
}
