import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { engines, openSql, type SqlDatabase } from '../factories/engines'
import { createRules, type RulePerson, type Rules } from '../factories/rules'

const refused = { code: '42501' }

describe.each(engines)('blocks and messages on %s', (engine) => {
  let sql: SqlDatabase
  let rules: Rules
  let ada: RulePerson, bob: RulePerson, eve: RulePerson, moderator: RulePerson
  let connection: string
  beforeAll(async () => {
    sql = await openSql(engine)
    rules = createRules(sql)
    eve = await rules.person('Eve')
    moderator = await rules.staff('moderator')
  })
  afterAll(() => sql.close())
  beforeEach(async () => {
    ada = await rules.person('Ada')
    bob = await rules.person('Bob')
    connection = await rules.connect(ada, bob)
  })

  const setStatus = (person: RulePerson, status: string) =>
    rules.as(person, 'update mutual_connections set status = $2 where id = $1 returning status, blocked_by', [
      connection,
      status,
    ])
  const say = (person: RulePerson, content = 'hi', type = 'text') =>
    rules.as(
      person,
      `insert into messages (connection_id, sender_id, content, message_type) values ($1, $2, $3, $4) returning id`,
      [connection, person.id, content, type],
    )
  const unreadOf = (person: RulePerson) =>
    sql.query(
      `select related_id, message from notifications
       where user_id = $1 and type = 'new_message' and read_at is null`,
      [person.id],
    )

  test('only who blocked, or a moderator, lifts a block; it is kept who blocked', async () => {
    expect(await setStatus(ada, 'blocked')).toEqual([{ status: 'blocked', blocked_by: ada.id }])
    for (const status of ['active', 'archived']) {
      await expect(setStatus(bob, status)).rejects.toMatchObject(refused)
    }
    // Blocking what is blocked already does not make it one's own.
    await setStatus(bob, 'blocked')
    await expect(setStatus(bob, 'active')).rejects.toMatchObject(refused)
    expect(await setStatus(ada, 'active')).toEqual([{ status: 'active', blocked_by: null }])
    await setStatus(bob, 'blocked')
    await expect(setStatus(ada, 'archived')).rejects.toMatchObject(refused)
    expect(await setStatus(moderator, 'active')).toEqual([{ status: 'active', blocked_by: null }])
    expect(await setStatus(moderator, 'blocked')).toEqual([{ status: 'blocked', blocked_by: moderator.id }])
    for (const person of [ada, bob]) await expect(setStatus(person, 'active')).rejects.toMatchObject(refused)
  })

  test('nobody writes blocked_by, and a block of before the rule is for moderators to lift', async () => {
    await expect(
      rules.as(ada, 'update mutual_connections set blocked_by = null where id = $1', [connection]),
    ).rejects.toMatchObject(refused)
    await sql.query(`update mutual_connections set status = 'blocked' where id = $1`, [connection])
    await expect(setStatus(ada, 'active')).rejects.toMatchObject(refused)
    expect(await setStatus(moderator, 'active')).toHaveLength(1)
  })

  test('a connection that is not active takes no message of any kind, from nobody', async () => {
    await setStatus(ada, 'blocked')
    for (const type of ['text', 'image', 'icebreaker']) {
      for (const person of [ada, bob, moderator]) {
        await expect(say(person, 'x', type)).rejects.toMatchObject(refused)
      }
    }
    const asService = sql.query(
      `insert into messages (connection_id, sender_id, content) values ($1, $2, 'x')`,
      [connection, bob.id],
    )
    await expect(asService).rejects.toMatchObject(refused)
    await setStatus(ada, 'archived')
    await expect(say(bob)).rejects.toMatchObject(refused)
    await setStatus(bob, 'active')
    expect(await say(bob)).toHaveLength(1)
  })

  test('one of the two writes, under their own name, and not nothing or a book', async () => {
    await expect(say(eve)).rejects.toMatchObject(refused)
    await expect(say(moderator)).rejects.toMatchObject(refused)
    await expect(
      rules.as(ada, `insert into messages (connection_id, sender_id, content) values ($1, $2, 'x')`, [
        connection,
        bob.id,
      ]),
    ).rejects.toMatchObject(refused)
    for (const content of ['', ' \n\t ', 'x'.repeat(10_001)]) {
      await expect(say(ada, content)).rejects.toMatchObject({ code: '23514' })
    }
    expect(await say(ada, 'x'.repeat(10_000))).toHaveLength(1)
  })

  test('only the recipient marks a message, once, and not in the future', async () => {
    const [{ id }] = await say(ada)
    const read = (person: RulePerson, at: string) =>
      rules.as(
        person,
        `update messages set read_at = $2::timestamptz where id = $1
         returning read_at <= now() as past, read_at = $2::timestamptz as kept`,
        [id, at],
      )
    for (const person of [ada, eve, moderator]) expect(await read(person, '2001-01-01')).toEqual([])
    expect(await read(bob, '2999-01-01')).toEqual([{ past: true, kept: false }])
    expect(await read(bob, '2001-01-01')).toEqual([{ past: true, kept: false }])
    await rules.as(bob, 'update messages set read_at = null where id = $1', [id])
    expect(await sql.query('select read_at is null as unread from messages where id = $1', [id])).toEqual([
      { unread: false },
    ])
  })

  test('what was said stays said, also where a client has the right to every column', async () => {
    const [{ id }] = await say(ada)
    const edit = `update messages set content = 'other' where id = $1`
    for (const person of [ada, bob, moderator]) {
      await expect(rules.as(person, edit, [id])).rejects.toMatchObject(refused)
    }
    await sql.query('grant update on messages to authenticated')
    await expect(rules.as(bob, edit, [id])).rejects.toMatchObject({
      ...refused,
      constraint: 'semblance_keep_columns',
    })
    await sql.query('revoke update on messages from authenticated')
    await sql.query('grant update (read_at) on messages to authenticated')
  })

  test('however much somebody writes, there is one unread notification of the connection', async () => {
    await say(ada)
    const [{ id: second }] = await say(ada)
    expect(await unreadOf(bob)).toEqual([{ related_id: second, message: 'Ada wrote to you.' }])
    expect(await unreadOf(ada)).toEqual([])
    await rules.as(bob, 'update notifications set read_at = now()')
    const [{ id: third }] = await say(ada)
    expect(await unreadOf(bob)).toMatchObject([{ related_id: third }])
    await say(bob)
    expect(await unreadOf(ada)).toHaveLength(1)
    const other = await rules.connect(bob, eve)
    await rules.as(eve, `insert into messages (connection_id, sender_id, content) values ($1, $2, 'x')`, [
      other,
      eve.id,
    ])
    expect(await unreadOf(bob)).toHaveLength(2)
  })

  test.runIf(engine === 'postgres')('also where the messages come at the same moment', async () => {
    await Promise.all(Array.from({ length: 20 }, () => say(ada)))
    expect(await unreadOf(bob)).toHaveLength(1)
  })
})
