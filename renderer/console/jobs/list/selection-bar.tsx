import { ArrowUpDown, Ban, EyeOff, ListChecks, RotateCw, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { JobFilter, JobKind } from '../../../../core/jobs/contract'
import type { BulkAction, BulkSelection } from '../../../../core/jobs/contract-bulk'
import { Button } from '../../../kit/button'
import { formatAmount, formatCount } from '../../../kit/format'
import { IconButton } from '../../../kit/icon-button'
import { actionWords } from '../bulk/bulk-words'
import type { BulkAsk } from '../bulk/use-bulk-plan'
import { chosenCount, nothing, type Selection } from '../selection'
import { totalWords } from './use-jobs'

const actions: readonly (readonly [BulkAction, ReactNode])[] = [
  ['retry', <RotateCw key="retry" aria-hidden />],
  ['cancel', <Ban key="cancel" aria-hidden />],
  ['prioritise', <ArrowUpDown key="prioritise" aria-hidden />],
  ['dismiss', <EyeOff key="dismiss" aria-hidden />],
]

/** How many jobs are chosen, the way to choose all that match, and what can be done to them. */
export function SelectionBar({
  selection,
  onChange,
  total,
  hasMore,
  filter,
  onAsk,
}: {
  selection: Selection
  onChange: (selection: Selection) => void
  total: number
  hasMore: boolean
  filter: JobFilter
  onAsk: (ask: BulkAsk) => void
}) {
  const count = chosenCount(selection, total)
  const isAll = selection.mode === 'all'
  const matching = `${totalWords(total, hasMore)} that match`
  const which = isAll ? `all ${matching}` : formatAmount(count, 'selected job')
  return (
    <div
      role="toolbar"
      aria-label="Selected jobs"
      className="flex min-h-10 shrink-0 flex-wrap items-center gap-2 border-b px-4 py-1.5"
    >
      <span role="status" className={count === 0 ? 'text-ink-3' : 'font-medium'}>
        {isAll ? `All ${matching}` : count === 0 ? 'None selected' : `${formatCount(count)} selected`}
      </span>
      {!isAll && (
        <Button size="sm" icon={<ListChecks aria-hidden />} onPress={() => onChange({ mode: 'all' })}>
          All {matching}
        </Button>
      )}
      {count > 0 && (
        <>
          <span className="mx-1 h-4 border-l" aria-hidden />
          {actions.map(([action, icon]) => (
            <Button
              key={action}
              size="sm"
              icon={icon}
              onPress={() => onAsk({ action, selection: bulkSelection(selection, filter), which })}
            >
              {actionWords[action].short}…
            </Button>
          ))}
          <IconButton label="Select none" className="size-6!" onPress={() => onChange(nothing)}>
            <X />
          </IconButton>
        </>
      )}
    </div>
  )
}

function bulkSelection(selection: Selection, filter: JobFilter): BulkSelection {
  if (selection.mode === 'all') return { all: filter }
  return {
    ids: [...selection.keys].map((key) => {
      const [kind, id] = key.split(' ')
      return { kind: kind as JobKind, id: id ?? '' }
    }),
  }
}
