import { sql, type Expression, type ExpressionBuilder, type SqlBool, type Transaction } from 'kysely'
import { z } from 'zod'
import { cutPage, decodeCursor } from '../access/cursor'
import { hasShownSecondFactor, secondFactorRequired, type SignedIn } from '../access/procedure'
import { containsPattern } from '../access/search-text'
import type { Tables } from '../database/tables'
import type { Caller } from '../model/caller'
import { SemblanceError } from '../model/errors'
import { isStaff } from '../model/roles'
import type { Me } from './contract'

type Tx = Transaction<Tables>

const cursorSchema = z.strictObject({ name: z.string(), id: z.uuid(), total: z.int() })

/** People sort by name without case, those without a name first; the id decides between namesakes. */
const sortName = sql<string>`lower(coalesce(p.name, ''))`

export interface PeopleQuery {
  search?: string | undefined
  school?: string | undefined
  cursor?: string | undefined
  limit: number
}

/** One page of people, without photos' addresses. The first page counts; the later ones carry that total along. */
export async function listPeople(tx: Tx, query: PeopleQuery) {
  const after = decodeCursor(query.cursor, cursorSchema)
  const total = after?.total ?? (await countPeople(tx, query))
  const rows = await selectPeople(tx)
    .where(matching(query))
    .where(
      after ? sql<SqlBool>`(${sortName}, p.id) > (${after.name}, ${after.id}::uuid)` : sql<SqlBool>`true`,
    )
    .orderBy(sortName)
    .orderBy('p.id')
    .limit(query.limit + 1)
    .execute()
  return { total, ...cutPage(rows, query.limit, (last) => ({ name: last.sort_name, id: last.id, total })) }
}

export type PersonRow = Awaited<ReturnType<typeof findPerson>>

/** @throws SemblanceError NOT_FOUND */
export async function findPerson(tx: Tx, id: string) {
  const row = await selectPeople(tx).where('p.id', '=', id).executeTakeFirst()
  if (!row) throw new SemblanceError('NOT_FOUND', 'This person is no longer there.')
  return row
}

/** The schools that people have named, by name. */
export async function listSchools(tx: Tx): Promise<{ school: string; people: number }[]> {
  const { rows } = await sql<{ school: string; people: number }>`
    select school, count(*)::int as people
    from public.profiles
    where profile_type = 'user' and school is not null
    group by school
    order by school`.execute(tx)
  return rows
}

/** @throws SemblanceError NOT_FOUND */
export async function findMe(tx: Tx, caller: Caller): Promise<Me> {
  const row = await tx
    .selectFrom('profiles')
    .select(['id', 'name', 'email', 'role'])
    .select([
      sql<boolean>`private.has_second_factor()`.as('set_up'),
      secondFactorRequired.as('second_factor_required'),
    ])
    .where('id', '=', caller.id)
    .executeTakeFirst()
  if (!row) throw new SemblanceError('NOT_FOUND', 'Your profile is no longer there.')
  const { set_up, second_factor_required, ...me } = row
  const required = second_factor_required && isStaff(me.role)
  return { ...me, second_factor: { set_up, required, done: hasShownSecondFactor(caller) } }
}

/** Somebody whom the database confirmed before it was away: the token says the rest. */
export function meWhileAway({ caller, role }: Pick<SignedIn, 'caller' | 'role'>): Me {
  const done = hasShownSecondFactor(caller)
  return {
    ...{ id: caller.id, name: null, email: caller.email, role },
    // A sign-in that lacks the one it needs is not confirmed.
    second_factor: { set_up: done, required: done, done },
  }
}

function selectPeople(tx: Tx) {
  return tx
    .selectFrom('profiles as p')
    .leftJoin('faces as shown', 'shown.id', 'p.default_face_id')
    .where('p.profile_type', '=', 'user')
    .select([
      'p.id',
      'p.name',
      'p.email',
      'p.gender',
      'p.school',
      'p.role',
      'p.default_face_id',
      'p.created_at',
      'shown.image_path',
      'shown.thumbnail_path',
      sortName.as('sort_name'),
      sql<number>`(select count(*)::int from public.faces f where f.profile_id = p.id)`.as('faces'),
      matchCount.as('matches'),
    ])
}

/** A union, since an "or" over both sides of a match would leave the indexes unused. */
const matchCount = sql<number>`(
  select count(*)::int
  from public.faces f
  cross join lateral (
    select m.id from public.matches m where m.face_a_id = f.id
    union all
    select m.id from public.matches m where m.face_b_id = f.id
  ) as found
  where f.profile_id = p.id)`

async function countPeople(tx: Tx, query: PeopleQuery): Promise<number> {
  const row = await tx
    .selectFrom('profiles as p')
    .where('p.profile_type', '=', 'user')
    .where(matching(query))
    .select(sql<number>`count(*)::int`.as('total'))
    .executeTakeFirstOrThrow()
  return row.total
}

function matching({ search, school }: PeopleQuery) {
  return (eb: ExpressionBuilder<{ p: Tables['profiles'] }, 'p'>): Expression<SqlBool> => {
    const conditions: Expression<SqlBool>[] = []
    if (search) {
      const pattern = containsPattern(search)
      conditions.push(eb.or([eb('p.name', 'ilike', pattern), eb('p.email', 'ilike', pattern)]))
    }
    if (school) conditions.push(eb('p.school', '=', school))
    return eb.and(conditions)
  }
}
