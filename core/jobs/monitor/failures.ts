import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import type { JobKind } from '../contract'
import { trendHours, type FailureGroup } from '../contract-monitor'
import { namesOf } from '../list/names'
import { cancelled } from '../queue/actions'
import { adviceFor } from './advice'

type Tx = Transaction<Tables>

const mostGroups = 200

export interface FailuresQuery {
  kind?: JobKind | undefined
  /** Those that were dismissed alone, or those that were not. */
  dismissed: boolean
}

interface GroupRow {
  fingerprint: string
  jobs: number
  kinds: Record<string, number>
  first_at: Date
  last_at: Date
  /** To the microsecond; null where no worker said when it failed. */
  last_key: string | null
  trend: Record<string, number> | null
}

/** What failed and stands so, by fingerprint, most jobs first, but not what was cancelled; the photo of a sample is yet to be signed. */
export async function failureGroups(tx: Tx, { kind, dismissed }: FailuresQuery) {
  const groups = await countGroups(tx, { kind, dismissed })
  const samples = await sampleOf(tx, groups, { kind, dismissed })
  const names = await namesOf(tx, samples)
  return groups.flatMap(({ kinds, trend, last_key: _, ...group }) => {
    const sample = samples.find(({ fingerprint }) => fingerprint === group.fingerprint)
    // Retried between the two questions. The reason is part of what a fingerprint stands for.
    if (!sample || sample.error_code === cancelled.code) return []
    const {
      error_code: reason,
      failed_stage: stage,
      error_message: message,
      id,
      subject_id,
      owner_id,
    } = sample
    return [
      {
        ...group,
        by_kind: Object.entries(kinds).map(([name, jobs]) => ({ kind: name as JobKind, jobs })),
        trend: Array.from({ length: trendHours }, (_, i) => trend?.[trendHours - 1 - i] ?? 0),
        ...{ reason, stage, message, ...adviceFor(reason) },
        sample: { id, kind: sample.kind, subject_id, owner_id },
        named: names.get(id) ?? null,
      },
    ]
  })
}

const narrowed = ({ kind, dismissed }: FailuresQuery) => sql`
  status = 'failed' and fingerprint is not null and (dismissed_at is not null) = ${dismissed}::boolean
  ${kind ? sql`and kind = ${kind}` : sql``}`

async function countGroups(tx: Tx, query: FailuresQuery): Promise<GroupRow[]> {
  const { rows } = await sql<GroupRow>`
    with parts as materialized (
      select fingerprint, kind, count(*)::int as jobs, min(completed_at) as first_at, max(completed_at) as last_at
      from private.staff_jobs
      where ${narrowed(query)}
      group by 1, 2
    ), hours as (
      select fingerprint, jsonb_object_agg(hours_ago, jobs) as trend
      from (
        select fingerprint, greatest(0, extract(epoch from now() - hour)::int / 3600 - 1) as hours_ago,
          sum(jobs) as jobs
        from (
          select fingerprint, date_bin(interval '1 hour', completed_at, now()) as hour, count(*) as jobs
          from private.staff_jobs
          where completed_at > now() - make_interval(hours => ${trendHours}::int) and ${narrowed(query)}
          group by 1, 2
        ) as lately
        group by 1, 2
      ) as counted
      group by 1
    ), kinds as (
      select fingerprint, jsonb_object_agg(kind, jobs) as kinds from parts group by 1
    )
    select fingerprint, sum(parts.jobs)::int as jobs, kinds.kinds,
      coalesce(min(parts.first_at), now()) as first_at, coalesce(max(parts.last_at), now()) as last_at,
      max(parts.last_at)::text as last_key, hours.trend
    from parts join kinds using (fingerprint) left join hours using (fingerprint)
    group by fingerprint, kinds.kinds, hours.trend
    order by jobs desc, fingerprint
    limit ${mostGroups}`.execute(tx)
  return rows
}

interface SampleRow {
  fingerprint: string
  id: string
  kind: JobKind
  subject_id: string
  owner_id: string | null
  error_code: string | null
  error_message: string | null
  failed_stage: string | null
}

/** The job of each group that failed last. Looked up by when that was, which the index leads to at once. */
async function sampleOf(tx: Tx, groups: GroupRow[], query: FailuresQuery): Promise<SampleRow[]> {
  const columns = sql`id, kind, subject_id, owner_id, error_code, error_message, failed_stage`
  const { rows } = await sql<SampleRow>`
    select g.fingerprint, j.*
    from unnest(
      ${groups.map(({ fingerprint }) => fingerprint)}::text[], ${groups.map((group) => group.last_key)}::timestamptz[]
    ) as g (fingerprint, last_at)
    cross join lateral (
      select ${columns} from private.staff_jobs as s
      where s.fingerprint = g.fingerprint and s.completed_at = g.last_at and ${narrowed(query)}
      union all
      select ${columns} from private.staff_jobs as s
      where s.fingerprint = g.fingerprint and s.completed_at is null and g.last_at is null and ${narrowed(query)}
      limit 1
    ) as j`.execute(tx)
  return rows
}

export type UnsignedGroup = Awaited<ReturnType<typeof failureGroups>>[number]

/** @param url gives the address of a photo */
export function viewGroup({ named, sample, ...group }: UnsignedGroup, url: string | null): FailureGroup {
  return { ...group, sample: { ...sample, name: named?.name ?? null, thumbnail_url: url } }
}
