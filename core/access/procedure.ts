import { os } from '@orpc/server'
import { sql, type Transaction } from 'kysely'
import type { Tables } from '../database/tables'
import type { Caller } from '../model/caller'
import { otherProject, SemblanceError } from '../model/errors'
import { roles, type Role } from '../model/roles'
import type { Images } from '../supabase/images'
import type { Context } from './context'
import { confirmedForMs, reaches } from './confirmed-staff'
import { toClientError } from './failures'

/** What a procedure has once it is known who calls. */
export interface SignedIn {
  caller: Caller
  /** As the database's policies see it: a ban, or a second factor that is missing, takes a staff role away. */
  role: Role
  /** Whether this is staff who would be let in with a second factor: one is demanded, or they have one. */
  lacksSecondFactor: boolean
  /** Runs a piece of work as the caller: row-level security holds for every query in it. No HTTP inside. */
  transaction: <T>(work: (tx: Transaction<Tables>) => Promise<T>) => Promise<T>
  /** Photos: the host's where it has a right of its own to them, else the caller's. */
  images: Images
  /** The database is away: the role is what it confirmed last. */
  isAway?: boolean
}

export type SignedInContext = Context & SignedIn

/**
 * Options of `implement`: input is validated after access has been checked, so that a stranger learns nothing of what a
 * procedure would have accepted.
 */
export const accessFirst = { initialInputValidationIndex: Number.MAX_SAFE_INTEGER }

const base = os.$context<Context>()

/** The outermost middleware of every procedure: errors become answers (see {@link toClientError}). */
export const answerErrors = base.middleware(async ({ context, next, path }) => {
  try {
    return await next()
  } catch (error) {
    throw toClientError(error, context.log, path.join('.'))
  }
})

/** Anybody who has an account. */
export const signedIn = base.middleware(async ({ context, next }) =>
  next({ context: await identify(context) }),
)

/** Moderators, curators and admins. */
export const staff = atLeast('moderator')
export const curator = atLeast('curator')
export const admin = atLeast('admin')

/**
 * Curators and admins, for what lies on this machine alone: while the shared database is known to be away, also whom it
 * confirmed as one within the last seven days. What such a call asks of the database fails all the same.
 */
export const curatorHere = base.middleware(async ({ context, next }) =>
  next({ context: await identifyHere(context, 'curator') }),
)

/** Whoever has an account, also known by such a confirmation alone: for who they are themselves, nothing else. */
export const signedInHere = base.middleware(async ({ context, next }) =>
  next({ context: await identifyHere(context, 'user') }),
)

/** Moderators and admins: who may see what people have made of a match. Curators keep photos, they don't judge people. */
export const judge = base.middleware(async ({ context, next }) => {
  const identity = await identify(context)
  requireRole(identity, 'moderator')
  if (identity.role === 'curator') {
    throw new SemblanceError('FORBIDDEN', 'Only a moderator or an admin may do this; your role is curator.', {
      needed: 'moderator',
      role: 'curator',
    })
  }
  return next({ context: identity })
})

/** Whether whoever calls is staff: to be asked before a large body is read. The procedure itself says why somebody is not. */
export async function isStaffCall(context: Context): Promise<boolean> {
  return identify(context).then(
    ({ role }) => role !== 'user',
    () => false,
  )
}

/** The same for {@link curatorHere}. */
export async function isCuratorCallHere(context: Context): Promise<boolean> {
  return identifyHere(context, 'curator').then(
    () => true,
    () => false,
  )
}

function atLeast(needed: Role) {
  return base.middleware(async ({ context, next }) => {
    const identity = await identify(context)
    requireRole(identity, needed)
    return next({ context: identity })
  })
}

/**
 * @throws SemblanceError FORBIDDEN where the role does not reach what is needed; with `data.reason` `second_factor`
 * where showing a second factor would change that.
 */
function requireRole(
  { role, lacksSecondFactor }: Pick<SignedIn, 'role' | 'lacksSecondFactor'>,
  needed: Role,
): void {
  if (roles.indexOf(role) >= roles.indexOf(needed)) return
  if (lacksSecondFactor) {
    throw new SemblanceError(
      'FORBIDDEN',
      'Staff need a second factor here. Sign in with your code, or set a second factor up in the console.',
      { needed, role, reason: 'second_factor' },
    )
  }
  const who = needed === 'moderator' ? 'staff' : needed === 'admin' ? 'an admin' : `a ${needed} or an admin`
  throw new SemblanceError('FORBIDDEN', `Only ${who} may do this; your role is ${role}.`, { needed, role })
}

/** @throws SemblanceError FORBIDDEN unless the caller is staff (or of the given role) or the person themselves. */
export function requireSelfOr(needed: Role, identity: SignedIn, profileId: string): void {
  if (identity.caller.id !== profileId) requireRole(identity, needed)
}

/** Whether this database demands a second factor of its staff. */
export const secondFactorRequired = sql<boolean>`exists (
  select from public.system_settings as s where s.key = 'staff_second_factor' and s.value = 'true'::jsonb)`

/** Whether the caller has signed in with a second factor besides the password. */
export function hasShownSecondFactor(caller: Caller): boolean {
  return caller.claims.aal === 'aal2'
}

const accountMissing = {
  embedded: 'This account is no longer there. Sign in with another one.',
  shared:
    'The database has no such account. Sign in with another one; if nobody gets in, the host was given the database of another project.',
} as const

async function identify(context: Context): Promise<SignedIn> {
  const { caller, token } = await authenticate(context)
  const profile = await context.database.asUser(caller, (tx) =>
    tx
      .selectFrom('profiles')
      .select([
        sql<Role>`coalesce(private.current_staff_role(), 'user')`.as('role'),
        sql<boolean>`role in ('moderator', 'curator', 'admin')`.as('is_staff'),
        sql<boolean>`${secondFactorRequired} or private.has_second_factor()`.as('needs_second_factor'),
      ])
      .where('id', '=', caller.id)
      .executeTakeFirst(),
  )
  if (!profile) {
    await context.confirmed?.forget(caller.id)
    throw context.mode === 'shared'
      ? otherProject(accountMissing.shared)
      : new SemblanceError('UNAUTHORIZED', accountMissing.embedded)
  }
  const lacksSecondFactor = profile.is_staff && profile.needs_second_factor && !hasShownSecondFactor(caller)
  await context.confirmed?.note(caller, { role: profile.role, lacksSecondFactor })
  return { ...who(context, caller, token), role: profile.role, lacksSecondFactor }
}

/**
 * For an answer that goes on for long: whether who was let in by {@link curatorHere} still would be. Their token may have
 * ended meanwhile, as it may have for a window that has asked for nothing.
 * @throws SemblanceError FORBIDDEN, UNAVAILABLE
 */
export async function requireCuratorStill(context: SignedInContext): Promise<void> {
  const { caller, transaction, confirmed } = context
  try {
    const { rows } = await transaction((tx) =>
      sql<{ role: Role }>`select coalesce(private.current_staff_role(), 'user') as role`.execute(tx),
    )
    requireRole({ role: rows[0]?.role ?? 'user', lacksSecondFactor: false }, 'curator')
  } catch (error) {
    if (!isDatabaseAway(context)) throw error
    const role = confirmed?.roleOf(caller) ?? null
    if (role === null || !reaches(role, 'curator')) throw error
  }
}

/** A caller's own doors. */
function who(
  context: Context,
  caller: Caller,
  token: string,
): Pick<SignedIn, 'caller' | 'transaction' | 'images'> {
  return {
    caller,
    transaction: (work) => context.database.asUser(caller, work),
    images: context.imagesAs?.(caller, token) ?? context.images,
  }
}

/** The database is asked wherever it answers: what it says counts, and what it said once does not. */
async function identifyHere(context: Context, needed: Role): Promise<SignedIn> {
  const { caller, token } = await authenticateHere(context)
  if (!isDatabaseAway(context)) {
    try {
      const identity = await identify(context)
      requireRole(identity, needed)
      return identity
    } catch (error) {
      if (!isDatabaseAway(context)) throw error
    }
  }
  const role = context.confirmed?.roleOf(caller) ?? null
  if (role !== null && reaches(role, needed)) {
    return { ...who(context, caller, token), role, lacksSecondFactor: false, isAway: true }
  }
  if (needed === 'user') {
    throw new SemblanceError(
      'UNAVAILABLE',
      'The shared database can’t be reached. It is tried again by itself.',
    )
  }
  throw new SemblanceError(
    'UNAVAILABLE',
    'The shared database can’t be reached, and on this machine it has not confirmed this sign-in as that of a curator in the last seven days. Connect once; after that, imports work without a connection.',
  )
}

const isDatabaseAway = ({ database }: Context) => database.outage() !== null

/**
 * Also somebody whose token has ended, while neither Auth nor the database answers. Whether that is so is looked at now:
 * in the first moments without a network nobody has met it yet.
 */
async function authenticateHere(context: Context): Promise<Authenticated> {
  try {
    return await authenticate(context)
  } catch (refusal) {
    const ended = await authenticate(context, confirmedForMs)
    if (!(await context.authAway?.())) throw refusal
    if (!isDatabaseAway(context)) {
      await context.database.asService((tx) => sql`select 1`.execute(tx)).catch(() => undefined)
    }
    if (!isDatabaseAway(context)) throw refusal
    return ended
  }
}

interface Authenticated {
  caller: Caller
  token: string
}

async function authenticate(context: Context, endedForMs = 0): Promise<Authenticated> {
  const [scheme, token, ...rest] = (context.request.authorization ?? '').split(' ')
  if (scheme?.toLowerCase() !== 'bearer' || !token || rest.length > 0) {
    throw new SemblanceError('UNAUTHORIZED', 'Sign in first.')
  }
  return { caller: await context.verify(token, { endedForMs }), token }
}
