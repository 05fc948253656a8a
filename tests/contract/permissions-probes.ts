import type { Transaction } from 'kysely'
import type { Tables } from '../../core/database/tables'
import { queryIn, type SqlDatabase } from '../factories/engines'
import { actorOf, lineOf, people, type Fixture, type Person, type Row } from './permissions-fixture'
import { permissions, type Columns, type Rows } from './permissions'

/** Everybody who is probed; null isn't signed in. */
export const callers: readonly (Person | null)[] = [null, ...people]

export interface Relation {
  /** With the bucket, for storage.objects. */
  name: string
  table: string
  key: string
  view: boolean
  columns: { name: string; type: string }[]
}

/** What tells rows apart where it isn't `id`. */
const keys: Record<string, string> = {
  'public.system_settings': 'key',
  'public.celebrity_import_items': 'item',
  'public.celebrity_distinctions': 'celebrity_a_id',
}

/** What is there, by the catalogue: tables and views of every schema but the system's and the extensions'. */
export async function listRelations({ query }: SqlDatabase): Promise<Relation[]> {
  const found = await query<Omit<Relation, 'key'>>(
    `select n.nspname || '.' || c.relname as name, n.nspname || '.' || c.relname as "table", c.relkind = 'v' as view,
       jsonb_agg(jsonb_build_object('name', a.attname, 'type', pg_catalog.format_type(a.atttypid, case when a.atttypid = 'bit'::regtype then a.atttypmod end))
         order by a.attnum) as columns
     from pg_class c
     join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^(pg_|information_schema$|extensions$)'
       and not exists (select from pg_depend e where e.objid = c.oid and e.deptype = 'e')
     group by 1, c.oid order by 1`,
  )
  return found.flatMap((relation) => {
    const whole = { ...relation, key: keys[relation.name] ?? 'id' }
    if (relation.name !== 'storage.objects') return [whole]
    const buckets = Object.keys(permissions).filter((name) => name.startsWith('storage.objects: '))
    return buckets.map((name) => ({ ...whole, name }))
  })
}

const integrity = new Set(['23502', '23503', '23505', '23514'])
const undo = new Error('undo')

/** Runs statements as somebody and undoes them. @returns rows, or the SQLSTATE of the error */
export async function probe(
  tx: Transaction<Tables>,
  ids: Fixture['ids'],
  caller: Person | null,
  text: string,
  values: unknown[] = [],
  prepare?: string,
): Promise<Record<string, unknown>[] | string> {
  await queryIn(tx, 'savepoint probe')
  try {
    if (prepare) await queryIn(tx, prepare)
    const role = caller ? 'authenticated' : 'anon'
    const claims = caller ? { sub: ids[caller], role } : { role }
    await queryIn(tx, `select set_config('request.jwt.claims', $1, true), set_config('role', $2, true)`, [
      JSON.stringify(claims),
      role,
    ])
    return await queryIn(tx, text, values)
  } catch (error) {
    const { code } = error as { code?: string }
    if (!code) throw error
    return code
  } finally {
    await queryIn(tx, 'rollback to savepoint probe')
  }
}

/** A transaction of the owner whose work is undone. */
export async function undone(
  database: SqlDatabase,
  work: (tx: Transaction<Tables>) => Promise<void>,
): Promise<void> {
  await database
    .transact(async (tx) => {
      await work(tx)
      throw undo
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error
    })
}

/** Which of the rows a cell of the matrix means. */
export function meant(cell: Rows, rows: readonly Row[], caller: Person | null): string[] | 'refused' {
  if (cell === 'refused') return 'refused'
  if (cell === 'none') return []
  return rows
    .filter((row) => cell === 'all' || (caller && row.owners.includes(caller)))
    .map((row) => row.key)
    .sort()
}

/** What came of a probe, in the words of the matrix. A view over two tables can't be written at all: 55000. */
export function outcome(result: Record<string, unknown>[] | string, of = 'key'): string[] | string {
  if (typeof result === 'string') return result === '42501' || result === '55000' ? 'refused' : result
  return result.map((row) => String(row[of])).sort()
}

/** Whether one column of one row changed to what was written; an integrity error comes after all permissions. */
export async function mayChange(
  tx: Transaction<Tables>,
  fixture: Fixture,
  caller: Person | null,
  relation: Relation,
  column: Relation['columns'][number],
  row: Row,
): Promise<boolean> {
  const { table, key } = relation
  const [target] = await queryIn<{ value: string | null; type: string }>(
    tx,
    `select ${sample(relation, column, row, fixture)} as value from ${table} where ${key}::text = $1`,
    [row.key],
  )
  const written = `$1::text::${column.type}`
  const result = await probe(
    tx,
    fixture.ids,
    caller,
    `update ${table} set ${column.name} = ${written} where ${key}::text = $2
     returning ${column.name}::text is not distinct from (${written})::text as kept`,
    // A changed key is looked for by the old one. The feed shows its rows to none but whom they are for.
    [relation.name === 'private.feed' ? null : target.value, row.key],
  )
  if (typeof result === 'string') {
    if (integrity.has(result)) return true
    // 428C9: an identity that is always generated.
    if (result === '42501' || result === '55000' || result === '428C9') return false
    throw new Error(`${table}.${column.name}: ${result}`)
  }
  return result.some(({ kept }) => kept)
}

/** Another value for a column, as an SQL expression over the row that gives text. */
function sample(
  { name: relation }: Relation,
  { name, type }: Relation['columns'][number],
  row: Row,
  fixture: Fixture,
) {
  const special: Record<string, string> = {
    'public.profiles.role': `case role when 'curator' then 'user' else 'curator' end`,
    'public.profiles.profile_type': `'celebrity'`,
    'public.profiles.default_face_id': `'${row.owners[0] && fixture.secondFaces[row.owners[0]]}'`,
    'public.celebrities.gender': `'male'`,
    'public.match_jobs.status': `'failed'`,
    'public.match_jobs.job_type': `'user_match'`,
    'public.celebrity_jobs.status': `'failed'`,
    'public.workers.state': `'paused'`,
    'public.workers.instruction': `'drain'`,
    'public.job_attempts.outcome': `'completed'`,
    'public.notifications.type': `'baby_generated'`,
    'public.notifications.related_type': `'baby'`,
    'public.mutual_connections.status': `'archived'`,
    'public.messages.message_type': `'image'`,
    // Settings are told apart by their rules: the value of another one is none of theirs, or it is.
    'public.celebrity_changes.undone_by': 'auth.uid()::text',
    'public.system_settings.value': `case jsonb_typeof(value) when 'boolean' then 'true' else value::text end`,
  }
  const byType: Record<string, string> = {
    uuid: 'gen_random_uuid()::text',
    'timestamp with time zone': `(date_trunc('second', now()) - interval '1 hour')::text`,
    boolean: `(not coalesce(${name}, false))::text`,
    integer: `(coalesce(${name}, 0) + 1)::text`,
    bigint: `(coalesce(${name}, 0) + 1)::text`,
    smallint: `'2000'`,
    'bit(512)': `repeat('1', 512)`,
    'bit(64)': `repeat('1', 64)`,
    'text[]': `'{probe}'`,
    'double precision': `(coalesce(${name}, 0) + 0.25)::text`,
    'double precision[]': `'{1,2,3}'`,
    jsonb: `'{"probe": 1}'`,
    'extensions.vector': `(select array_agg(0.5::real)::text from generate_series(1, ${vectorLength(name)}))`,
  }
  const vector = byType['extensions.vector'].replace('::text', '::extensions.vector::text')
  const value = special[`${relation}.${name}`] ?? (type.endsWith('vector') ? vector : byType[type])
  return value ?? `'probe'`
}

function vectorLength(column: string): number {
  return { geometry: 12, skin_tone: 3 }[column] ?? 512
}

/** Whether the matrix lets a caller change this column of this row. */
export function mayByMatrix(relation: Relation, caller: Person | null, column: string, row: Row): boolean {
  const cell = lineOf(relation.name)?.update[caller ? actorOf[caller] : 'anon']
  const isOwn = caller !== null && (row.updaters ?? row.owners).includes(caller)
  return !!cell && (names(cell.all, column) || (isOwn && names(cell.own, column)))
}

function names(list: Columns['all'], column: string): boolean {
  if (!list) return false
  return list.includes(column) || (list.includes('*') && !list.includes(`-${column}`))
}
