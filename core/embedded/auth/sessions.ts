import { randomBytes, randomUUID } from 'node:crypto'
import { importJWK, SignJWT } from 'jose'
import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import { issuerOf } from '../gateway'
import type { Keys } from '../keys'
import { methodsOf, recordMethod, type Assurance, type Method } from './assurance'
import { AuthError, sessionNotFound } from './errors'
import { findUserById, isBanned, userView, type UserRow } from './users'

/** An access token's life. */
export const accessTokenSeconds = 3600

interface SessionRow {
  id: string
  user_id: string
  created_at: Date | string
  not_after: Date | string | null
  aal: Assurance | null
}

/** A session that has not ended. */
export interface OpenSession {
  id: string
  aal: Assurance
}

interface RefreshTokenRow {
  token: string
  parent: string | null
  revoked: boolean | null
}

/** What a token is made of: a session, who it belongs to, and the refresh token that goes out with it. */
export interface Grant {
  user: UserRow
  sessionId: string
  aal: Assurance
  amr: Method[]
  refreshToken: string
}

/** A session with its first refresh token, and the time of it on the user. */
export async function openSession(trx: Transaction<Tables>, user: UserRow, now: Date): Promise<Grant> {
  const at = now.toISOString()
  const sessionId = randomUUID()
  await sql`
    insert into auth.sessions (id, user_id, created_at, updated_at, aal)
    values (${sessionId}::uuid, ${user.id}::uuid, ${at}::timestamptz, ${at}::timestamptz, 'aal1')`.execute(
    trx,
  )
  await sql`update auth.users set last_sign_in_at = ${at}::timestamptz where id = ${user.id}::uuid`.execute(
    trx,
  )
  await recordMethod(trx, sessionId, 'password', now)
  const amr = await methodsOf(trx, { id: sessionId, created_at: now })
  const refreshToken = await addRefreshToken(trx, { sessionId, userId: user.id, parent: null }, now)
  return { user: { ...user, last_sign_in_at: now }, sessionId, aal: 'aal1', amr, refreshToken }
}

/** Goes on with a session whose assurance was raised: the refresh token that is out is used up, its child goes out. */
export async function renewSession(
  trx: Transaction<Tables>,
  user: UserRow,
  sessionId: string,
  now: Date,
): Promise<Grant> {
  const session = await lockSession(trx, sessionId)
  if (!session) throw sessionNotFound()
  const { rows } = await sql<{ token: string }>`
    update auth.refresh_tokens set revoked = true, updated_at = ${now.toISOString()}::timestamptz
    where session_id = ${sessionId}::uuid and not coalesce(revoked, false) returning token`.execute(trx)
  const parent = rows[0]?.token ?? null
  const refreshToken = await addRefreshToken(trx, { sessionId, userId: user.id, parent }, now)
  return grantOf(trx, user, session, refreshToken)
}

async function grantOf(
  trx: Transaction<Tables>,
  user: UserRow,
  session: SessionRow,
  refreshToken: string,
): Promise<Grant> {
  const amr = await methodsOf(trx, session)
  return { user, sessionId: session.id, aal: session.aal ?? 'aal1', amr, refreshToken }
}

/** The lock makes two refreshes of one session take turns: the second meets the first's child. */
async function lockSession(trx: Transaction<Tables>, id: string): Promise<SessionRow | undefined> {
  const { rows } = await sql<SessionRow>`
    select id, user_id, created_at, not_after, aal from auth.sessions where id = ${id}::uuid for update`.execute(
    trx,
  )
  return rows[0]
}

/**
 * Exchanges a refresh token. The token is used up and its child goes out. A client that lost that answer may ask again
 * with the parent of the active token and gets the active one; anything older is taken for a theft and ends the family.
 *
 * The refusal is returned and not thrown, so that the revocation is committed.
 */
export async function refreshSession(
  trx: Transaction<Tables>,
  token: string,
  now: Date,
): Promise<Grant | AuthError> {
  const owner = await sql<{ session_id: string | null }>`
    select session_id from auth.refresh_tokens where token = ${token}`.execute(trx)
  const sessionId = owner.rows[0]?.session_id
  if (owner.rows.length === 0) return refused('refresh_token_not_found', 'Refresh Token Not Found')
  const session = sessionId ? await lockSession(trx, sessionId) : undefined
  if (!session) return refused('session_not_found', 'Session Not Found')
  if (session.not_after && new Date(session.not_after) <= now) {
    return refused('session_expired', 'Session Expired')
  }
  const user = await findUserById(trx, session.user_id)
  if (!user) return refused('session_not_found', 'Session Not Found')
  if (isBanned(user, now)) return refused('user_banned', 'User Banned')
  const refreshToken = await rotate(trx, session, token, now)
  if (!refreshToken) return refused('refresh_token_already_used', 'Already Used')
  return grantOf(trx, user, session, refreshToken)
}

async function rotate(
  trx: Transaction<Tables>,
  session: SessionRow,
  token: string,
  now: Date,
): Promise<string | null> {
  const at = now.toISOString()
  const { rows } = await sql<RefreshTokenRow>`
    select token, parent, revoked from auth.refresh_tokens
    where session_id = ${session.id}::uuid and (token = ${token} or not coalesce(revoked, false))
    order by id desc`.execute(trx)
  const used = rows.find((row) => row.token === token)
  const active = rows.find((row) => !row.revoked)
  if (used?.revoked && active?.parent !== token) {
    await sql`
      update auth.refresh_tokens set revoked = true, updated_at = ${at}::timestamptz
      where session_id = ${session.id}::uuid and not coalesce(revoked, false)`.execute(trx)
    return null
  }
  await sql`update auth.sessions set updated_at = ${at}::timestamptz where id = ${session.id}::uuid`.execute(
    trx,
  )
  if (used?.revoked && active) return active.token
  await sql`
    update auth.refresh_tokens set revoked = true, updated_at = ${at}::timestamptz where token = ${token}`.execute(
    trx,
  )
  return addRefreshToken(trx, { sessionId: session.id, userId: session.user_id, parent: token }, now)
}

async function addRefreshToken(
  trx: Transaction<Tables>,
  { sessionId, userId, parent }: { sessionId: string; userId: string; parent: string | null },
  now: Date,
): Promise<string> {
  const token = randomBytes(24).toString('base64url')
  const at = now.toISOString()
  await sql`
    insert into auth.refresh_tokens (token, user_id, revoked, parent, session_id, created_at, updated_at)
    values (${token}, ${userId}, false, ${parent}, ${sessionId}::uuid, ${at}::timestamptz, ${at}::timestamptz)
  `.execute(trx)
  return token
}

/** A session by its id; null where it has ended. */
export async function findOpenSession(
  trx: Transaction<Tables>,
  sessionId: string,
  now: Date,
): Promise<OpenSession | null> {
  const { rows } = await sql<OpenSession>`
    select id, coalesce(aal, 'aal1') as aal from auth.sessions
    where id = ${sessionId}::uuid and (not_after is null or not_after > ${now.toISOString()}::timestamptz)`.execute(
    trx,
  )
  return rows[0] ?? null
}

export type LogoutScope = 'global' | 'local' | 'others'

/** Ends sessions with their refresh tokens. Access tokens that are out stay valid until they expire. */
export async function endSessions(
  trx: Transaction<Tables>,
  userId: string,
  { scope, sessionId }: { scope: LogoutScope; sessionId: string | null },
): Promise<void> {
  const which = {
    global: sql`true`,
    local: sql`id = ${sessionId}::uuid`,
    others: sql`id is distinct from ${sessionId}::uuid`,
  }[scope]
  await sql`delete from auth.sessions where user_id = ${userId}::uuid and ${which}`.execute(trx)
}

/** The answer of a successful sign-in: a signed access token of an hour, the refresh token, the user. */
export async function sessionView(grant: Grant, { keys, url }: { keys: Keys; url: string }, now: Date) {
  const issuedAt = Math.floor(now.getTime() / 1000)
  const user = userView(grant.user)
  const accessToken = await new SignJWT({
    email: user.email,
    phone: '',
    app_metadata: user.app_metadata,
    user_metadata: user.user_metadata,
    role: 'authenticated',
    aal: grant.aal,
    amr: grant.amr,
    session_id: grant.sessionId,
    is_anonymous: user.is_anonymous,
  })
    .setProtectedHeader({ alg: 'ES256', kid: keys.signingKey.kid, typ: 'JWT' })
    .setIssuer(issuerOf(url))
    .setSubject(user.id)
    .setAudience('authenticated')
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + accessTokenSeconds)
    .sign(await importJWK(keys.signingKey, 'ES256'))
  return {
    access_token: accessToken,
    token_type: 'bearer' as const,
    expires_in: accessTokenSeconds,
    expires_at: issuedAt + accessTokenSeconds,
    refresh_token: grant.refreshToken,
    user,
  }
}

function refused(code: string, reason: string): AuthError {
  return new AuthError(400, code, `Invalid Refresh Token: ${reason}`)
}
