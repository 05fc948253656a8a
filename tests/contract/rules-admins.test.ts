import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { engines, openSql, queryIn, type SqlDatabase } from '../factories/engines'
import { callerOf, createRules, type RulePerson, type Rules } from '../factories/rules'

const lastAdmin = { code: '23514', constraint: 'semblance_last_admin' }

describe.each(engines)('the last admin on %s', (engine) => {
  let sql: SqlDatabase
  let rules: Rules
  let ada: RulePerson
  let bea: RulePerson
  beforeAll(async () => {
    sql = await openSql(engine)
    rules = createRules(sql)
    ada = await rules.staff('admin')
    bea = await rules.staff('admin')
  })
  afterAll(() => sql.close())
  beforeEach(async () => {
    await sql.query(`update profiles set role = 'admin' where id in ($1, $2)`, [ada.id, bea.id])
    await rules.suspend(bea, null)
  })
  const demote = (by: RulePerson, whom: RulePerson) =>
    rules.as(by, `update profiles set role = 'user' where id = $1 returning role`, [whom.id])
  const admins = () => sql.query<{ id: string }>(`select id from profiles where role = 'admin'`)

  test.each(['user', 'moderator', 'curator'])(
    'steps down to %s only while there is another',
    async (role) => {
      const stepDown = (who: RulePerson) =>
        rules.as(who, 'update profiles set role = $2 where id = $1 returning role', [who.id, role])
      expect(await stepDown(bea)).toEqual([{ role }])
      await expect(stepDown(ada)).rejects.toMatchObject({
        ...lastAdmin,
        message: 'This is the last admin: make somebody else an admin first.',
      })
      expect(await admins()).toEqual([{ id: ada.id }])
    },
  )

  test('is not removed', async () => {
    await demote(ada, bea)
    await expect(rules.as(ada, 'delete from profiles where id = $1', [ada.id])).rejects.toMatchObject(
      lastAdmin,
    )
  })

  test('is not made by demoting all at once', async () => {
    await expect(rules.as(ada, `update profiles set role = 'user'`)).rejects.toThrow(/admin/)
    expect(await admins()).toHaveLength(2)
  })

  test('is whoever can sign in: one who is suspended is no other', async () => {
    await rules.suspend(bea, 'infinity')
    await expect(demote(ada, ada)).rejects.toMatchObject(lastAdmin)
    expect(await demote(ada, bea)).toEqual([{ role: 'user' }])
  })

  test('is whoever can sign in: one whose account was deleted is no other', async () => {
    await sql.query('update auth.users set deleted_at = now() where id = $1', [bea.id])
    await expect(demote(ada, ada)).rejects.toMatchObject(lastAdmin)
    await sql.query('update auth.users set deleted_at = null where id = $1', [bea.id])
  })

  test('may change all else about themself', async () => {
    await demote(ada, bea)
    expect(
      await rules.as(ada, `update profiles set name = 'Ada', role = 'admin' where id = $1 returning name`, [
        ada.id,
      ]),
    ).toEqual([{ name: 'Ada' }])
  })

  test('is demoted by the service role, after which the host’s own machine makes one', async () => {
    await demote(ada, bea)
    await sql.database.asService((tx) =>
      tx.updateTable('profiles').set({ role: 'user' }).where('id', '=', ada.id).execute(),
    )
    expect(await admins()).toEqual([])
  })

  const untilTheOtherWaits = `do $$ begin
    while not exists (
      select from pg_locks join pg_database d on d.oid = database
      where d.datname = current_database() and locktype = 'advisory' and not granted
    ) loop perform pg_sleep(0.01); end loop;
  end $$`

  test.runIf(engine === 'postgres')('stays when two demote each other at once', async () => {
    const each = (by: RulePerson, whom: RulePerson) =>
      sql.database.asUser(callerOf(by), async (tx) => {
        await queryIn(tx, `update profiles set role = 'user' where id = $1`, [whom.id])
        await queryIn(tx, untilTheOtherWaits)
      })
    await Promise.allSettled([each(ada, bea), each(bea, ada)])
    expect(await admins()).toHaveLength(1)
  })
})
