import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inspectSchema, type SchemaInspection, type TableInspection } from '../../core/database/inspect'
import { defaultWeights } from '../../core/model/weights'
import { engines, openSql, queryIn, type SqlDatabase } from '../factories/engines'
import { documentedTables } from './schema-document'

/** What the document does not have: migrations/0005_own_columns.sql and 0009_rules.sql. */
const measured = [
  'embedding_model',
  'detection_box',
  'image_width',
  'image_height',
  'faces_found',
  'thumbnail_path',
]
const derived = ['embedding_norm', 'geometry', 'skin_tone']
const ownAdditions = [
  ...[...measured, ...derived].flatMap((column) => [`faces.${column}`, `celebrities.${column}`]),
  ...['owner_school', 'owner_gender'].map((column) => `faces.${column}`),
  ...['worker_id', 'lease_until', 'next_attempt_at', 'error_code'].map((column) => `match_jobs.${column}`),
  'celebrity_jobs',
  'mutual_connections.blocked_by',
]

const schemas = ['public', 'private', 'semblance', 'auth', 'storage']

/** An index definition as the document writes it: method, columns, parameters, predicate. */
function indexAsWritten({ definition, unique }: TableInspection['indexes'][number]): string {
  const [body, predicate] = definition
    .slice(definition.indexOf(' USING ') + ' USING '.length)
    .replaceAll('extensions.', '')
    .split(' WHERE ')
  const where = predicate ? ` where ${predicate.replaceAll(/[()]|::text/g, '')}` : ''
  const written = `${unique ? 'unique ' : ''}${body}${where}`
  return written.replaceAll(/\b(WITH|DESC|IS NOT NULL|IS NULL|AND)\b/g, (word) => word.toLowerCase())
}

/** The values that a check allows, or the comparison that it makes. */
function checkAsWritten(definition: string): string[] {
  const values = Array.from(definition.matchAll(/'([^']*)'::text/g), (match) => match[1])
  return values.length > 0 ? values : [/>= \(?0/.test(definition) ? '>= 0' : definition]
}

describe.each(engines)('the schema on %s', (engine) => {
  let database: SqlDatabase
  let schema: SchemaInspection
  const tableOf = (name: string) => schema.tables.find((t) => t.schema === 'public' && t.name === name)!
  beforeAll(async () => {
    database = await openSql(engine)
    schema = await database.transact((tx) =>
      inspectSchema(async (text, values) => ({ rows: await queryIn(tx, text, values) }), schemas),
    )
  })
  afterAll(() => database.close())

  describe.each(Object.entries(documentedTables))('%s', (name, documented) => {
    test('has every column with its type, nullability and default', () => {
      const columns = new Map(tableOf(name).columns.map((column) => [column.name, column]))
      for (const [column, written] of Object.entries(documented.columns)) {
        const { type, default: value } =
          typeof written === 'string' ? { type: written, default: null } : written
        expect(columns.get(column), column).toMatchObject({
          type: type.replace('!', ''),
          nullable: !type.endsWith('!'),
          generated: null,
        })
        expect(columns.get(column)?.default?.replace('::text', '') ?? null, column).toBe(value)
      }
    })

    test('has its keys, checks and references', () => {
      const table = tableOf(name)
      expect(table.primary_key).toEqual(documented.primaryKey ?? ['id'])
      const unique = Object.fromEntries(
        table.unique.map((constraint) => [constraint.name, constraint.columns]),
      )
      expect(unique).toEqual(documented.unique)
      const checks = Object.fromEntries(
        table.checks.map((check) => [check.name, checkAsWritten(check.definition)]),
      )
      expect(checks).toEqual(
        Object.fromEntries(
          Object.entries(documented.checks).map(([column, values]) => [`${name}_${column}_check`, values]),
        ),
      )
      const references = Object.fromEntries(
        table.foreign_keys
          .map((key) => [key.columns.join(), `${key.references.replace('public.', '')} ${key.on_delete}`])
          .filter(([column]) => !ownAdditions.includes(`${name}.${column}`)),
      )
      expect(references).toEqual(documented.foreignKeys)
    })

    test('has every index with its method, columns, order, parameters and predicate', () => {
      const indexes = new Map(tableOf(name).indexes.map((index) => [index.name, index]))
      for (const [index, written] of Object.entries(documented.indexes)) {
        expect(indexes.get(index), index).toBeDefined()
        expect(indexAsWritten(indexes.get(index)!)).toBe(written)
      }
    })
  })

  test('is documented or ours, table by table and column by column', () => {
    const own = schema.tables
      .filter((table) => table.schema === 'public')
      .flatMap(({ name, columns }) => {
        const documented = documentedTables[name]
        if (!documented) return [name]
        return columns.filter((c) => !(c.name in documented.columns)).map((c) => `${name}.${c.name}`)
      })
    expect(own.sort()).toEqual([...ownAdditions].sort())
  })

  test('every table has row-level security; what is public has policies, one for each command that allows', () => {
    for (const table of schema.tables.filter(({ schema: home }) => home !== 'semblance')) {
      expect(table.row_level_security, `${table.schema}.${table.name}`).toBe(true)
      const commands = table.policies.filter((p) => p.permissive).map((policy) => policy.command)
      expect(new Set(commands).size, table.name).toBe(commands.length)
      if (table.schema === 'public') expect(commands, table.name).toContain('select')
    }
    expect(schema.tables.map((t) => t.schema)).toEqual(expect.arrayContaining(['auth', 'public', 'storage']))
  })

  test('no function runs with a search path that its caller may choose, but for the one that must be inlined', async () => {
    const open = await database.query<{ name: string; definer: boolean }>(
      `select p.oid::regproc::text as name, p.prosecdef as definer
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where n.nspname in ('public', 'private', 'semblance', 'extensions')
         and not coalesce(p.proconfig @> array['search_path=""'], false)
         and not exists (select from pg_depend e where e.objid = p.oid and e.deptype = 'e')`,
    )
    expect(open).toEqual([{ name: 'extensions.face_similarity', definer: false }])
  })

  test('nobody but services and signed-in people may call a function, and a definer function only to learn of themselves', async () => {
    const callable = await database.query<{ role: string; name: string; definer: boolean }>(
      `select r.rolname as role, p.proname as name, p.prosecdef as definer
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace, pg_roles r
       where n.nspname in ('public', 'private') and r.rolname in ('anon', 'authenticated')
         and has_function_privilege(r.oid, p.oid, 'execute')
       order by 1, 2`,
    )
    expect(callable.filter((f) => f.role === 'anon')).toEqual([])
    expect(callable.filter((f) => f.definer).map((f) => f.name)).toEqual([
      'current_staff_role',
      'has_account',
      'is_own_email',
      'is_suspended',
    ])
  })

  test('settings stand with the documented weights', async () => {
    const rows = await database.query<{ key: string; value: unknown }>(
      'select key, value from system_settings order by 1',
    )
    const settings = Object.fromEntries(rows.map((row) => [row.key, row.value]))
    expect(settings).toMatchObject({ matching_weights: defaultWeights, allow_non_edu_emails: true })
    expect(settings).toHaveProperty('match_threshold')
  })

  test('vector is in the schema extensions', () => {
    expect(schema.extensions).toContainEqual(
      expect.objectContaining({ name: 'vector', schema: 'extensions' }),
    )
  })
})
