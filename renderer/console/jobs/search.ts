import { z } from 'zod'
import { type JobFilter, jobKindSchema, jobStatusSchema, jobTypes } from '../../../core/jobs/contract'

export const tabs = ['now', 'failures', 'jobs', 'workers'] as const
export type Tab = (typeof tabs)[number]

/** How old a job may be, as the address says it. */
export const ages = {
  '15m': { words: 'Last 15 minutes', filter: { newer_than_minutes: 15 } },
  '1h': { words: 'Last hour', filter: { newer_than_minutes: 60 } },
  '1d': { words: 'Last day', filter: { newer_than_minutes: 1440 } },
  '7d': { words: 'Last 7 days', filter: { newer_than_minutes: 10_080 } },
  'over-1h': { words: 'Over an hour', filter: { older_than_minutes: 60 } },
  'over-1d': { words: 'Over a day', filter: { older_than_minutes: 1440 } },
  'over-7d': { words: 'Over 7 days', filter: { older_than_minutes: 10_080 } },
} as const satisfies Record<string, { words: string; filter: JobFilter }>
export type Age = keyof typeof ages
export const ageIds = Object.keys(ages) as Age[]

/** What the address of the screen holds. */
export const searchSchema = z.object({
  tab: z.enum(tabs).optional(),
  /** Minutes of the charts. */
  span: z.number().optional(),
  status: jobStatusSchema.optional(),
  kind: jobKindSchema.optional(),
  type: z.enum(jobTypes).optional(),
  /** The person whose face it is. */
  owner: z.uuid().optional(),
  /** `error_code`. */
  reason: z.string().max(100).optional(),
  stage: z.string().max(100).optional(),
  fingerprint: z.string().max(100).optional(),
  worker: z.string().max(200).optional(),
  age: z.enum(ageIds).optional(),
  /** Minutes, where an alarm leads to older or younger jobs than a choice of the list. */
  older: z.number().min(0).max(525_600).optional(),
  newer: z.number().min(0).max(525_600).optional(),
  /** Failures that were dismissed: left out, or alone. */
  dismissed: z.boolean().optional(),
  search: z.string().max(200).optional(),
  /** The selected job, and which queue it is of. */
  id: z.uuid().optional(),
  of: jobKindSchema.optional(),
  /** The selected group of failures, or worker. */
  group: z.string().max(100).optional(),
  on: z.string().max(200).optional(),
})
export type JobsSearch = z.infer<typeof searchSchema>

const filterNames = [
  ...(['status', 'kind', 'type', 'owner', 'reason', 'stage', 'fingerprint', 'worker', 'age'] as const),
  ...(['older', 'newer', 'dismissed', 'search'] as const),
]

/** Every filter of the list taken out. */
export const noFilters = Object.fromEntries(
  filterNames.map((name) => [name, undefined]),
) as Partial<JobsSearch>

/** Whether the list is narrowed. */
export function isNarrowed(search: JobsSearch): boolean {
  return filterNames.some((name) => search[name] !== undefined)
}

/** The part of the screen that an address means; one from elsewhere may name a job or a filter alone. */
export function tabOf(search: JobsSearch): Tab {
  return search.tab ?? (isNarrowed(search) || search.id !== undefined ? 'jobs' : 'now')
}

/** The address's filters as the host takes them. */
export function filterOf(search: JobsSearch): JobFilter {
  const { status, kind, type, owner, reason, stage, fingerprint, worker, age, older, newer } = search
  const text = search.search?.trim()
  const filter: Record<string, unknown> = {
    ...{ status, kind, job_type: type, owner_id: owner, reason, failed_stage: stage, fingerprint },
    ...{ worker_id: worker, older_than_minutes: older, newer_than_minutes: newer },
    ...(age && ages[age].filter),
    ...{ dismissed: search.dismissed, search: text === '' ? undefined : text },
  }
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
}

/** The address of a list with a filter of the host's: where a button beside an alarm leads. */
export function searchOf(filter: JobFilter): JobsSearch {
  const search: Record<string, unknown> = {
    tab: 'jobs',
    ...{ status: filter.status, kind: filter.kind, type: filter.job_type, owner: filter.owner_id },
    ...{ reason: filter.reason, stage: filter.failed_stage, fingerprint: filter.fingerprint },
    ...{ worker: filter.worker_id, older: filter.older_than_minutes, newer: filter.newer_than_minutes },
    ...{ dismissed: filter.dismissed, search: filter.search },
  }
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined))
}
