import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inspectSchema, type SchemaInspection } from '../../core/database/inspect'
import { defaultWeights } from '../../core/model/weights'
import { engines, openSql, queryIn, type SqlDatabase } from '../factories/engines'

const schemas = ['public', 'private', 'semblance', 'auth', 'storage']
/** What an unfinished analysis left: no policy opens it to anybody. */
const servicesOnly = new Set(['job_checkpoints'])

/** Tables, columns, keys and indexes are held against the document in core/database/conformance/check.test.ts. */
describe.each(engines)('the schema on %s', (engine) => {
  let database: SqlDatabase
  let schema: SchemaInspection
  beforeAll(async () => {
    database = await openSql(engine)
    schema = await database.transact((tx) =>
      inspectSchema(async (text, values) => ({ rows: await queryIn(tx, text, values) }), schemas),
    )
  })
  afterAll(() => database.close())

  test('every table has row-level security; what is public has policies, one for each command that allows', () => {
    for (const table of schema.tables.filter(({ schema: home }) => home !== 'semblance')) {
      expect(table.row_level_security, `${table.schema}.${table.name}`).toBe(true)
      const commands = table.policies.filter((p) => p.permissive).map((policy) => policy.command)
      expect(new Set(commands).size, table.name).toBe(commands.length)
      if (table.schema === 'public' && !servicesOnly.has(table.name)) {
        expect(commands, table.name).toContain('select')
      }
    }
    expect(schema.tables.map((t) => t.schema)).toEqual(expect.arrayContaining(['auth', 'public', 'storage']))
  })

  test('no function runs with a search path that its caller may choose, but for those that must be inlined', async () => {
    const open = await database.query<{ name: string; definer: boolean }>(
      `select n.nspname || '.' || p.proname as name, p.prosecdef as definer
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where n.nspname in ('public', 'private', 'semblance', 'extensions')
         and not coalesce(p.proconfig @> array['search_path=""'], false)
         and not exists (select from pg_depend e where e.objid = p.oid and e.deptype = 'e')
       order by 1`,
    )
    expect(open).toEqual([
      { name: 'extensions.age_band', definer: false },
      { name: 'extensions.face_similarity', definer: false },
      { name: 'extensions.greatest_similarity', definer: false },
      { name: 'extensions.skin_tone_name', definer: false },
    ])
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
      'active_caller',
      // Of curators alone: import/publish.test.ts.
      'begin_import',
      'begin_import_undo',
      'claim_import_items',
      // Figures of all people, for staff alone: curation/coverage.test.ts.
      'count_people',
      'curates',
      'current_staff_role',
      'drop_import_item',
      'end_import',
      'end_import_undo',
      'forget_import_files',
      'has_account',
      'has_second_factor',
      'is_own_email',
      // Figures of all jobs, for staff alone: monitor/procedures.test.ts.
      'job_checkpoint',
      'job_parts',
      'own_faces',
      'publish_import_item',
      // Of curators alone: curation/trash.test.ts.
      'put_back_celebrity',
      // Of curators alone: core/models/further-photos.test.ts.
      'queue_photos',
      // Of the staff, and of those alone who may see what hangs on a match: removal.test.ts.
      'recompute_matches',
      'remove_matches',
      'take_celebrities',
      'undo_import_items',
      'undo_removal',
      // Who is not of the staff learns nothing by it: search.test.ts.
      'unmatchable',
      'watches_jobs',
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
})
