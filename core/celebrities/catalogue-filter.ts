import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { containsPattern } from '../access/search-text'
import type { celebrityStates, CelebrityFilter, missingFields } from './contract-filter'

type State = (typeof celebrityStates)[number]
type Missing = (typeof missingFields)[number]

/** The condition on `c`, a row of `celebrity_facts`, under which it is among those that a filter names. */
export function celebrityConditions(filter: CelebrityFilter): RawBuilder<SqlBool> {
  const { search, category, gender, state, expression, missing, licence, embedding_model: model } = filter
  const conditions: RawBuilder<SqlBool>[] = []
  if (search) conditions.push(mentions(containsPattern(search)))
  if (category) conditions.push(sql`c.category = ${category}`)
  if (gender) conditions.push(sql`c.gender = ${gender}`)
  if (state) conditions.push(isIn[state])
  if (filter.age_from !== undefined) conditions.push(sql`c.age >= ${filter.age_from}::integer`)
  if (filter.age_to !== undefined) conditions.push(sql`c.age <= ${filter.age_to}::integer`)
  if (expression) conditions.push(sql`c.expression = ${expression}`)
  if (filter.quality_from !== undefined)
    conditions.push(sql`c.quality_score >= ${filter.quality_from}::float8`)
  if (filter.quality_to !== undefined) conditions.push(sql`c.quality_score <= ${filter.quality_to}::float8`)
  if (missing) conditions.push(lacks[missing])
  if (licence) conditions.push(sql`c.licence = ${licence}`)
  if (model) conditions.push(sql`c.embedding_model = ${model}`)
  if (filter.import_id) conditions.push(sql`c.import_id = ${filter.import_id}::uuid`)
  if (filter.skin_tone) conditions.push(sql`c.skin_tone = ${filter.skin_tone}`)
  return conditions.length > 0 ? sql`${sql.join(conditions, sql` and `)}` : sql`true`
}

/** As {@link CelebrityFilter.search} is written there: in small letters, and as Unicode composes it. */
const mentions = (pattern: string) => sql<SqlBool>`c.search_text like lower(normalize(${pattern}::text))`

const isEmpty = (column: string) => sql<SqlBool>`coalesce(${sql.ref(`c.${column}`)}, '') = ''`

/** What counts as missing. */
export const lacks: Record<Missing, RawBuilder<SqlBool>> = {
  bio: sql`not c.has_bio`,
  category: isEmpty('category'),
  gender: sql`c.gender is null`,
  licence: isEmpty('licence'),
  source: sql`not c.has_source`,
  embedding: sql`not c.is_analyzed`,
}

/**
 * Whose newest job stands so: found by the jobs that do, which are few, and not by the celebrities, which are many. A
 * join finds those of them that have a later one, since it reads the few alone into memory.
 */
const newestIs = (...statuses: string[]) => {
  const standing = sql`job.status = any (${statuses}::text[])`
  return sql<SqlBool>`c.id in (
    select job.celebrity_id from public.celebrity_jobs as job
    where ${standing} and job.id not in (
      select job.id from public.celebrity_jobs as job
      join public.celebrity_jobs as later
        on later.celebrity_id = job.celebrity_id and (later.created_at, later.id) > (job.created_at, job.id)
      where ${standing}))`
}

/** As {@link stateOf} tells it. */
const isIn: Record<State, RawBuilder<SqlBool>> = {
  failed: newestIs('failed'),
  analyzing: newestIs('processing'),
  waiting: sql`(${newestIs('pending')} or (not c.is_analyzed and not ${newestIs('processing', 'failed')}))`,
  ready: sql`(c.is_analyzed and not ${newestIs('pending', 'processing', 'failed')})`,
}

/** A celebrity `c`'s newest job `j` decides, then whether there is an embedding. */
export const stateOf = sql<State>`
  case
    when j.status = 'failed' then 'failed'
    when j.status = 'processing' then 'analyzing'
    when j.status = 'pending' or c.embedding is null then 'waiting'
    else 'ready'
  end`
