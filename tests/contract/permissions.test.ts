import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines, openSql, queryIn, type SqlDatabase } from '../factories/engines'
import { actors, permissions } from './permissions'
import { printPermissions } from './permissions-document'
import { actorOf, fillForPermissions, lineOf, type Fixture, type Person } from './permissions-fixture'
import { callable } from './permissions-functions'
import {
  callers,
  listRelations,
  mayByMatrix,
  mayChange,
  meant,
  outcome,
  probe,
  undone,
  type Relation,
} from './permissions-probes'

const documentPath = join(import.meta.dirname, '../../docs/permissions.md')

describe.each(engines)('who may do what on %s', (engine) => {
  let database: SqlDatabase
  let fixture: Fixture
  let relations: Relation[]
  beforeAll(async () => {
    database = await openSql(engine)
    fixture = await fillForPermissions(database)
    relations = await listRelations(database)
  })
  afterAll(() => database.close())

  const cellOf = (relation: Relation, command: 'select' | 'insert' | 'delete', caller: Person | null) =>
    lineOf(relation.name)![command][actors.indexOf(caller ? actorOf[caller] : 'anon')]
  const closed = (relation: Relation) => !(relation.name in permissions)
  const only = ({ name }: Relation) =>
    name.includes(': ') ? ` and bucket_id = '${name.split(': ')[1]}'` : ''

  test('every relation has a line, and every line a relation with rows', () => {
    expect(relations.filter(({ name }) => !lineOf(name)).map(({ name }) => name)).toEqual([])
    const there = new Set(relations.map(({ name }) => name))
    for (const name of Object.keys(permissions).filter((line) => !line.endsWith('.*'))) {
      expect(there, name).toContain(name)
      expect(fixture.rows[name].length, name).toBeGreaterThan(0)
    }
  })

  test('select', { timeout: 240_000 }, async () => {
    await undone(database, async (tx) => {
      for (const relation of relations) {
        for (const caller of callers) {
          const key = closed(relation) ? '1' : `${relation.key}::text`
          const text = `select ${key} as key from ${relation.table} where true${only(relation)}`
          const seen = outcome(await probe(tx, fixture.ids, caller, text))
          const expected = meant(
            cellOf(relation, 'select', caller),
            fixture.rows[relation.name] ?? [],
            caller,
          )
          expect(seen, `${caller} selects from ${relation.name}`).toEqual(expected)
        }
      }
    })
  })

  test('delete', { timeout: 240_000 }, async () => {
    await undone(database, async (tx) => {
      // The last admin could not be removed by anybody.
      const [{ id }] = await queryIn(
        tx,
        `insert into auth.users (email) values ('second@school.edu') returning id`,
      )
      await queryIn(tx, `update profiles set role = 'admin' where id = $1`, [id])
      for (const relation of relations) {
        const rows = fixture.rows[relation.name] ?? []
        for (const caller of callers) {
          const expected = meant(cellOf(relation, 'delete', caller), rows, caller)
          for (const { key } of closed(relation) ? [{ key: '' }] : rows) {
            const where = closed(relation) ? 'true' : `${relation.key}::text = '${key}'`
            const returned = closed(relation) ? '1' : `${relation.key}::text`
            const gone = outcome(
              await probe(
                tx,
                fixture.ids,
                caller,
                `delete from ${relation.table} where ${where} returning ${returned} as key`,
              ),
            )
            const wanted = expected === 'refused' ? expected : expected.filter((other) => other === key)
            expect(gone, `${caller} deletes ${key} of ${relation.name}`).toEqual(wanted)
          }
        }
      }
    })
  })

  test('insert', { timeout: 240_000 }, async () => {
    await undone(database, async (tx) => {
      for (const relation of relations) {
        for (const caller of callers) {
          const cell = cellOf(relation, 'insert', caller)
          for (const owner of ['self', 'other'] as const) {
            const row = closed(relation) ? {} : fixture.newRow(relation.name, caller ?? 'eve', owner)
            if (!row) continue
            const names = Object.keys(row)
            const values =
              names.length > 0
                ? `(${names.join()}) values (${names.map((_, i) => `$${i + 1}`).join()})`
                : 'default values'
            const made = outcome(
              await probe(
                tx,
                fixture.ids,
                caller,
                `insert into ${relation.table} ${values} returning 1 as key`,
                Object.values(row),
                relation.name === 'public.profiles'
                  ? `delete from profiles where id = '${String(row['id'])}'`
                  : undefined,
              ),
            )
            const may = cell === 'all' || (cell === 'own' && owner === 'self')
            expect(made, `${caller} inserts ${owner} into ${relation.name}`).toEqual(may ? ['1'] : 'refused')
          }
        }
      }
    })
  })

  test('update, column by column, of an own row and of somebody else’s', { timeout: 240_000 }, async () => {
    await undone(database, async (tx) => {
      for (const relation of relations) {
        for (const caller of callers) {
          const rows = fixture.rows[relation.name] ?? []
          const isOwn = ({ owners, updaters }: (typeof rows)[number]) =>
            caller !== null && (updaters ?? owners).includes(caller)
          const targets = [rows.find(isOwn), rows.find((row) => !isOwn(row))]
          for (const row of targets) {
            if (!row || closed(relation)) continue
            for (const column of relation.columns) {
              const changed = await mayChange(tx, fixture, caller, relation, column, row)
              const expected = mayByMatrix(relation, caller, column.name, row)
              expect(
                changed,
                `${caller} changes ${relation.name}.${column.name} of ${row.owners.join() || 'nobody'}`,
              ).toBe(expected)
            }
          }
          if (!closed(relation)) continue
          const [{ name }] = relation.columns
          const text = `update ${relation.table} set ${name} = ${name}`
          expect(await probe(tx, fixture.ids, caller, text), `${caller} updates ${relation.name}`).toBe(
            '42501',
          )
        }
      }
    })
  })

  test('functions', async () => {
    const found = await database.query<{ name: string; roles: string[] }>(
      `select n.nspname || '.' || p.proname as name, array_agg(distinct r.rolname::text order by r.rolname::text) as roles
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       cross join (values ('anon'), ('authenticated')) as r(rolname)
       where n.nspname !~ '^(pg_|information_schema$)' and has_function_privilege(r.rolname, p.oid, 'execute')
         and not exists (select from pg_depend e where e.objid = p.oid and e.deptype = 'e')
       group by 1 order by 1`,
    )
    expect(Object.fromEntries(found.map(({ name, roles }) => [name, roles]))).toEqual(callable)
  })
})

test('docs/permissions.md says the same', async () => {
  const printed = await format(printPermissions(), {
    ...(await resolveConfig(documentPath)),
    parser: 'markdown',
  })
  if (process.env['SEMBLANCE_WRITE_DOCS'] === '1') await writeFile(documentPath, printed)
  expect(await readFile(documentPath, 'utf8')).toBe(printed)
})
