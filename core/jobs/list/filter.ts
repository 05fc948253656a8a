import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { containsPattern } from '../../access/search-text'
import type { JobFilter } from '../contract'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The conditions of a filter on columns of the view `public.jobs`; `true` where it does not narrow. */
export function jobConditions(filter: JobFilter): RawBuilder<SqlBool> {
  const { older_than_minutes: older, newer_than_minutes: newer, dismissed, search } = filter
  const conditions = [
    ...equal({
      status: filter.status,
      kind: filter.kind,
      job_type: filter.job_type,
      owner_id: filter.owner_id,
      error_code: filter.reason,
      failed_stage: filter.failed_stage,
      fingerprint: filter.fingerprint,
      worker_id: filter.worker_id,
    }),
    // Only a failure has these: said outright, so that the partial indexes of failures serve.
    ...(filter.fingerprint === undefined && dismissed !== true ? [] : [sql<SqlBool>`status = 'failed'`]),
    ...(older === undefined ? [] : [sql<SqlBool>`created_at <= now() - ${minutes(older)}`]),
    ...(newer === undefined ? [] : [sql<SqlBool>`created_at >= now() - ${minutes(newer)}`]),
    ...(dismissed === undefined ? [] : [sql<SqlBool>`(dismissed_at is not null) = ${dismissed}::boolean`]),
    ...(search ? [matches(search)] : []),
  ]
  return conditions.length === 0 ? sql<SqlBool>`true` : sql.join<SqlBool>(conditions, sql` and `)
}

const minutes = (count: number) => sql`make_interval(secs => ${count * 60}::float8)`

function equal(columns: Record<string, string | undefined>): RawBuilder<SqlBool>[] {
  return Object.entries(columns).flatMap(([column, value]) =>
    value === undefined ? [] : [sql<SqlBool>`${sql.ref(column)} = ${value}`],
  )
}

/** An id is looked up as one; any other text is a part of a name. */
function matches(text: string): RawBuilder<SqlBool> {
  if (uuid.test(text)) return sql<SqlBool>`${text}::uuid in (id, subject_id, owner_id)`
  const pattern = containsPattern(text)
  return sql<SqlBool>`(
    owner_id = any (array(select p.id from public.profiles as p where p.name ilike ${pattern}))
    or subject_id = any (array(select c.id from public.celebrities as c where c.name ilike ${pattern}))
  )`
}
