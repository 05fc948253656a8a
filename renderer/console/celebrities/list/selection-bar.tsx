import { Download, ListChecks, Merge, PencilLine, ScanFace, Trash2, X } from 'lucide-react'
import { Button, type ButtonProps } from '../../../kit/button'
import { formatAmount, formatCount } from '../../../kit/format'
import { IconButton } from '../../../kit/icon-button'
import { ShortButton } from '../../../kit/short-button'
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
      className="@container flex min-h-10 shrink-0 flex-wrap items-center gap-2 border-b bg-accent-soft px-4 py-1.5"
    >
      <IconButton label="Choose none" keys={['Esc']} className="-ml-1.5 size-6" onPress={onNone}>
        <X />
      </IconButton>
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
          <Action label="Edit…" icon={<PencilLine aria-hidden />} onPress={actions.onEdit} />
          <Action label="Re-analyse…" icon={<ScanFace aria-hidden />} onPress={actions.onReanalyze} />
          {chosen.mode === 'some' && count >= 2 && count <= mostMerged && (
            <Action label="Merge…" icon={<Merge aria-hidden />} onPress={actions.onMerge} />
          )}
        </>
      )}
      <Action label="Export CSV" icon={<Download aria-hidden />} onPress={onExport} />
      {actions && (
        <Action
          label="Move to trash…"
          variant="danger"
          icon={<Trash2 aria-hidden />}
          onPress={actions.onTrash}
        />
      )}
    </div>
  )
}

function Action(props: Pick<ButtonProps, 'icon' | 'variant' | 'onPress'> & { label: string }) {
  return <ShortButton size="sm" hiddenAt="@max-[720px]:sr-only" {...props} />
}
