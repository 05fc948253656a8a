import {
  sql,
  type ExpressionBuilder,
  type Expression,
  type RawBuilder,
  type SqlBool,
  type Transaction,
} from 'kysely'
import { z } from 'zod'
import { attributeColumns, photoColumns } from '../access/attributes'
import { cutPage, decodeCursor, numberKey, timestampKey } from '../access/cursor'
import { containsPattern } from '../access/search-text'
import type { Tables } from '../database/tables'
import { SemblanceError } from '../model/errors'
import type { DetectedGender } from '../model/face'
import type { Celebrity, celebrityStates } from './contract'

type Tx = Transaction<Tables>
type State = (typeof celebrityStates)[number]

export interface CatalogueQuery {
  search?: string | undefined
  category?: string | undefined
  gender?: DetectedGender | undefined
  state?: State | undefined
  sort: 'name' | 'newest' | 'quality' | 'age'
  cursor?: string | undefined
  limit: number
}

const position = { id: z.uuid(), total: z.int() }
const cursorSchema = z.discriminatedUnion('sort', [
  z.strictObject({ sort: z.literal('name'), key: z.string(), ...position }),
  z.strictObject({ sort: z.literal('newest'), key: timestampKey, ...position }),
  z.strictObject({ sort: z.literal('quality'), key: numberKey, ...position }),
  z.strictObject({ sort: z.literal('age'), key: numberKey, ...position }),
])

/** What a sort goes by, with no nulls so that pages can start after any of them; the id decides between equals. */
const sorts = {
  name: { order: sql<string>`lower(c.name)`, type: sql`text`, descending: false },
  newest: { order: sql<Date>`coalesce(c.created_at, 'epoch')`, type: sql`timestamptz`, descending: true },
  quality: { order: sql<number>`coalesce(c.quality_score, -1)`, type: sql`float8`, descending: true },
  age: { order: sql<number>`coalesce(c.age, -1)::float8`, type: sql`float8`, descending: false },
}

/** A celebrity's newest job decides, then whether there is an embedding. */
const stateOf = sql<State>`
  case
    when j.status = 'failed' then 'failed'
    when j.status = 'processing' then 'analyzing'
    when j.status = 'pending' or c.embedding is null then 'waiting'
    else 'ready'
  end`

/** One page of celebrities, without photos' addresses. The first page counts; the later ones carry that total along. */
export async function listCelebrities(tx: Tx, query: CatalogueQuery) {
  const after = decodeCursor(query.cursor, cursorSchema)
  if (after && after.sort !== query.sort) {
    throw new SemblanceError(
      'BAD_REQUEST',
      'This page link belongs to another order. Start again from the first page.',
    )
  }
  const total = after?.total ?? (await countCelebrities(tx, query))
  const { order, type, descending } = sorts[query.sort]
  const beyond = descending ? sql`<` : sql`>`
  const rows = await selectCelebrities(tx)
    .where(matching(query))
    .where(
      after
        ? sql<SqlBool>`(${order}, c.id) ${beyond} (cast(${after.key} as ${type}), ${after.id}::uuid)`
        : sql<SqlBool>`true`,
    )
    .select(sql<string>`(${order})::text`.as('sort_key'))
    .orderBy(order as RawBuilder<unknown>, descending ? 'desc' : 'asc')
    .orderBy('c.id', descending ? 'desc' : 'asc')
    .limit(query.limit + 1)
    .execute()
  const next = (last: (typeof rows)[number]) => ({ sort: query.sort, key: last.sort_key, id: last.id, total })
  return { total, ...cutPage(rows, query.limit, next) }
}

export type CelebrityRow = Omit<Awaited<ReturnType<typeof listCelebrities>>['items'][number], 'sort_key'>

/** @throws SemblanceError NOT_FOUND */
export async function findCelebrity(tx: Tx, id: string) {
  const row = await selectCelebrities(tx)
    .where('c.id', '=', id)
    .select(attributeColumns.map((name) => `c.${name}` as const))
    .select(photoColumns.map((name) => `c.${name}` as const))
    .select(['c.bio', 'c.image_hash', 'c.faces_found', 'c.embedding_model', 'c.analyzed_at', 'c.updated_at'])
    .select(sql<Celebrity['job']>`case when j.id is not null then to_jsonb(j) end`.as('job'))
    .executeTakeFirst()
  if (!row) throw new SemblanceError('NOT_FOUND', 'This celebrity is no longer there.')
  return row
}

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
    .selectFrom('celebrities')
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

/** Removes the row and with it jobs and matches; gives the paths of what lies in Storage. */
export async function deleteCelebrity(tx: Tx, id: string) {
  const row = await tx
    .deleteFrom('celebrities')
    .where('id', '=', id)
    .returning(['image_path', 'thumbnail_path', 'view_path'])
    .executeTakeFirst()
  if (!row) throw new SemblanceError('NOT_FOUND', 'This celebrity is no longer there.')
  return row
}

function withJobs(tx: Tx) {
  return tx.selectFrom('celebrities as c').leftJoinLateral(
    (eb) =>
      eb
        .selectFrom('celebrity_jobs')
        .whereRef('celebrity_jobs.celebrity_id', '=', 'c.id')
        .select(['id', 'status', 'attempts', 'error_code', 'error_message'])
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(1)
        .as('j'),
    (join) => join.onTrue(),
  )
}

function selectCelebrities(tx: Tx) {
  return withJobs(tx).select([
    'c.id',
    'c.name',
    'c.category',
    'c.gender',
    'c.age',
    'c.quality_score',
    'c.expression',
    'c.image_path',
    'c.thumbnail_path',
    'c.view_path',
    'c.created_at',
    stateOf.as('state'),
    'j.error_message',
  ])
}

async function countCelebrities(tx: Tx, query: CatalogueQuery): Promise<number> {
  const row = await withJobs(tx)
    .where(matching(query))
    .select(sql<number>`count(*)::int`.as('total'))
    .executeTakeFirstOrThrow()
  return row.total
}

function matching({ search, category, gender, state }: CatalogueQuery) {
  return (eb: ExpressionBuilder<{ c: Tables['celebrities'] }, 'c'>): Expression<SqlBool> => {
    const conditions: Expression<SqlBool>[] = []
    if (search) conditions.push(eb('c.name', 'ilike', containsPattern(search)))
    if (category) conditions.push(eb('c.category', '=', category))
    if (gender) conditions.push(eb('c.gender', '=', gender))
    if (state) conditions.push(sql<SqlBool>`${stateOf} = ${state}`)
    return eb.and(conditions)
  }
}
