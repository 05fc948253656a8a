import { Download, ListChecks, Merge, PencilLine, ScanFace, Trash2, X } from 'lucide-react'
import { Button } from '../../../kit/button'
import { formatAmount, formatCount } from '../../../kit/format'
import { IconButton } from '../../../kit/icon-button'
import { mostMerged } from '../changes/merge-choice'
import type { Chosen } from '../selection'

export interface SelectionActions {
  onEdit: () => void
  onReanalyze: () => void
  onMerge: () => void
  onTrash: () => void
}

/** What can be done to the celebrities that are chosen; stands above the list while some are. */
export function SelectionBar({
  chosen,
  count,
  total,
  actions,
  onExport,
  onAll,
  onNone,
}: {
  chosen: Chosen
  count: number
  /** How many match. */
  total: number
  /** Undefined for whoever may not. */
  actions: SelectionActions | undefined
  onExport: () => void
  onAll: () => void
  onNone: () => void
}) {
  if (count === 0) return null
  const isAll = count >= total
  return (
    <div
      role="region"
      aria-label="Chosen celebrities"
      className="flex min-h-10 shrink-0 flex-wrap items-center gap-2 border-b bg-accent-soft px-4 py-1.5"
    >
      <span role="status" className="font-medium text-accent-ink">
        {isAll && total > 1
          ? `All ${formatCount(total)} chosen`
          : `${formatAmount(count, 'celebrity', 'celebrities')} chosen`}
      </span>
      {!isAll && (
        <Button size="sm" variant="ghost" icon={<ListChecks aria-hidden />} onPress={onAll}>
          All {formatCount(total)}
        </Button>
      )}
      <span className="grow" />
      {actions && (
        <>
          <Button size="sm" icon={<PencilLine aria-hidden />} onPress={actions.onEdit}>
            Edit…
          </Button>
          <Button size="sm" icon={<ScanFace aria-hidden />} onPress={actions.onReanalyze}>
            Re-analyse…
          </Button>
          {chosen.mode === 'some' && count >= 2 && count <= mostMerged && (
            <Button size="sm" icon={<Merge aria-hidden />} onPress={actions.onMerge}>
              Merge…
            </Button>
          )}
        </>
      )}
      <Button size="sm" icon={<Download aria-hidden />} onPress={onExport}>
        Export CSV
      </Button>
      {actions && (
        <Button size="sm" variant="danger" icon={<Trash2 aria-hidden />} onPress={actions.onTrash}>
          Move to trash…
        </Button>
      )}
      <IconButton label="Choose none" keys={['Esc']} className="size-6" onPress={onNone}>
        <X />
      </IconButton>
    </div>
  )
}
