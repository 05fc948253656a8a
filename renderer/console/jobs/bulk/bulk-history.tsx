import { History } from 'lucide-react'
import { useState } from 'react'
import type { Bulk } from '../../../../core/jobs/contract-bulk'
import { Dialog } from '../../../kit/dialog'
import { EmptyState } from '../../../kit/empty-state'
import { IconButton } from '../../../kit/icon-button'
import { ProgressBar } from '../../../kit/progress-bar'
import { SkeletonRows } from '../../../kit/skeleton'
import { RelativeTime } from '../../../kit/time'
import { ListStates } from '../../lists/list-states'
import { BulkControls } from './bulk-controls'
import { actionWords, bulkWords, progressOf } from './bulk-words'
import { isActive, useAftermath, useBulks } from './use-bulks'

/** The way to the bulk actions that were run lately, each with its undo or the way on. */
export function BulkHistory() {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <IconButton label="Bulk actions" onPress={() => setOpen(true)}>
        <History />
      </IconButton>
      <Dialog isOpen={isOpen} onClose={() => setOpen(false)} title="Bulk actions" width="lg">
        <Bulks />
      </Dialog>
    </>
  )
}

function Bulks() {
  const bulks = useBulks()
  const items = bulks.data ?? []
  return (
    <ListStates
      query={bulks}
      errorTitle="The bulk actions could not be loaded"
      skeleton={<SkeletonRows label="Loading the bulk actions" rows={4} />}
      isEmpty={items.length === 0}
      empty={
        <EmptyState icon={<History />} title="No bulk action yet">
          What is done to many jobs at once is listed here. A cancel, a dismissal and a priority can be undone
          within a day.
        </EmptyState>
      }
    >
      <ul aria-label="Bulk actions" className="flex flex-col">
        {items.map((bulk) => (
          <Line key={bulk.id} bulk={bulk} />
        ))}
      </ul>
    </ListStates>
  )
}

function Line({ bulk }: { bulk: Bulk }) {
  useAftermath(bulk)
  return (
    <li className="flex min-h-12 items-center gap-3 border-b py-1.5 last:border-b-0">
      <span className="flex min-w-0 grow flex-col">
        <span className="text-pretty">{bulkWords(bulk)}</span>
        <span className="text-sm text-ink-3">
          {actionWords[bulk.action].short} by {bulk.created_by_name ?? 'the command line'},{' '}
          <RelativeTime date={bulk.started_at} />
        </span>
        {isActive(bulk) && (
          <ProgressBar label="Bulk action" value={progressOf(bulk)} isLabelHidden text={bulkWords(bulk)} />
        )}
      </span>
      <span className="flex shrink-0 gap-2">
        <BulkControls bulk={bulk} />
      </span>
    </li>
  )
}
