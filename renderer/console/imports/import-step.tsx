import type { Import } from '../../../core/celebrities/contract-import-schemas'
import { formatBytes, formatCount, formatDuration } from '../../kit/format'
import { ProgressBar } from '../../kit/progress-bar'
import type { Tone } from '../../kit/tone'
import { isRunning, planTotals, stateWords } from './import-words'
import type { Upload } from './upload-store'

/** How far a step is: a share of [0, 1], or undefined where the end is not known, and words. */
export function stepProgress(of: Import): { value: number | undefined; text: string } | null {
  switch (of.state) {
    case 'scanning':
      return { value: undefined, text: withRate(of, `${formatCount(of.files)} files seen`) }
    case 'analyzing': {
      const done = of.analyzed + of.rejected
      const all = Math.max(done, of.files)
      const text = `${formatCount(done)} of ${formatCount(all)}`
      return { value: all === 0 ? undefined : done / all, text: withRate(of, text) }
    }
    case 'publishing': {
      const all = Math.max(of.published, planTotals(of).all)
      const text = `${formatCount(of.published)} of ${formatCount(all)}`
      return { value: all === 0 ? undefined : of.published / all, text: withRate(of, text) }
    }
    case 'undoing':
      return { value: undefined, text: '' }
    default:
      return null
  }
}

/** What stands behind a position: rate and time left, or that it is paused. */
function withRate({ paused, problem, rate, seconds_left: left }: Import, position: string): string {
  if (problem !== null) return `${position} · stopped`
  if (paused) return `${position} · paused`
  return [
    position,
    rate !== null && `${rate < 10 ? rate.toFixed(1) : formatCount(rate)} a second`,
    left !== null && `${formatDuration(left * 1000)} left`,
  ]
    .filter(Boolean)
    .join(' · ')
}

/** Whether there is a way to show: a source that could not be read at all has none. */
export function hasBegun({ problem, files }: Import): boolean {
  return problem === null || files > 0
}

/** The bar of the step under way; nothing where no step is. */
export function StepBar({ of }: { of: Import }) {
  const progress = stepProgress(of)
  if (!progress) return null
  const tone: Tone = isRunning(of) ? 'accent' : of.problem ? 'warning' : 'neutral'
  return (
    <ProgressBar
      label={stateWords[of.state].label}
      value={progress.value === undefined && !isRunning(of) ? 0 : progress.value}
      text={progress.text}
      tone={tone}
    />
  )
}

/** How far this window's upload is, in words: “3 of 20 files · 12 MB of 80 MB · 5 MB a second · 14 s left”. */
export function uploadText({ files, filesDone, bytes, bytesDone, rate, state }: Upload): string {
  return [
    `${formatCount(filesDone)} of ${formatCount(files)} files`,
    `${formatBytes(bytesDone)} of ${formatBytes(bytes)}`,
    state === 'running' && rate !== null && `${formatBytes(rate)} a second`,
    state === 'running' && rate !== null && `${formatDuration(((bytes - bytesDone) / rate) * 1000)} left`,
  ]
    .filter(Boolean)
    .join(' · ')
}
