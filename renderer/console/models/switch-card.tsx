import { Pause, Play, X } from 'lucide-react'
import { useState } from 'react'
import type { SwitchProgress } from '../../../core/models/contract'
import { Badge } from '../../kit/badge'
import { Button } from '../../kit/button'
import { ConfirmDialog } from '../../kit/dialog'
import { formatAmount, formatCount, formatDuration, formatNumber } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { ProgressBar } from '../../kit/progress-bar'
import { RelativeTime } from '../../kit/time'
import type { Tone } from '../../kit/tone'
import { FailureList } from './failure-list'
import { useSwitch } from './use-switch'
import { isOpen, isStuck, shareDone } from './words'

const badges: Record<SwitchProgress['state'], { tone: Tone; word: string }> = {
  running: { tone: 'accent', word: 'Running' },
  paused: { tone: 'warning', word: 'Paused' },
  completed: { tone: 'good', word: 'Made' },
  cancelled: { tone: 'neutral', word: 'Cancelled' },
}

/** The switch that is under way, or what came of the last one. */
export function SwitchCard({ progress, isAdmin }: { progress: SwitchProgress; isAdmin: boolean }) {
  const { tone, word } = isStuck(progress)
    ? { tone: 'warning' as const, word: 'Waits for a decision' }
    : badges[progress.state]
  return (
    <section
      aria-label="Switch of models"
      className="flex shrink-0 flex-col gap-2.5 border-b bg-app px-4 py-3"
    >
      <header className="flex min-h-7 items-center gap-3">
        <h2 className="font-semibold">
          {progress.from_pack ?? 'Nothing'} → {progress.to_pack}
        </h2>
        <Badge tone={tone}>{word}</Badge>
        <span className="grow text-sm text-ink-3">
          <StartedBy progress={progress} />
        </span>
        {isAdmin && isOpen(progress) && <Actions progress={progress} />}
      </header>
      {isOpen(progress) ? <Running progress={progress} isAdmin={isAdmin} /> : <Ended progress={progress} />}
    </section>
  )
}

function StartedBy({ progress: { started_at, started_by_name, ended_at } }: { progress: SwitchProgress }) {
  return ended_at ? (
    <RelativeTime date={ended_at} />
  ) : (
    <>
      Started <RelativeTime date={started_at} />
      {started_by_name && ` by ${started_by_name}`}
    </>
  )
}

function Running({ progress, isAdmin }: { progress: SwitchProgress; isAdmin: boolean }) {
  const { staged, total, failed, accepted } = progress
  return (
    <>
      <ProgressBar
        label={speedOf(progress)}
        value={shareDone(progress)}
        text={`${formatCount(staged)} of ${formatAmount(total, 'photo')}`}
        tone={progress.state === 'paused' ? 'warning' : 'accent'}
      />
      {progress.state === 'running' && !progress.helps && (
        <Notice tone="info">
          The machine that answers does not have {progress.to_pack}, or is still opening it: others do the
          work.
        </Notice>
      )}
      {failed + accepted > 0 && <FailureList progress={progress} isAdmin={isAdmin} />}
    </>
  )
}

/** Rate and time left, or why there is none. */
function speedOf(progress: SwitchProgress): string {
  const { state, per_second: rate, seconds_left: left, workers } = progress
  if (state === 'paused') return 'Paused: nothing new is begun, and what is done stays'
  if (isStuck(progress)) return 'Everything else is ready'
  if (rate === null || left === null) return 'Measuring the speed…'
  const machines = workers > 0 ? `, ${formatAmount(workers, 'machine')}` : ''
  return `${formatNumber(rate, 1)} photos a second${machines} · about ${formatDuration(left * 1000)} left`
}

function Ended({ progress: { state, to_pack, outcome } }: { progress: SwitchProgress }) {
  if (state === 'cancelled' || !outcome)
    return (
      <p className="text-ink-2">
        It was given up. What had been done of it is gone; nothing else was changed.
      </p>
    )
  const { faces, celebrities, photos, left_out, rescored, searches } = outcome
  return (
    <>
      <p className="max-w-180 text-pretty text-ink-2">
        {formatAmount(faces, 'face')} and {formatAmount(celebrities, 'celebrity', 'celebrities')} are searched
        by {to_pack} now{photos > 0 && `, ${formatAmount(photos, 'further photo')} analysed by it`};{' '}
        {formatAmount(rescored, 'score')} changed
        {left_out > 0 && `, ${formatAmount(left_out, 'photo')} left out, which Jobs lists as failed`}. Look at
        the thresholds in Settings: scores of other models lie elsewhere.
      </p>
      <Searches {...searches} />
    </>
  )
}

/** For pairs that only the new scores make: they go on after the switch. */
function Searches({ all, left, failed }: { all: number; left: number; failed: number }) {
  return (
    <>
      {left > 0 && (
        <ProgressBar
          label="Searching for pairs that only the new scores make"
          value={1 - left / all}
          text={`${formatAmount(left, 'search', 'searches')} left of ${formatCount(all)}`}
        />
      )}
      {failed > 0 && (
        <Notice tone="warning">
          {formatAmount(failed, 'search', 'searches')} failed. Jobs lists them; they can be tried again there.
        </Notice>
      )}
    </>
  )
}

function Actions({ progress }: { progress: SwitchProgress }) {
  const { pause, resume, cancel } = useSwitch()
  const [isAsking, setAsking] = useState(false)
  return (
    <div className="flex shrink-0 gap-2">
      {progress.state === 'running' ? (
        <Button
          icon={<Pause aria-hidden />}
          isPending={pause.isPending}
          onPress={() => pause.mutate(undefined)}
        >
          Pause
        </Button>
      ) : (
        <Button
          variant="primary"
          icon={<Play aria-hidden />}
          isPending={resume.isPending}
          onPress={() => resume.mutate(undefined)}
        >
          Resume
        </Button>
      )}
      <Button variant="danger" icon={<X aria-hidden />} onPress={() => setAsking(true)}>
        Cancel…
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title="Cancel the switch?"
        confirm="Cancel the switch"
        isPending={cancel.isPending}
        onConfirm={() => cancel.mutate(undefined, { onSettled: () => setAsking(false) })}
      >
        {formatAmount(progress.staged, 'photo')} that {progress.staged === 1 ? 'was' : 'were'} analysed for it{' '}
        {progress.staged === 1 ? 'has' : 'have'} to be analysed again if you start anew. Searches stay as they
        are.
      </ConfirmDialog>
    </div>
  )
}
