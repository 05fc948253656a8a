import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestEngine, testEngines } from '../../tests/factories/database'
import { openEmpty } from '../../tests/factories/migrated'
import type { Engine } from './engine'
import { migrate, migrationStatus, migrationsHash } from './migrate'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'semblance-migrations-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const write = (name: string, text: string) => writeFileSync(join(directory, name), text)

describe.each(await testEngines())('migrations on %s', (kind) => {
  let engine: Engine
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ engine, close } = await openEmpty(kind))
  })
  afterEach(() =>
    engine.pool.query(
      'drop schema if exists semblance cascade; drop schema public cascade; create schema public',
    ),
  )
  afterAll(() => close())

  const tables = async () => {
    const { rows } = await engine.pool.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
    )
    return rows.map(({ name }) => name)
  }

  test('tables of our names that somebody else made are refused, with what helps', async () => {
    write('0001_first.sql', 'create table first (id int);')
    await engine.pool.query('create table profiles (id uuid); create table messages (id uuid)')
    await expect(migrate({ engine }, { directory })).rejects.toThrow(
      /\(messages, profiles\)\. Semblance needs these names/,
    )
    await engine.pool.query('create table faces (id uuid)')
    await expect(migrate({ engine }, { directory })).rejects.toThrow(/migrate --adopt/)
    expect(await tables()).toEqual(['faces', 'messages', 'profiles'])
  })

  test('run in order, once, each told of', async () => {
    write('0001_first.sql', 'create table first (id int); insert into first values (1);')
    write('0002_second.sql', 'create table second as select id from first;')
    const told: unknown[] = []
    const result = await migrate({ engine }, { directory, onProgress: (progress) => told.push(progress) })
    expect(result).toEqual({ applied: ['0001_first', '0002_second'], current: '0002_second' })
    expect(told).toEqual([
      { name: '0001_first', index: 0, total: 2 },
      { name: '0002_second', index: 1, total: 2 },
    ])
    expect(await migrate({ engine }, { directory })).toEqual({ applied: [], current: '0002_second' })
    expect(await migrationStatus({ engine }, { directory })).toEqual({
      current: '0002_second',
      pending: [],
      changed: [],
      unknown: [],
    })
  })

  test('one that fails leaves nothing, names its line, and goes on after it was mended', async () => {
    write('0001_first.sql', 'create table first (id int);')
    write('0002_second.sql', `-- ☂ counts as one\ncreate table second (id int);\nselct 1;`)
    await expect(migrate({ engine }, { directory })).rejects.toThrow(
      'The migration 0002_second, line 3 failed and left nothing behind',
    )
    expect(await tables()).toEqual(['first'])
    expect(await migrationStatus({ engine }, { directory })).toMatchObject({
      current: '0001_first',
      pending: ['0002_second'],
    })
    write('0002_second.sql', 'create table second (id int);')
    expect((await migrate({ engine }, { directory })).applied).toEqual(['0002_second'])
  })

  test('one that ends its transaction itself is refused', async () => {
    write('0001_first.sql', 'commit;')
    await expect(migrate({ engine }, { directory })).rejects.toThrow('ends its transaction itself')
    expect((await engine.pool.query('select 1 as ok')).rows).toEqual([{ ok: 1 }])
  })

  test('an edited one is refused by name; other line ends are no edit', async () => {
    write('0001_first.sql', 'create table first\n(id int);\n')
    await migrate({ engine }, { directory })
    write('0001_first.sql', 'create table first\r\n(id int);\r\n')
    await migrate({ engine }, { directory })
    write('0001_first.sql', 'create table first (id bigint);')
    await expect(migrate({ engine }, { directory })).rejects.toMatchObject({
      code: 'CONFLICT',
      data: { changed: ['0001_first'] },
    })
    expect(await migrationStatus({ engine }, { directory })).toMatchObject({ changed: ['0001_first'] })
  })

  test('a database that is newer is refused by name', async () => {
    write('0001_first.sql', 'create table first (id int);')
    write('0002_second.sql', 'create table second (id int);')
    await migrate({ engine }, { directory })
    rmSync(join(directory, '0002_second.sql'))
    await expect(migrate({ engine }, { directory })).rejects.toThrow('0002_second. Update Semblance.')
    expect(await migrationStatus({ engine }, { directory })).toMatchObject({ unknown: ['0002_second'] })
  })

  test('two hosts at once share the work', async () => {
    for (let number = 1; number <= 6; number += 1)
      write(`000${number}_t.sql`, `create table t${number} (id int);`)
    const results = await Promise.all([
      migrate({ engine }, { directory }),
      migrate({ engine }, { directory }),
    ])
    const applied = results.flatMap((result) => result.applied)
    expect(applied.sort()).toEqual([1, 2, 3, 4, 5, 6].map((number) => `000${number}_t`))
  })
})

test('gaps and strange names are refused before anything runs', async () => {
  write('0001_first.sql', 'select 1')
  write('0003_third.sql', 'select 1')
  await expect(migrationsHash(directory)).rejects.toThrow('0003_third.sql is not')
})

test('an engine that dies in the middle of one goes on where it stopped', async () => {
  const engine = await openTestEngine({ directory: join(directory, 'database') })
  write('0001_first.sql', 'create table first (id int);')
  write('0002_second.sql', 'create table second as select * from generate_series(1, 30000000);')
  let second: () => void = () => undefined
  const inSecond = new Promise<void>((resolve) => (second = resolve))
  const running = migrate({ engine }, { directory, onProgress: ({ index }) => index === 1 && second() })
  const failed = expect(running).rejects.toThrow('was stopped')
  await inSecond
  await sleep(300)
  await engine.crash()
  await failed
  write('0002_second.sql', 'create table second (id int);')
  const { applied } = await migrate({ engine }, { directory })
  expect(applied.at(-1)).toBe('0002_second')
  const { rows } = await engine.pool.query(
    'select (select count(*)::int from first) as a, (select count(*)::int from second) as b',
  )
  expect(rows).toEqual([{ a: 0, b: 0 }])
  await engine.close()
}, 120_000)
