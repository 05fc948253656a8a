import { RefreshCw, Trash2, X } from 'lucide-react'
import { Button } from '../../kit/button'
import { formatAmount, formatCount } from '../../kit/format'
import { IconButton } from '../../kit/icon-button'
import type { Selection } from './selection'
import { useRecompute } from './use-removal'

/** What can be done to the pairs that are chosen; stands above the list while some are. */
export function BatchBar({
  selection,
  total,
  onRemove,
}: {
  selection: Selection
  total: number
  /** Undefined for whoever may not. */
  onRemove: (() => void) | undefined
}) {
  const recompute = useRecompute('match')
  const count = selection.ids.size
  if (count === 0) return null
  return (
    <div
      role="region"
      aria-label="Chosen pairs"
      className="flex h-10 shrink-0 items-center gap-2 border-b bg-accent-soft px-4"
    >
      <span role="status" className="font-medium text-accent-ink">
        {formatAmount(count, 'pair')} chosen
      </span>
      <span className="text-accent-ink">of {formatCount(total)}</span>
      <span className="grow" />
      <Button
        size="sm"
        icon={<RefreshCw aria-hidden />}
        isPending={recompute.isPending}
        onPress={() => recompute.mutate([...selection.ids])}
      >
        Recompute
      </Button>
      {onRemove && (
        <Button size="sm" variant="danger" icon={<Trash2 aria-hidden />} onPress={onRemove}>
          Remove…
        </Button>
      )}
      <IconButton label="Choose none" keys={['Esc']} onPress={selection.clear}>
        <X />
      </IconButton>
    </div>
  )
}
