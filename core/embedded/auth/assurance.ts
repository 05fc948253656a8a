import { randomUUID } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'

type Tx = Transaction<Tables>

/** How sure it is who holds a session: by password alone, or by a second factor besides. */
export type Assurance = 'aal1' | 'aal2'

/** How somebody has shown who they are, and when (seconds since 1970). */
export interface Method {
  method: string
  timestamp: number
}

/** Notes that a session was opened or raised by a method; a second time renews the first. */
export async function recordMethod(
  trx: Tx,
  sessionId: string,
  method: 'password' | 'totp',
  now: Date,
): Promise<void> {
  const at = now.toISOString()
  await sql`
    insert into auth.mfa_amr_claims (id, session_id, authentication_method, created_at, updated_at)
    values (${randomUUID()}::uuid, ${sessionId}::uuid, ${method}, ${at}::timestamptz, ${at}::timestamptz)
    on conflict (session_id, authentication_method) do update set updated_at = excluded.updated_at`.execute(
    trx,
  )
}

/** The claim `amr` of a session, the newest first. Sessions from before methods were noted began with a password. */
export async function methodsOf(
  trx: Tx,
  session: { id: string; created_at: Date | string },
): Promise<Method[]> {
  const { rows } = await sql<{ method: string; at: Date | string }>`
    select authentication_method as method, updated_at as at from auth.mfa_amr_claims
    where session_id = ${session.id}::uuid order by updated_at desc, authentication_method desc`.execute(trx)
  const noted = rows.length > 0 ? rows : [{ method: 'password', at: session.created_at }]
  return noted.map(({ method, at }) => ({ method, timestamp: Math.floor(new Date(at).getTime() / 1000) }))
}

/** A second factor was shown in this session; the person's other sessions without one end. */
export async function raiseToSecond(
  trx: Tx,
  { sessionId, userId, factorId }: { sessionId: string; userId: string; factorId: string },
  now: Date,
): Promise<void> {
  await recordMethod(trx, sessionId, 'totp', now)
  await sql`
    update auth.sessions
    set aal = 'aal2', factor_id = ${factorId}::uuid, updated_at = ${now.toISOString()}::timestamptz
    where id = ${sessionId}::uuid`.execute(trx)
  await sql`
    delete from auth.sessions
    where user_id = ${userId}::uuid and (aal is null or aal = 'aal1')`.execute(trx)
}

/** A factor is gone: sessions that were raised by it count as opened by password alone from their next refresh on. */
export async function lowerToFirst(trx: Tx, userId: string, factorId: string): Promise<void> {
  await sql`
    delete from auth.mfa_amr_claims
    where authentication_method = 'totp'
      and session_id in (select id from auth.sessions where factor_id = ${factorId}::uuid)`.execute(trx)
  await sql`
    update auth.sessions set aal = 'aal1', factor_id = null
    where user_id = ${userId}::uuid and factor_id = ${factorId}::uuid`.execute(trx)
}
