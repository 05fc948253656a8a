import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines, openSql, queryIn, type SqlDatabase } from '../factories/engines'
import { callerOf, createRules, type RulePerson, type Rules } from '../factories/rules'

const refused = { code: '42501' }

/** What PostgREST lets its clients write, and what SQL injected into a caller's transaction could. */
describe.each(engines)('hostile callers on %s', (engine) => {
  let sql: SqlDatabase
  let rules: Rules
  let ada: RulePerson, bob: RulePerson, eve: RulePerson, admin: RulePerson, curator: RulePerson
  let match: string
  beforeAll(async () => {
    sql = await openSql(engine)
    rules = createRules(sql)
    ada = await rules.person('Ada')
    bob = await rules.person('Bob')
    eve = await rules.person('Eve')
    admin = await rules.staff('admin')
    curator = await rules.staff('curator')
    await rules.connect(ada, bob)
    match = (await sql.query<{ id: string }>('select id from matches'))[0].id
  })
  afterAll(() => sql.close())

  test('returning gives nothing of a row that one may not see', async () => {
    for (const text of [
      `update profiles set name = 'x' where id = '${bob.id}' returning *`,
      `delete from faces where profile_id = '${bob.id}' returning *`,
      `with gone as (delete from reactions returning *) select * from gone where user_profile_id <> '${eve.id}'`,
      `update messages set read_at = now() returning content`,
      `select * from profiles p right join (select '${bob.id}'::uuid as id) x using (id) where p.email is not null`,
    ]) {
      expect(await rules.as(eve, text), text).toEqual([])
    }
  })

  test('an upsert is no way around: not to another’s row, and not to what an update would refuse', async () => {
    const upsert = (who: RulePerson, id: string, set: string) =>
      rules.as(
        who,
        `insert into profiles (id, profile_type, name) values ($1, 'user', 'x')
         on conflict (id) do update set ${set} returning 1`,
        [id],
      )
    await expect(upsert(ada, bob.id, `name = 'x'`)).rejects.toMatchObject(refused)
    await expect(upsert(ada, ada.id, `role = 'admin'`)).rejects.toMatchObject(refused)
    await expect(upsert(ada, ada.id, `email = 'x@y.edu'`)).rejects.toMatchObject(refused)
    expect(await upsert(ada, ada.id, 'name = excluded.name')).toHaveLength(1)
    const react = `insert into reactions (user_profile_id, match_id, reaction_type) values ($1, $2, 'like')
      on conflict (match_id, user_profile_id, reaction_type) do update set user_profile_id = $3 returning 1`
    await expect(rules.as(ada, react, [ada.id, match, bob.id])).rejects.toMatchObject(refused)
    await expect(rules.as(ada, react, [bob.id, match, ada.id])).rejects.toMatchObject(refused)
  })

  test('no row gets another key, or another owner', async () => {
    const tries: [RulePerson, string][] = [
      [ada, `update profiles set id = gen_random_uuid() where id = '${ada.id}'`],
      [admin, `update profiles set id = gen_random_uuid() where id = '${bob.id}'`],
      [ada, `update reactions set user_profile_id = '${bob.id}'`],
      [ada, 'update reactions set id = gen_random_uuid()'],
      [ada, `update notifications set user_id = '${bob.id}'`],
      [ada, `update mutual_connections set profile_a_id = '${eve.id}'`],
      [curator, `update faces set profile_id = '${eve.id}' where profile_id = '${ada.id}'`],
      [curator, `update match_jobs set user_id = '${eve.id}'`],
      [curator, `insert into match_jobs (face_id, user_id) values ('${ada.face}', '${eve.id}')`],
      [admin, `update system_settings set key = 'x' where key = 'match_threshold'`],
    ]
    for (const [who, text] of tries) await expect(rules.as(who, text), text).rejects.toMatchObject(refused)
  })

  test('column grants hold: a photo without measurements, a message without a time, nobody’s notification', async () => {
    const tries = [
      `insert into faces (profile_id, image_path, quality_score) values ('${ada.id}', '${ada.id}/b.jpg', 1)`,
      `insert into faces (profile_id, image_path, thumbnail_path) values ('${ada.id}', '${ada.id}/b.jpg', 'x')`,
      `insert into messages (connection_id, sender_id, content, created_at)
         select id, '${ada.id}', 'x', '2001-01-01' from mutual_connections`,
      `insert into notifications (user_id, type, title) values ('${bob.id}', 'mutual_match', 'x')`,
      `update notifications set title = 'x'`,
      `truncate profiles`,
      `create trigger t after insert on profiles for each row execute function private.notify_change()`,
      `alter table profiles disable row level security`,
      `create table public.mine (id integer)`,
      `create function private.current_staff_role() returns text language sql as $$ select 'admin' $$`,
    ]
    for (const text of tries) {
      await expect(rules.as(ada, text), text).rejects.toMatchObject(refused)
    }
    expect(await rules.as(ada, 'update faces set quality_score = 1 returning 1')).toEqual([])
    expect(await sql.query('select from notifications where title = $1', ['x'])).toEqual([])
  })

  test('a caller stays who they are: no service role, no owner, no other database role', async () => {
    for (const role of ['service_role', 'postgres', 'none']) {
      const became = await rules
        .as(ada, `select set_config('role', '${role}', true) as role`)
        .then(async () =>
          sql.database.asUser(callerOf(ada), async (tx) => {
            await queryIn(tx, `select set_config('role', $1, true)`, [role])
            return queryIn(tx, `select from profiles where id = $1`, [bob.id])
          }),
        )
        .catch(() => 'refused')
      // On a server the login of callers has no such role; what it has instead sees nothing of anybody.
      if (engine === 'postgres') expect(['refused', []], role).toContainEqual(became)
    }
  })

  test('a function or a table of the same name in front of the search path bends nothing', async () => {
    await sql.database.asUser(callerOf(eve), async (tx) => {
      const temporary = await queryIn<{ may: boolean }>(
        tx,
        `select has_database_privilege(current_database(), 'temporary') as may`,
      )
      if (temporary[0].may) {
        await queryIn(tx, `create temporary table profiles (id uuid, role text)`)
        await queryIn(tx, `insert into pg_temp.profiles values ($1, 'admin')`, [eve.id])
        await queryIn(tx, `create temporary table users (id uuid, banned_until timestamptz)`)
        await queryIn(
          tx,
          `create function pg_temp.current_staff_role() returns text language sql as $$ select 'admin' $$`,
        )
        await queryIn(
          tx,
          `create function pg_temp.uid() returns uuid language sql as $$ select '${ada.id}'::uuid $$`,
        )
      }
      await queryIn(tx, 'set local search_path = pg_temp, private, auth, public')
      expect(await queryIn(tx, 'select id from public.profiles')).toEqual([{ id: eve.id }])
      expect(await queryIn(tx, 'select private.current_staff_role() as role')).toEqual([{ role: null }])
      expect(await queryIn(tx, `select from public.faces where profile_id = $1`, [ada.id])).toEqual([])
    })
  })

  test('metadata of the account and claims of the token make nobody staff', async () => {
    const id = randomUUID()
    await sql.query(
      `insert into auth.users (id, email, raw_user_meta_data, raw_app_meta_data)
       values ($1, $2, '{"role": "admin"}', '{"role": "admin"}')`,
      [id, `${id}@school.edu`],
    )
    const caller = callerOf({ id, email: '' })
    const claims = { ...caller.claims, user_metadata: { role: 'admin' }, app_metadata: { role: 'admin' } }
    const seen = await sql.database.asUser({ ...caller, claims }, (tx) =>
      queryIn(tx, 'select id from profiles'),
    )
    expect(seen).toEqual([{ id }])
  })

  test('a suspended admin is nobody, until the suspension ends', async () => {
    const count = async () => (await rules.as(admin, 'select from profiles')).length
    expect(await count()).toBeGreaterThan(1)
    await rules.suspend(admin)
    expect(await count()).toBe(1)
    await rules.suspend(admin, null)
    expect(await count()).toBeGreaterThan(1)
  })
})
