import { ChevronRight } from 'lucide-react'
import { type Attempt, attemptNumber } from '../../../../core/jobs/contract-detail'
import { jobStages } from '../../../../core/model/job-stages'
import { StatusDot } from '../../../kit/badge'
import { Waterfall, type WaterfallStep } from '../../../kit/chart/waterfall'
import { cx } from '../../../kit/class-names'
import { formatClock, formatDateTime, formatDuration, formatLabel } from '../../../kit/format'
import { formatErrorCode, outcomeTones, outcomeWords } from '../job-words'

/** The attempts at a job, the newest first and open: when, by whom, how long each stage took, and what was logged. */
export function Attempts({ timeline }: { timeline: readonly Attempt[] }) {
  if (timeline.length === 0) {
    return <p className="text-ink-3">No attempt is on record yet. Workers of other clients leave none.</p>
  }
  return (
    <ol aria-label="Attempts" className="flex flex-col gap-2">
      {[...timeline].reverse().map((attempt, index) => (
        <li key={attempt.id}>
          <AttemptCard attempt={attempt} isOpen={index === 0} />
        </li>
      ))}
    </ol>
  )
}

function AttemptCard({ attempt, isOpen }: { attempt: Attempt; isOpen: boolean }) {
  const took = attempt.ended_at.getTime() - attempt.started_at.getTime()
  return (
    <details open={isOpen} className="group rounded-md border">
      <summary className="flex cursor-default list-none items-center gap-2 rounded-md px-3 py-1.5 hover:bg-raised">
        <ChevronRight
          className="size-3.5 shrink-0 text-ink-3 transition-transform group-open:rotate-90"
          aria-hidden
        />
        <StatusDot tone={outcomeTones[attempt.outcome]}>
          Attempt {attemptNumber(attempt)}: {outcomeWords[attempt.outcome]}
        </StatusDot>
        <span
          className="ml-auto shrink-0 text-sm text-ink-3"
          title={`${formatDateTime(attempt.started_at)} to ${formatClock(attempt.ended_at)}`}
        >
          {formatDuration(took)}
        </span>
      </summary>
      <div className="flex flex-col gap-2 border-t px-3 py-2">
        {(attempt.error_code ?? attempt.error_message) && (
          <p className="break-words select-text">
            {attempt.error_code && (
              <span className="font-medium">{formatErrorCode(attempt.error_code)}. </span>
            )}
            {attempt.error_message}
          </p>
        )}
        <Stages attempt={attempt} />
        <Log attempt={attempt} />
        <p className="text-sm text-ink-3">
          {formatDateTime(attempt.started_at)}
          {attempt.worker_id && ` · ${attempt.worker_id}`}
          {attempt.pack && ` · ${attempt.pack}`}
        </p>
      </div>
    </details>
  )
}

/** The stages of an attempt in their order; after a failure also those that it did not reach. */
export function stepsOf({ stages, failed_stage }: Pick<Attempt, 'stages' | 'failed_stage'>): WaterfallStep[] {
  const times = new Map(stages.map(({ stage, ms }) => [stage, ms]))
  const passed: WaterfallStep[] = stages.map(({ stage, ms }) => ({
    id: stage,
    label: formatLabel(stage),
    duration: ms,
    isFailed: stage === failed_stage,
  }))
  if (failed_stage === null) return passed
  const from = jobStages.indexOf(failed_stage as (typeof jobStages)[number])
  const missed = (from < 0 ? [failed_stage] : jobStages.slice(from)).filter((stage) => !times.has(stage))
  return [
    ...passed,
    ...missed.map((stage) => ({
      id: stage,
      label: formatLabel(stage),
      duration: null,
      isFailed: stage === failed_stage,
    })),
  ]
}

function Stages({ attempt }: { attempt: Attempt }) {
  const steps = stepsOf(attempt)
  if (steps.length === 0) return <p className="text-ink-3">No stage was begun.</p>
  return <Waterfall label={`Stages of attempt ${attemptNumber(attempt)}`} steps={steps} />
}

const levelClass: Record<string, string> = { error: 'text-bad', fatal: 'text-bad', warn: 'text-warning' }

function Log({ attempt }: { attempt: Attempt }) {
  const { log } = attempt
  if (log.length === 0) return null
  return (
    <div
      role="group"
      aria-label={`Log of attempt ${attemptNumber(attempt)}`}
      tabIndex={0}
      className="max-h-40 overflow-auto rounded-sm bg-raised px-2 py-1 font-mono text-xs select-text"
    >
      {log.map(({ at, level, message }, index) => (
        <div key={index} className="grid grid-cols-[4.5rem_2.75rem_1fr] gap-1">
          <span className="text-ink-3">{formatClock(at)}</span>
          <span className={cx(levelClass[level] ?? 'text-ink-3')}>{level}</span>
          <span className="min-w-0 break-words">{message}</span>
        </div>
      ))}
    </div>
  )
}
