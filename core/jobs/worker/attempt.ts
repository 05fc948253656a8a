import type { JobStage, StageTimes } from '../../model/job-stages'

export interface LogLine {
  /** ISO, by the database's clock as far as the worker knows it. */
  at: string
  level: 'info' | 'warn' | 'error'
  message: string
}

/** What is kept of an attempt in `job_attempts`. */
export interface AttemptRecord {
  pack: string | null
  /** Since the attempt began, by a clock that nobody sets. */
  elapsedMs: number
  stages: StageTimes
  log: readonly LogLine[]
}

/** Follows one attempt: which stage it is in, how long each took, what there is to say. */
export interface AttemptNotes {
  /** The stage before it is over. */
  enter(stage: JobStage): void
  /** Times that were taken elsewhere, in the face models' thread; they are not counted a second time here. */
  took(times: StageTimes): void
  /** Where it is; where it broke off, once it has. */
  stage(): JobStage | null
  /** It broke off in another stage than the one that was entered; null where nobody knows in which. */
  brokeOffIn(stage: JobStage | null): void
  say(level: LogLine['level'], message: string): void
  pack(name: string): void
  record(): AttemptRecord
}

/** More lines, and longer ones, tell nobody anything. */
const mostLines = 40
const longestLine = 300

/** @param offsetMs the worker's clock less the database's */
export function takeNotes(offsetMs: () => number, now: () => number = () => performance.now()): AttemptNotes {
  const began = now()
  const stages: StageTimes = {}
  const log: LogLine[] = []
  let pack: string | null = null
  let current: JobStage | null = null
  let since = began

  function leave(): void {
    if (current) stages[current] = (stages[current] ?? 0) + (now() - since)
    since = now()
  }

  return {
    enter(stage) {
      leave()
      current = stage
    },
    took(times) {
      // What was measured here meanwhile is the same time, with the wait for a free thread.
      if (current && stages[current] === undefined) stages[current] = 0
      for (const [stage, ms] of Object.entries(times) as [JobStage, number][]) {
        stages[stage] = (stages[stage] ?? 0) + ms
        current = stage
      }
      since = now()
    },
    stage: () => current,
    brokeOffIn(stage) {
      leave()
      current = stage
    },
    say(level, message) {
      if (log.length >= mostLines) return
      const at = new Date(Date.now() - offsetMs()).toISOString()
      log.push({ at, level, message: message.slice(0, longestLine) })
    },
    pack(name) {
      pack = name
    },
    record() {
      leave()
      return { pack, elapsedMs: now() - began, stages: rounded(stages), log }
    },
  }
}

function rounded(stages: StageTimes): StageTimes {
  return Object.fromEntries(Object.entries(stages).map(([stage, ms]) => [stage, Math.round(ms * 100) / 100]))
}
