import { jobFilterSchema, type JobFilter } from '../../jobs/contract'
import { SemblanceError } from '../../model/errors'

/** Options that narrow which jobs are meant, as they come from the command line. */
export interface FilterOptions {
  status?: string
  kind?: string
  type?: string
  owner?: string
  reason?: string
  stage?: string
  fingerprint?: string
  worker?: string
  older?: number
  newer?: number
  dismissed?: boolean
  search?: string
}

const optionOf: Record<string, string> = {
  job_type: '--type',
  owner_id: '--owner',
  failed_stage: '--stage',
  worker_id: '--worker',
  older_than_minutes: '--older',
  newer_than_minutes: '--newer',
}

/** @throws SemblanceError BAD_REQUEST that names the options which make no sense */
export function readFilter(options: FilterOptions): JobFilter {
  const parsed = jobFilterSchema.safeParse({
    status: options.status,
    kind: options.kind,
    job_type: options.type,
    owner_id: options.owner,
    reason: options.reason,
    failed_stage: options.stage,
    fingerprint: options.fingerprint,
    worker_id: options.worker,
    older_than_minutes: options.older,
    newer_than_minutes: options.newer,
    dismissed: options.dismissed,
    search: options.search,
  })
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0])
    return `${optionOf[name] ?? `--${name}`}: ${message}`
  })
  throw new SemblanceError('BAD_REQUEST', faults.join('\n'))
}
