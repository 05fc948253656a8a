import { sql, type Transaction } from 'kysely'
import type { Tables } from '../database/tables'
import type { Database } from '../database/connect'
import { SemblanceError } from '../model/errors'
import type { Users } from '../supabase/users'

type Tx = Transaction<Tables>

export interface FirstAdmin {
  name: string
  email: string
  password: string
}

/** Whether nobody administers this database yet. */
export async function adminIsMissing(tx: Tx): Promise<boolean> {
  const admin = await tx
    .selectFrom('profiles')
    .select('id')
    .where('role', '=', 'admin')
    .limit(1)
    .executeTakeFirst()
  return admin === undefined
}

/**
 * Makes the first admin. The account comes first, since Auth answers over HTTP, which may not happen within a
 * transaction; then, one at a time across all hosts, its role. Who loses that race loses the account again.
 * @throws SemblanceError CONFLICT where there is an admin, or the address is taken
 */
export async function createFirstAdmin(
  database: Database,
  users: Users,
  input: FirstAdmin,
): Promise<{ id: string }> {
  if (!(await database.asService(adminIsMissing))) throw adminExists()
  const { id } = await users.create({
    email: input.email,
    password: input.password,
    metadata: { name: input.name },
  })
  try {
    await database.asService((tx) => promote(tx, id))
  } catch (error) {
    await users.remove(id)
    throw error
  }
  return { id }
}

async function promote(tx: Tx, id: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('semblance.first_admin', 0))`.execute(tx)
  if (!(await adminIsMissing(tx))) throw adminExists()
  const promoted = await tx
    .updateTable('profiles')
    .set({ role: 'admin' })
    .where('id', '=', id)
    .executeTakeFirst()
  if (promoted.numUpdatedRows === 0n) {
    throw new SemblanceError(
      'UNAVAILABLE',
      'The account was made without a profile. Run the migrations, then try again.',
    )
  }
}

function adminExists(): SemblanceError {
  return new SemblanceError('CONFLICT', 'There is an admin already. Sign in instead.')
}
