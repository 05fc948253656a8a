/** What an attempt at a job passes, in this order. A stage that is not needed is not there. */
export const jobStages = [
  'fetch',
  'decode',
  'detect',
  'align',
  'embed',
  'attributes',
  'search',
  'write',
] as const
export type JobStage = (typeof jobStages)[number]

/** The stages before `search`: what they found out can be kept for the next attempt. */
export const analysisStages: readonly JobStage[] = jobStages.slice(0, jobStages.indexOf('search'))

/** Milliseconds by stage, in the order they were passed. */
export type StageTimes = Partial<Record<JobStage, number>>
