import { sql } from 'kysely'
import type { Logger } from 'pino'
import type { Database } from '../../database/connect'
import { SemblanceError } from '../../model/errors'
import type { Config } from '../config'
import { withDatabase } from '../database/open-source'
import { exitCodes, type Output } from '../output'

export interface SecondFactorOptions {
  /** No longer demand one of staff. */
  off: boolean
  /** The e-mail address of a person whose second factors are removed. */
  remove?: string
}

/**
 * The operator's way back in, where no admin can get into the console any more. Says who is staff and has a second
 * factor; with options, ends the demand or removes a person's factors. Needs the database itself, so whoever may run it
 * could do the same by SQL.
 */
export async function secondFactor(
  { off, remove }: SecondFactorOptions,
  config: Config,
  output: Output,
  log: Logger,
): Promise<number> {
  return withDatabase(config, log, async (database) => {
    const removed = remove === undefined ? null : await removeFactors(database, remove)
    if (off) await stopDemanding(database)
    const state = await stateOf(database)
    const lines = [
      ...(removed === null ? [] : [`${removed} second factor(s) of ${remove} removed.`]),
      state.demanded ? 'Staff need a second factor (--off ends that).' : 'Staff need no second factor.',
      ...state.staff.map(
        (one) => `${one.has_second_factor ? 'has one ' : 'has none'}  ${one.role}  ${one.email}`,
      ),
    ]
    output.result({ removed, ...state }, lines.join('\n'))
    return exitCodes.ok
  })
}

function stopDemanding(database: Database): Promise<unknown> {
  return database.asService((tx) =>
    sql`update public.system_settings set value = 'false' where key = 'staff_second_factor'`.execute(tx),
  )
}

/** @throws SemblanceError NOT_FOUND where nobody has this address */
async function removeFactors(database: Database, email: string): Promise<number> {
  return database.asOwner(async (tx) => {
    const people = await sql<{ id: string }>`select id from auth.users where email = lower(${email})`.execute(
      tx,
    )
    const id = people.rows[0]?.id
    if (id === undefined) throw new SemblanceError('NOT_FOUND', `Nobody has the address ${email}.`)
    // Sessions that it had raised end: they were opened by what is lost now.
    await sql`
      delete from auth.sessions
      where factor_id in (select f.id from auth.mfa_factors f where f.user_id = ${id}::uuid)`.execute(tx)
    const { numAffectedRows } = await sql`delete from auth.mfa_factors where user_id = ${id}::uuid`.execute(
      tx,
    )
    return Number(numAffectedRows ?? 0n)
  })
}

async function stateOf(database: Database) {
  return database.asOwner(async (tx) => {
    const { rows: staff } = await sql<{ email: string; role: string; has_second_factor: boolean }>`
      select p.email, p.role, exists (
        select from auth.mfa_factors f where f.user_id = p.id and f.status::text = 'verified'
      ) as has_second_factor
      from public.profiles p
      where p.role in ('moderator', 'curator', 'admin')
      order by p.role, p.email`.execute(tx)
    const { rows } = await sql<{ demanded: boolean }>`
      select exists (
        select from public.system_settings where key = 'staff_second_factor' and value = 'true'::jsonb
      ) as demanded`.execute(tx)
    return { demanded: rows[0]?.demanded ?? false, staff }
  })
}
