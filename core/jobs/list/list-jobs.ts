import { sql, type RawBuilder, type Selectable, type SqlBool, type Transaction } from 'kysely'
import type { JobsView } from '../../database/queue-tables'
import { z } from 'zod'
import { cutPage, decodeCursor, timestampKey } from '../../access/cursor'
import type { Tables } from '../../database/tables'
import { countedJobs, jobStatuses, type JobFilter } from '../contract'
import { jobConditions } from './filter'

export interface JobsQuery extends JobFilter {
  cursor?: string | undefined
  limit: number
}

const cursorSchema = z.strictObject({ created: timestampKey, id: z.uuid() })

/**
 * Parts that the jobs are asked for in turn, so that each has an index which gives its newest first: by status and age, or
 * by worker for what it does not have now. An index of all jobs by age would cost every claim and every end. What narrows
 * otherwise has an index of its own.
 */
function partsOf({ status, worker_id, search, reason, fingerprint, owner_id }: JobFilter) {
  if (status ?? search ?? reason ?? fingerprint ?? owner_id) return [sql<SqlBool>`true`]
  if (worker_id) return [sql<SqlBool>`status = 'processing'`, sql<SqlBool>`status <> 'processing'`]
  return jobStatuses.map((one) => sql<SqlBool>`status = ${sql.lit(one)}`)
}

/** The answers for all parts of what a filter means, one after another. */
export const inParts = (filter: JobFilter, ask: (which: RawBuilder<SqlBool>) => RawBuilder<unknown>) =>
  sql.join(
    partsOf(filter).map((part) => sql`(${ask(sql<SqlBool>`${part} and ${jobConditions(filter)}`)})`),
    sql` union all `,
  )

/** How many jobs match, counted up to {@link countedJobs}. */
async function countMatching(tx: Transaction<Tables>, filter: JobFilter) {
  const matching = inParts(filter, (which) => sql`select 1 as one from private.staff_jobs where ${which}`)
  const { rows } = await sql<{ jobs: number }>`
    select count(*)::int as jobs
    from (select from (${matching}) as parts limit ${countedJobs + 1}) as matching`.execute(tx)
  const { jobs } = rows[0]
  return { total: Math.min(jobs, countedJobs), has_more_than_total: jobs > countedJobs }
}

/**
 * For staff and the host: one page of jobs of all queues, newest first, with whose they are but without photos'
 * addresses; the first page with how many there are.
 */
export async function listJobs(tx: Transaction<Tables>, { cursor, limit, ...filter }: JobsQuery) {
  const after = decodeCursor(cursor, cursorSchema)
  const rest = after
    ? sql<SqlBool>`(created_at, id) < (${after.created}::timestamptz, ${after.id}::uuid)`
    : sql<SqlBool>`true`
  const newest = sql`order by created_at desc, id desc limit ${limit + 1}`
  const parts = inParts(
    filter,
    (which) => sql`
      select *, created_at::text as created_key
      from private.staff_jobs
      where ${which} and ${rest}
      ${newest}`,
  )
  // The page is cut before the names are joined to it, so that the joins meet a page's rows only.
  const rows = await tx
    .selectFrom(
      sql<Selectable<JobsView> & { created_key: string }>`(select * from (${parts}) as parts ${newest})`.as(
        'j',
      ),
    )
    .leftJoin('profiles as p', 'p.id', 'j.owner_id')
    .leftJoin('faces as f', 'f.id', 'j.subject_id')
    .leftJoin('celebrities as c', 'c.id', 'j.subject_id')
    .selectAll('j')
    .select([
      sql<string | null>`coalesce(c.name, p.name)`.as('name'),
      sql<string | null>`coalesce(f.thumbnail_path, f.image_path)`.as('face_photo'),
      sql<string | null>`coalesce(c.thumbnail_path, c.image_path)`.as('celebrity_photo'),
    ])
    .orderBy('j.created_at', 'desc')
    .orderBy('j.id', 'desc')
    .execute()
  const count = after ? { total: null, has_more_than_total: false } : await countMatching(tx, filter)
  return { ...cutPage(rows, limit, (last) => ({ created: last.created_key, id: last.id })), ...count }
}
