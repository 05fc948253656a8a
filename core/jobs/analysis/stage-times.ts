import { reachedBefore } from '../../faces/pool/face-messages'
import type { JobStage, StageTimes } from '../../model/job-stages'

/** What an analysis times by finer names, as stages of a job. */
const stageOf: Record<string, JobStage> = {
  decode: 'decode',
  locate: 'detect',
  align: 'align',
  embed: 'embed',
}

/** Milliseconds of an analysis by stage of the job. */
export function stageTimes(timings: Record<string, number>): StageTimes {
  const times: StageTimes = {}
  for (const [name, ms] of Object.entries(timings)) {
    const stage = stageOf[name] ?? 'attributes'
    times[stage] = (times[stage] ?? 0) + ms
  }
  return times
}

/** What comes after the part of an analysis that was passed last. */
const nextOf: Record<string, JobStage> = { decode: 'detect', locate: 'align', align: 'embed' }

/** The stage in which an analysis broke off; null where its thread was lost, which told nobody. */
export function stageOfFailure(error: unknown): JobStage | null {
  const reached = reachedBefore(error)
  if (!reached) return null
  return reached.last === null ? 'decode' : (nextOf[reached.last] ?? 'attributes')
}
