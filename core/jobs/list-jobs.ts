import { sql, type SqlBool, type Transaction } from 'kysely'
import { z } from 'zod'
import { cutPage, decodeCursor, timestampKey } from '../access/cursor'
import type { Tables } from '../database/tables'
import { countedJobs, type JobFilter } from './contract'
import { jobConditions } from './filter'

export interface JobsQuery extends JobFilter {
  cursor?: string | undefined
  limit: number
}

const cursorSchema = z.strictObject({ created: timestampKey, id: z.uuid() })

/** How many jobs match, counted up to {@link countedJobs}. */
async function countMatching(tx: Transaction<Tables>, filter: JobFilter) {
  const { rows } = await sql<{ jobs: number }>`
    select count(*)::int as jobs
    from (select from public.jobs where ${jobConditions(filter)} limit ${countedJobs + 1}) as matching`.execute(
    tx,
  )
  const { jobs } = rows[0]
  return { total: Math.min(jobs, countedJobs), has_more_than_total: jobs > countedJobs }
}

/**
 * One page of jobs of all queues, newest first, with whose they are but without photos' addresses; the first page with
 * how many there are.
 */
export async function listJobs(tx: Transaction<Tables>, { cursor, limit, ...filter }: JobsQuery) {
  const after = decodeCursor(cursor, cursorSchema)
  const conditions = [
    jobConditions(filter),
    ...(after ? [sql<SqlBool>`(created_at, id) < (${after.created}::timestamptz, ${after.id}::uuid)`] : []),
  ]
  // The page is cut before the names are joined to it, so that the joins meet a page's rows only.
  const rows = await tx
    .selectFrom((eb) =>
      eb
        .selectFrom('jobs')
        .selectAll()
        .select(sql<string>`created_at::text`.as('created_key'))
        .where(sql.join<SqlBool>(conditions, sql` and `))
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .as('j'),
    )
    .leftJoin('profiles as p', 'p.id', 'j.owner_id')
    .leftJoin('faces as f', (join) => join.onRef('f.id', '=', 'j.subject_id').on('j.kind', '=', 'face'))
    .leftJoin('celebrities as c', (join) =>
      join.onRef('c.id', '=', 'j.subject_id').on('j.kind', '=', 'celebrity'),
    )
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
