import { X } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from '../../../kit/icon-button'
import { ProgressBar } from '../../../kit/progress-bar'
import { useNow } from '../../../kit/time'
import { BulkControls } from './bulk-controls'
import { bulkWords, progressOf } from './bulk-words'
import { isActive, useLatestBulk } from './use-bulks'

/** Milliseconds for which the end of a bulk action stays in sight. */
const staysFor = 10 * 60_000

/** The bulk action that goes on or has just ended, above the lists: progress, rate, time left, cancel and undo. */
export function BulkLine() {
  const bulk = useLatestBulk()
  const now = useNow()
  const [closed, setClosed] = useState<string>()
  if (!bulk || bulk.state === 'planned') return null
  const key = `${bulk.id} ${bulk.state}`
  const isOld = !isActive(bulk) && now.getTime() - (bulk.ended_at?.getTime() ?? 0) > staysFor
  if (isOld || closed === key) return null
  return (
    <section
      aria-label="Bulk action"
      className="flex min-h-10 shrink-0 items-center gap-3 border-b bg-raised px-4 py-1.5"
    >
      <span role="status" className="shrink-0">
        {bulkWords(bulk)}
      </span>
      <span className="min-w-16 grow">
        {isActive(bulk) && (
          <ProgressBar label="Bulk action" value={progressOf(bulk)} isLabelHidden text={bulkWords(bulk)} />
        )}
      </span>
      <BulkControls bulk={bulk} />
      {!isActive(bulk) && (
        <IconButton label="Close this line" onPress={() => setClosed(key)}>
          <X />
        </IconButton>
      )}
    </section>
  )
}
