import type { Transaction } from 'kysely'
import type { Tables } from '../database/tables'

/** Every setting with who changed it last, by key. */
export async function listSettings(tx: Transaction<Tables>) {
  return tx
    .selectFrom('system_settings as s')
    .leftJoin('profiles as p', 'p.id', 's.updated_by')
    .select(['s.key', 's.value', 's.description', 's.updated_at', 'p.name as updated_by_name'])
    .orderBy('s.key')
    .execute()
}
