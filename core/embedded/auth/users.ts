import { randomUUID } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import { AuthError, emailExists, emailNotAuthorized } from './errors'

type Timestamp = Date | string

/** A row of `auth.users`, the columns that this service uses. */
export interface UserRow {
  id: string
  aud: string | null
  role: string | null
  email: string | null
  encrypted_password: string | null
  email_confirmed_at: Timestamp | null
  banned_until: Timestamp | null
  last_sign_in_at: Timestamp | null
  raw_app_meta_data: Record<string, unknown> | null
  raw_user_meta_data: Record<string, unknown> | null
  is_anonymous: boolean | null
  created_at: Timestamp | null
  updated_at: Timestamp | null
  deleted_at: Timestamp | null
  factors: FactorView[]
}

/** A second factor as the protocol shows it: never its secret. */
export interface FactorView {
  id: string
  friendly_name: string
  factor_type: string
  status: 'verified' | 'unverified'
  created_at: string
  updated_at: string
}

export interface NewUser {
  id?: string | undefined
  email: string
  encryptedPassword: string | null
  userMetadata?: Record<string, unknown> | undefined
  appMetadata?: Record<string, unknown> | undefined
  bannedUntil?: Date | null | undefined
}

export interface UserChange {
  email?: string | undefined
  encryptedPassword?: string | undefined
  /** Merged into what is there; a null deletes its key. */
  userMetadata?: Record<string, unknown> | undefined
  appMetadata?: Record<string, unknown> | undefined
  bannedUntil?: Date | null | undefined
}

const columns = sql.raw(
  'id, aud, role, email, encrypted_password, email_confirmed_at, banned_until, last_sign_in_at, ' +
    'raw_app_meta_data, raw_user_meta_data, is_anonymous, created_at, updated_at, deleted_at, ' +
    `coalesce((
      select jsonb_agg(
        jsonb_build_object(
          'id', f.id, 'friendly_name', coalesce(f.friendly_name, ''), 'factor_type', f.factor_type,
          'status', f.status, 'created_at', f.created_at, 'updated_at', f.updated_at
        ) order by f.created_at
      )
      from auth.mfa_factors f where f.user_id = users.id
    ), '[]') as factors`,
)

export async function findUserById(trx: Transaction<Tables>, id: string): Promise<UserRow | null> {
  const found = await sql<UserRow>`
    select ${columns} from auth.users where id = ${id}::uuid and deleted_at is null`.execute(trx)
  return found.rows[0] ?? null
}

/** `email` in lower case. */
export async function findUserByEmail(trx: Transaction<Tables>, email: string): Promise<UserRow | null> {
  const found = await sql<UserRow>`
    select ${columns} from auth.users where email = ${email} and deleted_at is null`.execute(trx)
  return found.rows[0] ?? null
}

/** A page of users, newest first, and how many there are. Pages count from 1. */
export async function listUsers(
  trx: Transaction<Tables>,
  { page, perPage }: { page: number; perPage: number },
): Promise<{ users: UserRow[]; total: number }> {
  const { rows } = await sql<UserRow>`
    select ${columns} from auth.users where deleted_at is null
    order by created_at desc, id limit ${perPage}::int offset ${(page - 1) * perPage}::int`.execute(trx)
  const count = await sql<{ total: number }>`
    select count(*)::int as total from auth.users where deleted_at is null`.execute(trx)
  return { users: rows, total: count.rows[0]?.total ?? 0 }
}

/**
 * Inserts a user whose address counts as confirmed: this service sends no mail. The database's trigger makes the
 * profile.
 *
 * @throws AuthError email_exists, email_address_not_authorized, or unexpected_failure where the database refuses (a trigger, a constraint)
 */
export async function insertUser(trx: Transaction<Tables>, user: NewUser, now: Date): Promise<UserRow> {
  const at = now.toISOString()
  const appMetadata = { provider: 'email', providers: ['email'], ...user.appMetadata }
  return saving(async () => {
    const { rows } = await sql<UserRow>`
      insert into auth.users (
        id, aud, role, email, encrypted_password, email_confirmed_at, banned_until, raw_app_meta_data,
        raw_user_meta_data, is_anonymous, created_at, updated_at
      ) values (
        ${user.id ?? randomUUID()}::uuid, 'authenticated', 'authenticated', ${user.email}, ${user.encryptedPassword},
        ${at}::timestamptz, ${user.bannedUntil?.toISOString() ?? null}::timestamptz,
        ${JSON.stringify(appMetadata)}::jsonb, ${JSON.stringify(user.userMetadata ?? {})}::jsonb, false,
        ${at}::timestamptz, ${at}::timestamptz
      ) returning ${columns}`.execute(trx)
    return rows[0]
  })
}

/** Changes what is given and leaves the rest. Throws like {@link insertUser}. */
export async function updateUser(
  trx: Transaction<Tables>,
  user: UserRow,
  change: UserChange,
  now: Date,
): Promise<UserRow> {
  const bannedUntil =
    change.bannedUntil === undefined ? isoOrNull(user.banned_until) : isoOrNull(change.bannedUntil)
  return saving(async () => {
    const { rows } = await sql<UserRow>`
      update auth.users set
        email = ${change.email ?? user.email},
        encrypted_password = ${change.encryptedPassword ?? user.encrypted_password},
        raw_user_meta_data = ${JSON.stringify(merged(user.raw_user_meta_data, change.userMetadata))}::jsonb,
        raw_app_meta_data = ${JSON.stringify(merged(user.raw_app_meta_data, change.appMetadata))}::jsonb,
        banned_until = ${bannedUntil}::timestamptz,
        updated_at = ${now.toISOString()}::timestamptz
      where id = ${user.id}::uuid returning ${columns}`.execute(trx)
    return rows[0]
  })
}

/**
 * Removes the user; softly, the row stays without anything personal, so that what refers to it keeps a target.
 * Sessions end either way.
 */
export async function deleteUser(
  trx: Transaction<Tables>,
  id: string,
  soft: boolean,
  now: Date,
): Promise<void> {
  if (!soft) {
    await saving(() => sql`delete from auth.users where id = ${id}::uuid`.execute(trx))
    return
  }
  await sql`
    update auth.users set email = ${`${id}@deleted.invalid`}, encrypted_password = '', raw_user_meta_data = '{}'::jsonb,
      raw_app_meta_data = '{}'::jsonb, deleted_at = ${now.toISOString()}::timestamptz
    where id = ${id}::uuid`.execute(trx)
  await sql`delete from auth.sessions where user_id = ${id}::uuid`.execute(trx)
}

/** Whether this person has a second factor that works. */
export function hasSecondFactor(user: UserRow): boolean {
  return user.factors.some(({ status }) => status === 'verified')
}

export function isBanned(user: UserRow, now: Date): boolean {
  return user.banned_until !== null && new Date(user.banned_until) > now
}

/** The user as the protocol shows it: never the password. */
export function userView(user: UserRow) {
  const email = user.email ?? ''
  const created = isoOrNull(user.created_at)
  const confirmed = isoOrNull(user.email_confirmed_at)
  return {
    id: user.id,
    aud: user.aud ?? 'authenticated',
    role: user.role ?? 'authenticated',
    email,
    email_confirmed_at: confirmed ?? undefined,
    phone: '',
    confirmed_at: confirmed ?? undefined,
    last_sign_in_at: isoOrNull(user.last_sign_in_at) ?? undefined,
    banned_until: isoOrNull(user.banned_until) ?? undefined,
    app_metadata: user.raw_app_meta_data ?? {},
    user_metadata: user.raw_user_meta_data ?? {},
    identities: [
      {
        identity_id: user.id,
        id: user.id,
        user_id: user.id,
        identity_data: { email, email_verified: confirmed !== null, phone_verified: false, sub: user.id },
        provider: 'email',
        last_sign_in_at: isoOrNull(user.last_sign_in_at) ?? created,
        created_at: created,
        updated_at: isoOrNull(user.updated_at),
        email,
      },
    ],
    factors: user.factors.length > 0 ? user.factors : undefined,
    created_at: created,
    updated_at: isoOrNull(user.updated_at),
    is_anonymous: user.is_anonymous ?? false,
  }
}

function merged(before: Record<string, unknown> | null, change: Record<string, unknown> | undefined) {
  const all = { ...before, ...change }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null))
}

function isoOrNull(value: Timestamp | null): string | null {
  return value === null ? null : new Date(value).toISOString()
}

async function saving<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code, constraint, table } = error as { code?: string; constraint?: string; table?: string }
    if (constraint === 'semblance_edu_email') throw emailNotAuthorized(error)
    if (code === '23505' && (table === 'users' || constraint?.startsWith('users_'))) throw emailExists()
    throw new AuthError(500, 'unexpected_failure', 'Database error saving user', {}, { cause: error })
  }
}
