import { createHash } from 'node:crypto'
import type { Images } from '../../core/supabase/images'
import type { Database } from '../../core/database/connect'
import { queryIn } from './engines'

/** What remembers an import that was undone, and is therefore another after it. */
const records = ['celebrity_imports', 'celebrity_import_items', 'celebrity_changes', 'active_model']

/** Every row of every public table as text, and every object of the bucket by the hash of its bytes. */
export async function dumpState(
  database: Pick<Database, 'asOwner'>,
  images: Images,
): Promise<Record<string, string[]>> {
  const dump: Record<string, string[]> = {}
  const objects = await database.asOwner(async (tx) => {
    const tables = await queryIn<{ name: string }>(
      tx,
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`,
    )
    for (const { name } of tables.filter((table) => !records.includes(table.name))) {
      const rows = await queryIn<{ row: string }>(
        tx,
        `select t::text as row from public.${name} t order by 1`,
      )
      dump[name] = rows.map(({ row }) => row)
    }
    return queryIn<{ name: string }>(
      tx,
      `select name from storage.objects where bucket_id = 'celebrity-images' order by 1`,
    )
  })
  dump['celebrity-images'] = []
  for (const { name } of objects) {
    const bytes = await images.download('celebrity-images', name)
    dump['celebrity-images'].push(`${name} ${createHash('md5').update(bytes).digest('hex')}`)
  }
  return dump
}
