import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { engines, openSql, queryIn, type SqlDatabase } from '../factories/engines'
import { createRules, type Rules } from '../factories/rules'
import { undone } from './permissions-probes'
import { addStaffRows } from './staff-rows'

const refused = { code: '42501' }
const broken = { code: '23514' }

describe.each(engines)('addresses, profiles and photos on %s', (engine) => {
  let sql: SqlDatabase
  let rules: Rules
  beforeAll(async () => {
    sql = await openSql(engine)
    rules = createRules(sql)
  })
  afterAll(() => sql.close())
  const allowAll = (value: boolean) =>
    sql.query(`update system_settings set value = $1 where key = 'allow_non_edu_emails'`, [String(value)])
  afterEach(() => allowAll(true))
  const signUp = (email: string | null) =>
    sql.query<{ id: string }>('insert into auth.users (email) values ($1) returning id', [email])

  test.each([
    ...['ada@mit.edu', 'ADA@MIT.EDU', 'a.b+c@mail.cs.mit.edu', 'ü@x-y.edu'].map(
      (email) => [email, true] as const,
    ),
    ...[
      ...[
        'ada@mit.edu.',
        'ada@mit.edu ',
        ' ada@mit.edu',
        'ada@mit.edu\n',
        'ada@mit.com',
        'ada@edu',
        'ada@.edu',
      ],
      ...[
        'ada@mitedu',
        'ada@mit.edu.au',
        'ada@mit.еdu',
        'ada@mit．edu',
        'ada@mit.edu\u200b',
        'ada@mit.ｅｄｕ',
      ],
      ...[
        'ada@\u212a.edu',
        'ada@evil.com@mit.edu',
        'ada@evil.com,ada@mit.edu ',
        'mit.edu',
        '@mit.edu',
        '',
        null,
      ],
      ...['ada@-mit.edu', 'ada@mit..edu', 'ada@evil.com?.edu', 'ada@evil.com/x.edu', 'ada@evil.com#.edu'],
    ].map((email) => [email, false] as const),
  ])('while only schools may: %j %j', async (email, allowed) => {
    const asked = `select private.may_use_email($1) as may`
    expect(await sql.query(asked, [email])).toEqual([{ may: true }])
    await allowAll(false)
    expect(await sql.query(asked, [email])).toEqual([{ may: allowed }])
    if (allowed) {
      const [{ id }] = await signUp(email)
      await sql.query('delete from auth.users where id = $1', [id])
    } else {
      await expect(signUp(email)).rejects.toMatchObject({
        ...broken,
        detail: 'email_address_not_authorized',
        message: 'Only addresses that end in .edu may sign up.',
      })
    }
  })

  test('an address changes only to one that may sign up; one of before stays', async () => {
    const [{ id }] = await signUp('ada@company.com')
    await allowAll(false)
    const change = (email: string) =>
      sql.query('update auth.users set email = $2 where id = $1 returning email', [id, email])
    await expect(change('ada@other.com')).rejects.toMatchObject(broken)
    expect(await change('Ada@company.com')).toHaveLength(1)
    expect(await change('ada@mit.edu')).toHaveLength(1)
    await expect(change('ada@company.com')).rejects.toMatchObject(broken)
    await sql.query('update auth.users set email = $2, deleted_at = now() where id = $1', [
      id,
      `${id}@deleted.invalid`,
    ])
  })

  test('nobody makes a profile with another’s address, a role, or after their account is gone', async () => {
    const [ada, bob] = [await rules.person(), await rules.person()]
    const make = (values: string, ...more: unknown[]) =>
      rules.as(ada, `insert into profiles (id, profile_type, ${values} returning 1`, [ada.id, ...more])
    await sql.query('delete from profiles where id = $1', [ada.id])
    await expect(make(`email) values ($1, 'user', $2)`, 'new@school.edu')).rejects.toMatchObject(refused)
    await expect(make(`email) values ($1, 'user', $2)`, bob.email)).rejects.toMatchObject(refused)
    await expect(make(`role) values ($1, 'user', 'admin')`)).rejects.toMatchObject(refused)
    await expect(make(`name) values ($1, 'celebrity', 'x')`)).rejects.toMatchObject(refused)
    await expect(make(`default_face_id) values ($1, 'user', $2)`, bob.face)).rejects.toMatchObject(broken)
    await expect(make(`name) values ($1, 'user', $2)`, 'x'.repeat(201))).rejects.toMatchObject(broken)
    expect(
      await make(
        `email, last_seen, updated_at) values ($1, 'user', $2, '2999-01-01', '2999-01-01')`,
        ada.email,
      ),
    ).toHaveLength(1)
    expect(
      await sql.query(
        'select last_seen <= now() as seen, updated_at <= now() as updated from profiles where id = $1',
        [ada.id],
      ),
    ).toEqual([{ seen: true, updated: true }])
    await sql.query('delete from auth.users where id = $1', [ada.id])
    await expect(make(`name) values ($1, 'user', 'Ghost')`)).rejects.toMatchObject(refused)
  })

  test('a default face is one of the own; seen is only who is here, and now', async () => {
    const [ada, bob, admin] = [await rules.person(), await rules.person(), await rules.staff('admin')]
    const update = (who: typeof ada, set: string) =>
      rules.as(who, `update profiles set ${set} where id = '${ada.id}' returning last_seen <= now() as past`)
    await expect(update(ada, `default_face_id = '${bob.face}'`)).rejects.toMatchObject(broken)
    await expect(update(admin, `default_face_id = '${bob.face}'`)).rejects.toMatchObject(broken)
    await expect(update(admin, 'last_seen = now()')).rejects.toMatchObject(refused)
    expect(await update(ada, `last_seen = '2999-01-01'`)).toEqual([{ past: true }])
    await expect(update(ada, `school = repeat('x', 201)`)).rejects.toMatchObject(broken)
    await expect(update(admin, `email = 'new@school.edu'`)).rejects.toMatchObject(refused)
  })

  test('a row of before the limits stays usable', async () => {
    const ada = await rules.person()
    await sql.query('alter table profiles disable trigger limit_text')
    await sql.query(`update profiles set school = repeat('x', 300) where id = $1`, [ada.id])
    await sql.query('alter table profiles enable trigger limit_text')
    const rename = `update profiles set name = 'B', school = school where id = $1 returning 1`
    expect(await rules.as(ada, rename, [ada.id])).toHaveLength(1)
  })

  test('a photo’s name is not given again while a face points at it, nor leads elsewhere', async () => {
    const [ada, bob] = [await rules.person(), await rules.person()]
    const put = (name: string) =>
      rules.as(ada, `insert into storage.objects (bucket_id, name) values ('faces', $1) returning 1`, [name])
    await expect(put(`${ada.id}/a.jpg`)).rejects.toMatchObject(refused)
    await sql.query('update faces set thumbnail_path = $2 where id = $1', [ada.face, `${ada.id}/t.webp`])
    await expect(put(`${ada.id}/t.webp`)).rejects.toMatchObject(refused)
    await expect(put(`${bob.id}/b.jpg`)).rejects.toMatchObject(refused)
    expect(await put(`${ada.id}/b.jpg`)).toHaveLength(1)
    for (const path of [
      `${ada.id}/../${bob.id}/a.jpg`,
      `${ada.id}/%2e%2e/${bob.id}/a.jpg`,
      `${ada.id}\\..\\${bob.id}\\a.jpg`,
      `${bob.id}/a.jpg?/${ada.id}/`,
      `${bob.id}/a.jpg#/${ada.id}/`,
    ]) {
      const add = 'insert into faces (profile_id, image_path) values ($1, $2) returning 1'
      await expect(rules.as(ada, add, [ada.id, path]), path).rejects.toMatchObject(refused)
    }
  })

  test('suspended, one reads what is one’s own and may only delete photos', async () => {
    const [ada, bob, admin] = [await rules.person(), await rules.person(), await rules.staff('admin')]
    await rules.connect(ada, bob)
    for (const person of [ada, admin]) await rules.suspend(person)
    // As where another client's migrations let everybody read.
    await sql.query('create policy anybody on public.profiles for update to authenticated using (true)')
    expect(await rules.as(ada, 'select id from profiles')).toEqual([{ id: ada.id }])
    expect(await rules.as(admin, 'select id from profiles')).toEqual([{ id: admin.id }])
    expect(await rules.as(ada, `update profiles set name = 'x' returning 1`)).toEqual([])
    expect(await rules.as(ada, 'select from mutual_connections')).toHaveLength(1)
    expect(await rules.as(ada, 'delete from faces returning id')).toEqual([{ id: ada.face }])
    await sql.query('drop policy anybody on public.profiles')
    await rules.suspend(ada, 'yesterday')
    expect(await rules.as(ada, `update profiles set name = 'x' returning 1`)).toHaveLength(1)
  })
})

describe.each(engines)('what a person leaves behind on %s', (engine) => {
  let sql: SqlDatabase
  let rules: Rules
  beforeAll(async () => {
    sql = await openSql(engine)
    rules = createRules(sql)
  })
  afterAll(() => sql.close())

  /** Single-column references to tables of ours, by the catalogue, and what a notification is about. */
  const references = () =>
    sql.query<{ child: string; column: string; parent: string; key: string; action: string }>(
      `select k.conrelid::regclass::text as child, a.attname as "column", k.confrelid::regclass::text as parent,
         f.attname as key, k.confdeltype::text as action
       from pg_constraint k
       join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
       join pg_attribute f on f.attrelid = k.confrelid and f.attnum = k.confkey[1]
       where k.contype = 'f' and k.connamespace::regnamespace::text in ('public', 'private')
       order by 1, 2`,
    )

  test('nothing, in any table that the catalogue knows', async () => {
    const [ada, bob] = [await rules.person(), await rules.person()]
    const connection = await rules.connect(ada, bob)
    const say = `insert into messages (connection_id, sender_id, content) values ($1, $2, 'x')`
    for (const person of [ada, bob]) await rules.as(person, say, [connection, person.id])
    await sql.query(
      `insert into babies (match_id, generated_by_profile_id, image_url) select id, $1, 'x' from matches`,
      [ada.id],
    )
    await sql.query('update mutual_connections set baby_id = (select id from babies)')
    await rules.as(ada, `update mutual_connections set status = 'blocked'`)
    await sql.query(`update system_settings set updated_by = $1 where key = 'match_limit'`, [ada.id])
    const [{ id: celebrity }] = await sql.query<{ id: string }>(
      `insert into celebrities (name, image_path) values ('Star', 'x') returning id`,
    )
    await sql.query(
      'insert into celebrity_matches (face_id, celebrity_id, similarity_score) values ($1, $2, 0.5)',
      [ada.face, celebrity],
    )
    const others = { other: bob.id, otherFace: bob.face, celebrity }
    await addStaffRows(sql, { person: ada.id, face: ada.face, ...others })
    const keys = await references()
    expect(keys.length).toBeGreaterThan(15)
    for (const { child, column, action } of keys) {
      const filled = await sql.query(`select from ${child} where ${column} is not null`)
      expect(filled.length, `${child}.${column} is filled, so that its rule is tried`).toBeGreaterThan(0)
      expect(['c', 'n'], `${child}.${column}`).toContain(action)
    }
    await rules.as(await rules.staff('admin'), 'delete from profiles where id = $1', [ada.id])
    for (const { child, column, parent, key } of keys) {
      const orphans = `select from ${child} c where c.${column} is not null
        and not exists (select from ${parent} p where p.${key} = c.${column})`
      expect(await sql.query(orphans), `${child}.${column}`).toEqual([])
      if (parent !== 'profiles' && parent !== 'public.profiles') continue
      expect(await sql.query(`select from ${child} where ${column} = $1`, [ada.id])).toEqual([])
    }
    // What Bob was told about Ada is about nothing any more.
    expect(await sql.query('select type from notifications where user_id = $1', [bob.id])).toEqual([])
  })

  test('every foreign key has an index that begins with its column', async () => {
    const missing = await sql.query(
      `select k.conrelid::regclass::text as child, k.conname
       from pg_constraint k
       where k.contype = 'f' and k.connamespace::regnamespace::text in ('public', 'private', 'semblance')
         and not exists (
           select from pg_index i where i.indrelid = k.conrelid
             -- Of those without the rows that point at nothing, which no key looks for.
             and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) ~ '^\\(\\w+ IS NOT NULL\\)$')
             and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
         )`,
    )
    expect(missing).toEqual([])
  })

  test('a role that another service made for itself writes as before', async () => {
    const [ada, bob] = [await rules.person(), await rules.person()]
    const connection = await rules.connect(ada, bob)
    await undone(sql, async (tx) => {
      const role = `semblance_test_service_${randomUUID().slice(0, 8)}`
      await queryIn(tx, `create role ${role} bypassrls`)
      await queryIn(tx, `grant usage on schema public to ${role}`)
      await queryIn(tx, `grant all on all tables in schema public to ${role}`)
      await queryIn(tx, `set local role ${role}`)
      for (const text of [
        `update profiles set name = 'Grace' where id = '${ada.id}'`,
        `update faces set quality_score = 0.9 where id = '${ada.face}'`,
        `update match_jobs set status = 'completed' where face_id = '${ada.face}'`,
        `insert into celebrities (name, image_path) values ('Star', 'x')`,
        `insert into messages (connection_id, sender_id, content) values ('${connection}', '${ada.id}', 'hi')`,
        'update messages set read_at = now()',
        `update notifications set title = 'x'`,
        `update reactions set reaction_type = 'like'`,
        `update mutual_connections set status = 'blocked'`,
        `update mutual_connections set status = 'active'`,
      ])
        await expect(queryIn(tx, text), text).resolves.toEqual([])
    })
  })

  test('an id that nobody has is not told from one that is not one’s own', async () => {
    const ada = await rules.person()
    const bob = await rules.person()
    for (const face of [bob.face, randomUUID()]) {
      expect(await rules.as(ada, 'delete from faces where id = $1 returning 1', [face])).toEqual([])
    }
  })
})
