import { randomUUID } from 'node:crypto'
import { isIP } from 'node:net'
import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import { lowerToFirst, type Assurance } from './assurance'
import { AuthError } from './errors'
import { sealSecret, takeCode } from './totp'

type Tx = Transaction<Tables>

/** More are refused, as Supabase does. */
export const maximumFactors = 10
const challengeSeconds = 300

/** A row of `auth.mfa_factors`, the columns that this service uses. */
export interface FactorRow {
  id: string
  user_id: string
  friendly_name: string | null
  factor_type: 'totp' | 'phone' | 'webauthn'
  status: 'unverified' | 'verified'
  secret: string | null
}

const columns = sql.raw('id, user_id, friendly_name, factor_type::text, status::text, secret')

/** @throws AuthError mfa_factor_not_found where the person has no such factor */
export async function findFactor(trx: Tx, userId: string, factorId: string): Promise<FactorRow> {
  // The lock makes two uses of one code take turns.
  const { rows } = await sql<FactorRow>`
    select ${columns} from auth.mfa_factors
    where id = ${factorId}::uuid and user_id = ${userId}::uuid for update`.execute(trx)
  if (!rows[0]) throw new AuthError(404, 'mfa_factor_not_found', 'Factor not found')
  return rows[0]
}

export interface NewFactor {
  userId: string
  name: string
  secret: string
  aal: Assurance
}

/**
 * A factor that waits for its first code. It takes the place of one that has never been verified: a person who closed
 * the page begins anew.
 *
 * @throws AuthError insufficient_aal, too_many_enrolled_mfa_factors, mfa_factor_name_conflict
 */
export async function addFactor(
  trx: Tx,
  { userId, name, secret, aal }: NewFactor,
  { key, now }: { key: Uint8Array; now: Date },
): Promise<string> {
  // Two enrolments at a time take turns, so that they can't pass the maximum together.
  await sql`select from auth.users where id = ${userId}::uuid for update`.execute(trx)
  await removeUnverified(trx, userId)
  const { rows } = await sql<{ friendly_name: string | null }>`
    select friendly_name from auth.mfa_factors where user_id = ${userId}::uuid`.execute(trx)
  if (rows.length > 0 && aal !== 'aal2') {
    throw new AuthError(403, 'insufficient_aal', 'AAL2 required to enroll a new factor')
  }
  if (rows.length >= maximumFactors) {
    throw new AuthError(
      422,
      'too_many_enrolled_mfa_factors',
      'Maximum number of verified factors reached, unenroll to continue',
    )
  }
  if (rows.some(({ friendly_name }) => (friendly_name ?? '') === name)) {
    throw new AuthError(
      422,
      'mfa_factor_name_conflict',
      `A factor with the friendly name ${JSON.stringify(name)} for this user already exists`,
    )
  }
  const id = randomUUID()
  const at = now.toISOString()
  await sql`
    insert into auth.mfa_factors (id, user_id, friendly_name, factor_type, status, secret, created_at, updated_at)
    values (
      ${id}::uuid, ${userId}::uuid, ${name}, 'totp', 'unverified', ${sealSecret(secret, id, key)},
      ${at}::timestamptz, ${at}::timestamptz
    )`.execute(trx)
  return id
}

/** A question that a code answers within five minutes. Times are seconds since 1970. */
export async function addChallenge(
  trx: Tx,
  factorId: string,
  address: string,
  now: Date,
): Promise<{ id: string; expiresAt: number }> {
  const id = randomUUID()
  await sql`
    delete from auth.mfa_challenges
    where factor_id = ${factorId}::uuid and created_at < ${beginOf(now)}::timestamptz`.execute(trx)
  await sql`
    insert into auth.mfa_challenges (id, factor_id, created_at, ip_address)
    values (${id}::uuid, ${factorId}::uuid, ${now.toISOString()}::timestamptz, ${inet(address)}::inet)`.execute(
    trx,
  )
  return { id, expiresAt: Math.floor(now.getTime() / 1000) + challengeSeconds }
}

export interface Answer {
  challengeId: string
  code: string
  address: string
}

/**
 * Takes the code that answers a challenge: the factor counts as verified from then on, the code and the challenge are
 * used up.
 *
 * @throws AuthError mfa_factor_not_found, mfa_ip_address_mismatch, mfa_challenge_expired, mfa_verification_failed
 */
export async function answerChallenge(
  trx: Tx,
  factor: FactorRow,
  { challengeId, code, address }: Answer,
  { key, now }: { key: Uint8Array; now: Date },
): Promise<void> {
  await requireChallenge(trx, factor.id, { challengeId, address }, now)
  const used = factor.secret && takeCode(factor.secret, code, { factorId: factor.id, key, now })
  if (!used) throw new AuthError(422, 'mfa_verification_failed', 'Invalid TOTP code entered')
  const at = now.toISOString()
  await sql`
    update auth.mfa_challenges set verified_at = ${at}::timestamptz where id = ${challengeId}::uuid`.execute(
    trx,
  )
  await sql`
    update auth.mfa_factors set status = 'verified', secret = ${used}, updated_at = ${at}::timestamptz
    where id = ${factor.id}::uuid`.execute(trx)
  await removeUnverified(trx, factor.user_id)
}

async function requireChallenge(
  trx: Tx,
  factorId: string,
  { challengeId, address }: Omit<Answer, 'code'>,
  now: Date,
): Promise<void> {
  const { rows } = await sql<{ used: boolean; elsewhere: boolean; expired: boolean }>`
    select verified_at is not null as used, ip_address <> ${inet(address)}::inet as elsewhere,
      created_at < ${beginOf(now)}::timestamptz as expired
    from auth.mfa_challenges
    where id = ${challengeId}::uuid and factor_id = ${factorId}::uuid`.execute(trx)
  const challenge = rows[0]
  if (!challenge) {
    throw new AuthError(422, 'mfa_factor_not_found', 'MFA factor with the provided challenge ID not found')
  }
  if (challenge.elsewhere) {
    throw new AuthError(422, 'mfa_ip_address_mismatch', 'Challenge and verify IP addresses mismatch')
  }
  // Supabase says of a used one that addresses differ, which leads nobody to the way out: another challenge.
  if (challenge.used || challenge.expired) {
    throw new AuthError(
      422,
      'mfa_challenge_expired',
      `MFA challenge ${challengeId} has expired, verify against another challenge or create a new challenge.`,
    )
  }
}

/** Removes a factor; sessions that it had raised are lowered. */
export async function removeFactor(trx: Tx, factor: FactorRow): Promise<void> {
  await sql`delete from auth.mfa_factors where id = ${factor.id}::uuid`.execute(trx)
  await lowerToFirst(trx, factor.user_id, factor.id)
}

async function removeUnverified(trx: Tx, userId: string): Promise<void> {
  await sql`
    delete from auth.mfa_factors
    where user_id = ${userId}::uuid and status = 'unverified' and factor_type = 'totp'`.execute(trx)
}

/** Challenges from before this moment have expired. */
function beginOf(now: Date): string {
  return new Date(now.getTime() - challengeSeconds * 1000).toISOString()
}

/** The column takes no other text; a request within the process has no address. */
function inet(address: string): string {
  return isIP(address) ? address : '0.0.0.0'
}
