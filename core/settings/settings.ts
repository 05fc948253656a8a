import { sql, type Transaction } from 'kysely'
import { postgresCode } from '../access/failures'
import type { Tables } from '../database/tables'
import { SemblanceError } from '../model/errors'
import type { SettingKey } from './contract'

type Tx = Transaction<Tables>

/** Every setting with who changed it last, by key. */
export async function listSettings(tx: Tx) {
  return selectSettings(tx).orderBy('s.key').execute()
}

export interface SettingChange {
  key: SettingKey
  value: unknown
  /** When the value that was seen had been written, to the millisecond. */
  expectedUpdatedAt: Date
}

/**
 * Gives a setting another value, unless somebody else has done so since it was seen. The database judges the value and
 * notes who wrote it.
 *
 * @throws SemblanceError NOT_FOUND, CONFLICT, BAD_REQUEST or FORBIDDEN with the database's own words
 */
export async function setSetting(tx: Tx, { key, value, expectedUpdatedAt }: SettingChange) {
  const isWritten = await write(tx, { key, value, expectedUpdatedAt })
  const current = await selectSettings(tx).where('s.key', '=', key).executeTakeFirst()
  if (!current)
    throw new SemblanceError('NOT_FOUND', 'This database has no such setting. Run the migrations.')
  if (!isWritten) {
    const who = current.updated_by_name ?? 'Somebody else'
    throw new SemblanceError(
      'CONFLICT',
      `${who} has changed this setting meanwhile. Look at the new value, then change it if you still want to.`,
      { value: current.value },
    )
  }
  return current
}

async function write(tx: Tx, { key, value, expectedUpdatedAt }: SettingChange): Promise<boolean> {
  try {
    const { rows } = await sql`
      update public.system_settings set value = ${JSON.stringify(value)}::jsonb
      where key = ${key}
        and date_trunc('milliseconds', updated_at) = ${expectedUpdatedAt.toISOString()}::timestamptz
      returning key`.execute(tx)
    return rows.length === 1
  } catch (error) {
    throw refusal(error)
  }
}

/** A rule of the database says in its own words what it wants. */
function refusal(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  if (postgresCode(error) === '23514') {
    return new SemblanceError('BAD_REQUEST', error.message, undefined, { cause: error })
  }
  if ('constraint' in error && error.constraint === 'semblance_second_factor') {
    return new SemblanceError('FORBIDDEN', error.message, { reason: 'second_factor' }, { cause: error })
  }
  return error
}

function selectSettings(tx: Tx) {
  return tx
    .selectFrom('system_settings as s')
    .leftJoin('profiles as p', 'p.id', 's.updated_by')
    .select(['s.key', 's.value', 's.description', 's.updated_at', 'p.name as updated_by_name'])
}
