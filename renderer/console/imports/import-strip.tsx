import type { ReactNode } from 'react'
import type { Import } from '../../../core/celebrities/contract-import-schemas'
import { Button } from '../../kit/button'
import { formatAmount, formatCount } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { ProgressBar } from '../../kit/progress-bar'
import { hasBegun, StepBar } from './import-step'
import { codeWords, reasonsOf } from './import-words'
import { UndoneLine } from './undone-line'

/** Lines above the files: the step under way, what it stands still for, what was left out so far, what lacks. */
export function ImportStrip({
  of,
  onSettings,
  onReopen,
}: {
  of: Import
  onSettings: () => void
  onReopen: () => void
}) {
  const lines: ReactNode[] = [
    hasBegun(of) && isAtWork(of) && <StepBar key="step" of={of} />,
    isWaitingForPlan(of) && <ProgressBar key="plan" label="Making the plan" value={undefined} text="" />,
    isReading(of) && of.rejected > 0 && <LeftOut key="left-out" of={of} />,
    of.problem && (
      <Notice key="problem" tone="warning">
        {of.problem}
      </Notice>
    ),
    of.state === 'review' && <Changed key="changed" of={of} />,
    hasBegun(of) && <Lacking key="lacking" of={of} onSettings={onSettings} />,
    of.state === 'published' && <StayedBehind key="behind" of={of} onReopen={onReopen} />,
    of.state === 'undone' && (
      <Notice key="undone" tone="neutral">
        <UndoneLine id={of.id} /> Import its source again to publish it anew.
      </Notice>
    ),
  ]
  return (
    <div className="flex shrink-0 flex-col gap-2 border-b px-4 py-2.5 empty:hidden">
      {lines.filter(Boolean)}
    </div>
  )
}

const isReading = ({ state }: Import) => state === 'scanning' || state === 'analyzing'
const isAtWork = (of: Import) => isReading(of) || of.state === 'publishing' || of.state === 'undoing'

/** After the analysis, before anything has an outcome; a plan that follows a decision is made too soon to speak of. */
const isWaitingForPlan = ({ state, is_planned, outcomes }: Import) =>
  state === 'review' && !is_planned && Object.values(outcomes).every((files) => files === 0)

function LeftOut({ of }: { of: Import }) {
  const reasons = reasonsOf(of, 'rejected').map(
    ({ code, files }) => `${formatCount(files)} ${codeWords[code].toLowerCase()}`,
  )
  return (
    <p className="text-sm text-ink-2">
      {[`Left out so far: ${formatAmount(of.rejected, 'file')}`, ...reasons].join(', ')}
    </p>
  )
}

function Changed({ of: { reasons, published } }: { of: Import }) {
  const changed = reasons.changed_underneath ?? 0
  if (changed === 0) return null
  return (
    <Notice tone="warning">
      {published > 0 && `${formatAmount(published, 'photo')} published. `}
      {formatAmount(changed, 'file')} {changed === 1 ? 'was' : 'were'} not: the gallery changed underneath
      since the plan. Look at {changed === 1 ? 'it' : 'them'} again and publish once more.
    </Notice>
  )
}

/** What the batch does not say, which publishing needs. */
function Lacking({ of, onSettings }: { of: Import; onSettings: () => void }) {
  const { defaults, reasons, state } = of
  const lacks = [!defaults.licence && 'licence', !defaults.source && 'source'].filter(Boolean)
  const missing = (reasons.no_licence ?? 0) + (reasons.no_source ?? 0)
  const isAsked = state === 'uploading' || isReading(of) || (state === 'review' && missing > 0)
  if (!isAsked || lacks.length === 0) return null
  return (
    <Notice
      tone="info"
      action={
        <Button size="sm" onPress={onSettings}>
          Set it…
        </Button>
      }
    >
      {missing > 0
        ? `${formatAmount(missing, 'file')} can’t be published without a ${lacks.join(' and a ')}.`
        : `No ${lacks.join(' and no ')} for the batch yet: nothing is published without.`}
    </Notice>
  )
}

/** Who waited for a person when the others were published still does. */
function StayedBehind({ of: { outcomes }, onReopen }: { of: Import; onReopen: () => void }) {
  const files = outcomes.needs_person
  if (files === 0) return null
  return (
    <Notice
      tone="info"
      action={
        <Button size="sm" onPress={onReopen}>
          Review {files === 1 ? 'it' : 'them'}
        </Button>
      }
    >
      {formatAmount(files, 'file')} waited for a person and {files === 1 ? 'was' : 'were'} not published.
    </Notice>
  )
}
