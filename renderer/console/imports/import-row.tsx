import { Link } from '@tanstack/react-router'
import type { Import } from '../../../core/celebrities/contract-import-schemas'
import { StatusDot } from '../../kit/badge'
import { formatAmount } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { RelativeTime } from '../../kit/time'
import { isRunning, sourceWords, statusOf } from './import-words'
import { hasBegun, StepBar } from './import-step'
import { OutcomeBar } from './outcome-bar'
import { UndoneLine } from './undone-line'

/** One import of this machine in the list. */
export function ImportRow({ of }: { of: Import }) {
  const { label, tone } = statusOf(of)
  return (
    <li className="relative flex flex-col gap-2 border-b px-4 py-3 last:border-b-0 hover:bg-raised">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <Link
          to="/imports"
          search={{ id: of.id }}
          // The whole row leads there.
          className="min-w-0 truncate font-medium after:absolute after:inset-0 hover:text-accent-ink focus-visible:outline-2"
        >
          {of.name}
        </Link>
        <StatusDot tone={tone} isLive={isRunning(of)}>
          {label}
        </StatusDot>
        <span className="ml-auto flex gap-3 text-sm text-ink-3">
          <span>
            {sourceWords[of.source_kind]}
            {of.files > 0 && ` · ${formatAmount(of.files, 'file')}`}
            {of.people > 0 && ` · ${formatAmount(of.people, 'person', 'people')}`}
          </span>
          <RelativeTime date={of.published_at ?? of.created_at} />
        </span>
      </div>
      {hasBegun(of) && <StepBar of={of} />}
      {of.state === 'undone' ? (
        // By the plan it would have files still that it has no more.
        <p className="text-sm text-ink-2">
          <UndoneLine id={of.id} />
        </p>
      ) : (
        <OutcomeBar of={of} />
      )}
      {of.problem && <Notice tone="warning">{of.problem}</Notice>}
    </li>
  )
}
