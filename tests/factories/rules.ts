import { randomUUID } from 'node:crypto'
import type { Work } from '../../core/database/as-user'
import type { Caller } from '../../core/model/caller'
import { queryIn, type SqlDatabase } from './engines'

/** Somebody with an account and one photo. */
export interface RulePerson {
  id: string
  face: string
  email: string
}

/** What a test of rules does again and again: people, matches, and SQL as one of them through the door of callers. */
export interface Rules {
  person: (name?: string) => Promise<RulePerson>
  staff: (role: 'moderator' | 'curator' | 'admin') => Promise<RulePerson>
  match: (a: string, b: string) => Promise<string>
  /** A connection as two likes make it. */
  connect: (a: RulePerson, b: RulePerson) => Promise<string>
  like: (person: RulePerson, match: string) => Promise<unknown>
  as: (
    person: Pick<RulePerson, 'id' | 'email'>,
    text: string,
    values?: unknown[],
  ) => Promise<Record<string, unknown>[]>
  suspend: (person: RulePerson, until?: string | null) => Promise<unknown>
}

export function callerOf({ id, email }: Pick<RulePerson, 'id' | 'email'>): Caller {
  return {
    ...{ id, email, role: 'authenticated' },
    claims: { sub: id, role: 'authenticated', email, aal: 'aal2' },
  }
}

export function createRules(sql: SqlDatabase): Rules {
  const { query } = sql
  const person: Rules['person'] = async (name = 'Ada') => {
    const id = randomUUID()
    const email = `${id}@school.edu`
    await query('insert into auth.users (id, email, raw_user_meta_data) values ($1, $2, $3)', [
      id,
      email,
      JSON.stringify({ name }),
    ])
    const [{ id: face }] = await query<{ id: string }>(
      'insert into faces (profile_id, image_path) values ($1, $2) returning id',
      [id, `${id}/a.jpg`],
    )
    return { id, face, email }
  }
  const as: Rules['as'] = (who, text, values = []) => {
    const work: Work<Record<string, unknown>[]> = (tx) => queryIn(tx, text, values)
    return sql.database.asUser(callerOf(who), work)
  }
  const match: Rules['match'] = async (a, b) => {
    const [{ id }] = await query<{ id: string }>(
      'insert into matches (face_a_id, face_b_id, similarity_score) values ($1, $2, 0.5) returning id',
      [a, b],
    )
    return id
  }
  const like: Rules['like'] = (who, matchId) =>
    as(
      who,
      `insert into reactions (user_profile_id, match_id, reaction_type) values ($1, $2, 'like')
       on conflict do nothing`,
      [who.id, matchId],
    )
  return {
    ...{ person, as, match, like },
    async staff(role) {
      const somebody = await person(role)
      await query('update profiles set role = $2 where id = $1', [somebody.id, role])
      return somebody
    },
    async connect(a, b) {
      const matchId = await match(a.face, b.face)
      await like(a, matchId)
      await like(b, matchId)
      const [{ id }] = await query<{ id: string }>('select id from mutual_connections where match_id = $1', [
        matchId,
      ])
      return id
    },
    suspend: (who, until = 'tomorrow') =>
      query('update auth.users set banned_until = $2::timestamptz where id = $1', [who.id, until]),
  }
}
