import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEmptyDatabase, openTestEngine, testEngines } from '../../tests/factories/database'
import { openServer } from './server'
import type { Engine } from './engine'
import { guardPool } from './pool'

async function open(kind: Engine['kind']): Promise<{ engine: Engine; close: () => Promise<void> }> {
  if (kind === 'pglite') {
    const engine = await openTestEngine({ waitTimeoutMs: 500 })
    return { engine, close: () => engine.close() }
  }
  const empty = await createEmptyDatabase()
  const engine = await openServer(empty.url, { connections: 1 })
  return {
    engine,
    async close() {
      await engine.close()
      await empty.drop()
    },
  }
}

describe.each(await testEngines())('pool on %s', (kind) => {
  let engine: Engine
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ engine, close } = await open(kind))
  })
  afterAll(() => close())

  test('a client given back inside a transaction is rolled back', async () => {
    const pool = guardPool(engine.pool)
    await engine.pool.query('create table kept (id int)')
    const client = await pool.connect()
    await client.query('begin', [])
    await client.query('insert into kept values (1)', [])
    client.release()
    const { rows } = await engine.pool.query('select * from kept')
    expect(rows).toEqual([])
  })

  test('so is one whose transaction had failed', async () => {
    const pool = guardPool(engine.pool)
    const client = await pool.connect()
    await client.query('begin', [])
    await expect(client.query('select 1/0', [])).rejects.toMatchObject({ code: '22012' })
    client.release()
    expect((await engine.pool.query('select 1 as ok')).rows).toEqual([{ ok: 1 }])
  })

  test('a client that was given back answers no more', async () => {
    const client = await guardPool(engine.pool).connect()
    client.release()
    await expect(client.query('select 1', [])).rejects.toThrow('after its transaction had ended')
  })

  test('callers get the connection in the order they came', async () => {
    const first = await engine.pool.connect()
    const order: number[] = []
    const others = [1, 2, 3, 4].map(async (number) => {
      const client = await engine.pool.connect()
      order.push(number)
      client.release()
    })
    first.release()
    await Promise.all(others)
    expect(order).toEqual([1, 2, 3, 4])
  })

  test('errors carry the fields of PostgreSQL, and the connection goes on', async () => {
    const { pool } = engine
    await pool.query(
      'create table named (id int constraint named_key primary key, size int check (size > 0))',
    )
    await pool.query('insert into named values ($1, $2)', [1, 1])
    await expect(pool.query('insert into named values ($1, $2)', [1, 1])).rejects.toMatchObject({
      code: '23505',
      constraint: 'named_key',
      table: 'named',
      schema: 'public',
      detail: 'Key (id)=(1) already exists.',
    })
    await expect(pool.query('select $1::int', ['many'])).rejects.toMatchObject({ code: '22P02' })
    await expect(pool.query('selct 1')).rejects.toMatchObject({ code: '42601', position: '1' })
    await expect(pool.query('select $1::int, $2::int', [1])).rejects.toMatchObject({ code: '08P01' })
    const failure = await pool.query('select 1; selct 2').catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(pg.DatabaseError)
    expect((await pool.query('select count(*)::int as n from named')).rows).toEqual([{ n: 1 }])
  })

  test('commands and row counts are those of pg', async () => {
    const { pool } = engine
    await pool.query('create table counted (id int)')
    expect(await pool.query('insert into counted select generate_series(1, 7)')).toMatchObject({
      command: 'INSERT',
      rowCount: 7,
    })
    expect(await pool.query('update counted set id = id + 1 where id > $1', [5])).toMatchObject({
      command: 'UPDATE',
      rowCount: 2,
    })
    expect(await pool.query('delete from counted')).toMatchObject({ command: 'DELETE', rowCount: 7 })
  })
})

test('whoever waits too long for the embedded connection is told that it is busy', async () => {
  const { engine, close } = await open('pglite')
  const held = await engine.pool.connect()
  await expect(guardPool(engine.pool).connect()).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringContaining('busy') as string,
  })
  held.release()
  await close()
})

test.skipIf(!(await testEngines()).includes('postgres'))(
  'a connection that does not answer in time is ended, and told of before',
  async () => {
    const { engine, close } = await open('postgres')
    let told = 0
    const limits = { beginMs: 5_000, answerMs: 1_500, slowMs: 500, onSlow: () => (told += 1) }
    const client = await guardPool(engine.pool, limits).connect()
    await client.query('begin', [])
    await expect(client.query('select pg_sleep(20)', [])).rejects.toThrow('Connection terminated')
    client.release()
    expect(told).toBe(1)
    expect((await engine.pool.query('select 1 as ok')).rows).toEqual([{ ok: 1 }])
    await close()
  },
)
