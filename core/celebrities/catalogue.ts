import { sql, type RawBuilder, type SqlBool, type Transaction } from 'kysely'
import { z } from 'zod'
import { attributeColumns, shownPhotoColumns } from '../access/attributes'
import { cutPage, decodeCursor, numberKey, timestampKey } from '../access/cursor'
import type { Tables } from '../database/tables'
import { SemblanceError } from '../model/errors'
import type { DetectedGender } from '../model/face'
import { celebrityConditions, stateOf } from './catalogue-filter'
import type { Celebrity, CelebritySummary } from './contract'
import type { CelebrityFilter } from './contract-filter'

type Tx = Transaction<Tables>

export interface CatalogueQuery extends CelebrityFilter {
  sort: 'name' | 'newest' | 'quality' | 'age'
  /** Default: each sort's own. */
  direction?: 'asc' | 'desc' | undefined
  cursor?: string | undefined
  /** Rows before the first one; not beside a cursor. */
  offset?: number | undefined
  limit: number
}

const position = { direction: z.enum(['asc', 'desc']), id: z.uuid(), total: z.int() }
const cursorSchema = z.discriminatedUnion('sort', [
  z.strictObject({ sort: z.literal('name'), key: z.string(), ...position }),
  z.strictObject({ sort: z.literal('newest'), key: timestampKey, ...position }),
  z.strictObject({ sort: z.literal('quality'), key: numberKey, ...position }),
  z.strictObject({ sort: z.literal('age'), key: z.string().regex(/^-?\d{1,9}$/), ...position }),
])

/**
 * What a sort goes by in `celebrity_facts`, with no nulls so that pages can start after any of them; the id decides
 * between equals. What has no quality comes after what is worst, what has no age before who is youngest.
 */
const sorts = {
  name: { order: sql<string>`c.name_key`, type: sql`text`, usual: 'asc' },
  newest: { order: sql<Date>`c.created_at`, type: sql`timestamptz`, usual: 'desc' },
  quality: { order: sql<number>`coalesce(c.quality_score, -1)`, type: sql`float8`, usual: 'desc' },
  age: { order: sql<number>`coalesce(c.age, -1)`, type: sql`integer`, usual: 'asc' },
} as const

/** A celebrity of a list, with paths of photos in place of addresses. */
export interface CelebrityRow extends Omit<CelebritySummary, 'image_url' | 'thumbnail_url' | 'licence'> {
  licence: string | null
  image_path: string
  thumbnail_path: string | null
  view_path: string | null
}

type Position = z.infer<typeof cursorSchema>

const directionOf = ({ sort, direction }: CatalogueQuery) => direction ?? sorts[sort].usual

/** One page of celebrities, without photos' addresses. The first page counts; the later ones carry that total along. */
export async function listCelebrities(tx: Tx, query: CatalogueQuery) {
  const { sort, limit } = query
  const direction = directionOf(query)
  const after = decodeCursor(query.cursor, cursorSchema)
  if (after && (after.sort !== sort || after.direction !== direction)) {
    throw new SemblanceError(
      'BAD_REQUEST',
      'This page link belongs to another order. Start again from the first page.',
    )
  }
  const total = after?.total ?? (await countCelebrities(tx, celebrityConditions(query)))
  const { rows } = await pageQuery(query, after).execute(tx)
  const next = (last: (typeof rows)[number]) => ({ sort, direction, key: last.sort_key, id: last.id, total })
  return { total, ...cutPage(rows, limit, next) }
}

/** The rows of a page and the one after them, so that there is known to be one. */
export function pageQuery(
  query: CatalogueQuery,
  after: Position | null,
): RawBuilder<CelebrityRow & { sort_key: string }> {
  const { order, type } = sorts[query.sort]
  const direction = directionOf(query)
  const beyond = direction === 'desc' ? sql`<` : sql`>`
  const start = after
    ? sql<SqlBool>`(${order}, c.id) ${beyond} (cast(${after.key} as ${type}), ${after.id}::uuid)`
    : sql<SqlBool>`true`
  const way = sql.raw(direction)
  // The page first, so that long rows are opened and jobs looked up for it alone.
  return sql`
    with page as materialized (
      select c.id, ${order} as place
      from public.celebrity_facts as c
      where ${celebrityConditions(query)} and ${start}
      order by ${order} ${way}, c.id ${way}
      limit ${query.limit + 1} offset ${after ? 0 : (query.offset ?? 0)}
    )
    select ${summaryColumns}, page.place::text as sort_key
    from page
    join public.celebrities as c on c.id = page.id
    ${newestJob}
    order by page.place ${way}, page.id ${way}`
}

/** What a list shows of `c` and its newest job `j`. */
export const summaryColumns = sql`c.id, c.name, c.category, c.gender, c.age, c.quality_score, c.expression, c.licence,
  c.image_path, c.thumbnail_path, c.view_path, c.created_at, ${stateOf} as state, j.error_message`

/** Joins the newest job of `c` as `j`. */
export const newestJob = sql`left join lateral (
  select job.id, job.status, job.attempts, job.error_code, job.error_message
  from public.celebrity_jobs as job
  where job.celebrity_id = c.id
  order by job.created_at desc, job.id desc
  limit 1
) as j on true`

/** Celebrities by id, as a list has them; who is gone is missing. */
export async function summariesOf(tx: Tx, ids: readonly string[]): Promise<Map<string, CelebrityRow>> {
  const { rows } = await sql<CelebrityRow>`
    select ${summaryColumns} from public.celebrities as c ${newestJob} where c.id = any (${ids}::uuid[])`.execute(
    tx,
  )
  return new Map(rows.map((row) => [row.id, row]))
}

async function countCelebrities(tx: Tx, conditions: RawBuilder<SqlBool>): Promise<number> {
  const { rows } = await sql<{ total: number }>`
    select count(*)::int as total from public.celebrity_facts as c where ${conditions}`.execute(tx)
  return rows[0].total
}

type DetailRow = CelebrityRow &
  Pick<
    Celebrity,
    'bio' | 'image_hash' | 'faces_found' | 'embedding_model' | 'analyzed_at' | 'updated_at' | 'job'
  > &
  Pick<Celebrity, 'image_width' | 'image_height'> &
  Record<(typeof attributeColumns)[number] | 'detection_box', unknown> & {
    provenance: NonNullable<Celebrity['provenance']>
  }

/** @throws SemblanceError NOT_FOUND */
export async function findCelebrity(tx: Tx, id: string): Promise<DetailRow> {
  const columns = [...attributeColumns, ...shownPhotoColumns].map((name) => sql.ref(`c.${name}`))
  const { rows } = await sql<DetailRow>`
    select ${summaryColumns}, ${sql.join(columns)}, c.bio, c.image_hash, c.faces_found, c.embedding_model,
      c.analyzed_at, c.updated_at, case when j.id is not null then to_jsonb(j) end as job,
      jsonb_build_object(
        'licence', c.licence, 'source', c.source, 'name_original', c.name_original,
        'import', case when i.id is not null then jsonb_build_object('id', i.id, 'name', i.name) end
      ) as provenance
    from public.celebrities as c
    left join public.celebrity_imports as i on i.id = c.import_id
    ${newestJob}
    where c.id = ${id}::uuid`.execute(tx)
  const [row] = rows
  if (!row) throw celebrityGone()
  return row
}

/** The error for a celebrity that is not there, or not any more. */
export const celebrityGone = () => new SemblanceError('NOT_FOUND', 'This celebrity is no longer there.')

/** The people who look like a celebrity, best first. */
export async function lookalikesOf(tx: Tx, celebrityId: string, limit: number) {
  return tx
    .selectFrom('celebrity_matches as m')
    .innerJoin('faces as f', 'f.id', 'm.face_id')
    .innerJoin('profiles as p', 'p.id', 'f.profile_id')
    .where('m.celebrity_id', '=', celebrityId)
    .select([
      'f.id as face_id',
      'p.id as profile_id',
      'p.name',
      'p.school',
      'f.image_path',
      'f.thumbnail_path',
      'm.similarity_score',
    ])
    .orderBy('m.similarity_score', 'desc')
    .orderBy('m.id')
    .limit(limit)
    .execute()
}

/** The categories in use, by name. */
export async function listCategories(tx: Tx): Promise<string[]> {
  const rows = await tx
    .selectFrom('celebrity_facts')
    .select('category')
    .where('category', 'is not', null)
    .distinct()
    .orderBy('category')
    .execute()
  return rows.flatMap(({ category }) => category ?? [])
}

export interface NewCelebrity {
  name: string
  bio?: string | undefined
  category?: string | undefined
  gender?: DetectedGender | undefined
  image_path: string
  image_hash: string
}

/** A new celebrity; the database's trigger queues the job. */
export async function insertCelebrity(tx: Tx, input: NewCelebrity): Promise<string> {
  const values = {
    ...input,
    bio: input.bio || null,
    category: input.category || null,
    gender: input.gender ?? null,
  }
  const row = await tx.insertInto('celebrities').values(values).returning('id').executeTakeFirstOrThrow()
  return row.id
}
