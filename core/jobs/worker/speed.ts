import { analysisStages, type StageTimes } from '../../model/job-stages'

/** So many photos say how fast this machine is. */
const remembered = 31

/** How long the analysis of a photo takes here. */
export function createSpeed() {
  const times: number[] = []
  return {
    /** A job came to its end; one whose photo was not analysed counts for nothing. */
    note(stages: StageTimes) {
      if (stages.decode === undefined) return
      const ms = analysisStages.slice(1).reduce((sum, stage) => sum + (stages[stage] ?? 0), 0)
      times.push(ms)
      if (times.length > remembered) times.shift()
    },
    /** Milliseconds; null before the first one. */
    median(): number | null {
      if (times.length === 0) return null
      const sorted = times.toSorted((a, b) => a - b)
      return Math.round(sorted[Math.floor(sorted.length / 2)] * 10) / 10
    },
  }
}
