import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { buildProgram, type BuiltProgram } from '../../tests/factories/child'
import { databaseWorkerEntry, openTestEngine } from '../../tests/factories/database'
import type { EmbeddedDatabase, EmbeddedDatabaseState } from './database'

// Starting an engine takes a second of computing, and these tests do it twenty times.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

describe('in memory', () => {
  let engine: EmbeddedDatabase
  beforeAll(async () => {
    engine = await openTestEngine()
  })
  afterAll(() => engine.close())

  test('extensions can be created, and vectors compared', async () => {
    await engine.pool.query(`create schema extensions; create extension vector schema extensions;
      create extension pgcrypto; create extension "uuid-ossp"; create extension pg_trgm; create extension pg_stat_statements`)
    const { rows } = await engine.pool.query(
      `select '[1,0]'::extensions.vector operator(extensions.<=>) '[0,1]' as distance, similarity('anna', 'anne') > 0.4 as alike`,
    )
    expect(rows).toEqual([{ distance: 1, alike: true }])
  })

  test('notifications arrive at commit, not before, and not after unlisten', async () => {
    const heard: (string | null)[] = []
    const stop = await engine.listen('Odd "name"', (payload) => heard.push(payload))
    const client = await engine.pool.connect()
    const notify = (payload: string) => client.query(`select pg_notify('Odd "name"', $1)`, [payload])
    await client.query('begin')
    await notify('rolled back')
    await client.query('rollback')
    await client.query('begin')
    await notify('kept')
    expect(heard).toEqual([])
    await client.query('commit')
    expect(heard).toEqual(['kept'])
    client.release()
    await stop()
    await engine.pool.query(`select pg_notify('Odd "name"', 'late')`)
    expect(heard).toEqual(['kept'])
  })

  test('a new connection finds nothing of the last one, and still hears', async () => {
    const heard: (string | null)[] = []
    const stop = await engine.listen('still', (payload) => heard.push(payload))
    await engine.pool.query('create role somebody')
    const client = await engine.pool.connect()
    await client.query(`set role somebody; set search_path to nowhere`)
    await client.query('begin')
    client.release(true)
    const { rows } = await engine.pool.query(
      `select current_user::text as who, current_setting('search_path') as path, current_setting('max_stack_depth') as depth`,
    )
    expect(rows).toEqual([{ who: 'postgres', path: 'public', depth: '100kB' }])
    await engine.pool.query(`notify still, 'yes'`)
    expect(heard).toEqual(['yes'])
    await stop()
  })

  test.each([
    ['nested JSON', `select (repeat('[', 200000) || repeat(']', 200000))::jsonb`],
    ['a nested expression', `select ${'('.repeat(20_000)}1${')'.repeat(20_000)}`],
    ['a long sum', `select ${'1+'.repeat(20_000)}1`],
    ['endless recursion', 'select endless(1)'],
  ])('%s ends in an error, and the database goes on', async (_what, text) => {
    await engine.pool.query(
      `create or replace function endless(i int) returns int language plpgsql as $$ begin return endless(i + 1); end $$`,
    )
    await expect(engine.pool.query(text)).rejects.toMatchObject({
      code: expect.stringMatching(/^(54001|42601)$/) as string,
    })
    await engine.check()
  })

  test('a dump starts another', async () => {
    const home = mkdtempSync(join(tmpdir(), 'semblance-dump-'))
    const template = join(home, 'template.tar')
    await engine.pool.query('create table dumped as select 42 as answer')
    writeFileSync(template, await engine.dump())
    const copy = await openTestEngine({ template })
    expect((await copy.pool.query('select answer from dumped')).rows).toEqual([{ answer: 42 }])
    await copy.pool.query('drop table dumped')
    expect((await engine.pool.query('select answer from dumped')).rows).toEqual([{ answer: 42 }])
    await copy.close()
    rmSync(home, { recursive: true })
  })

  test('one that stops is lost, and says so', async () => {
    const states: EmbeddedDatabaseState[] = []
    const lost = await openTestEngine({ onState: (state) => states.push(state) })
    await lost.crash()
    await vi.waitFor(() => expect(states.map(({ state }) => state)).toEqual(['failed']))
    await expect(lost.pool.query('select 1')).rejects.toThrow('stopped and was not started again')
    await lost.close()
  })
})

describe('in a directory', () => {
  let fresh: string
  let home: string
  let states: EmbeddedDatabaseState[]
  beforeAll(async () => {
    fresh = mkdtempSync(join(tmpdir(), 'semblance-database-'))
    await (await openTestEngine({ directory: join(fresh, 'database') })).close()
  })
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'semblance-database-'))
    cpSync(fresh, home, { recursive: true })
    states = []
  })
  afterAll(() => rmSync(fresh, { recursive: true }))
  afterEach(() => rmSync(home, { recursive: true, force: true }))

  const open = (options: { queryTimeoutMs?: number } = {}) =>
    openTestEngine({ directory: join(home, 'database'), onState: (state) => states.push(state), ...options })

  const isBack = () =>
    vi.waitFor(() => expect(states.at(-1)?.state).toBe('ready'), { timeout: 90_000, interval: 20 })

  test('a thread that dies fails what waits, is started again, and has what was committed', async () => {
    const engine = await open()
    const heard: (string | null)[] = []
    await engine.listen('news', (payload) => heard.push(payload))
    await engine.pool.query('create table kept (n int)')
    await engine.pool.query('insert into kept values (1)')
    const client = await engine.pool.connect()
    await client.query('begin; insert into kept values (2)')
    const running = client.query('select count(*) from generate_series(1, 30000000)')
    const waiting = engine.pool.query('select 1')
    const failed = expect(running).rejects.toThrow('was stopped')
    await sleep(200)
    await engine.crash()
    await failed
    client.release()
    expect((await waiting).rows).toHaveLength(1)
    await isBack()
    expect(states.map(({ state }) => state)).toEqual(['restarting', 'ready'])
    expect(heard).toEqual([null])
    expect((await engine.pool.query('select n from kept')).rows).toEqual([{ n: 1 }])
    await engine.pool.query(`notify news, 'again'`)
    expect(heard).toEqual([null, 'again'])
    await engine.close()
    expect(states.at(-1)?.state).toBe('closed')
    await engine.close()
  })

  test('a query that never ends is ended by the time limit', async () => {
    const engine = await open({ queryTimeoutMs: 8_000 })
    await expect(engine.pool.query('select count(*) from generate_series(1, 100000000000)')).rejects.toThrow(
      'gave no answer for 8 s',
    )
    await isBack()
    await engine.check()
    await engine.close()
  })

  test('one that stops again and again is given up', async () => {
    const engine = await open()
    for (let crash = 1; crash <= 4; crash += 1) {
      await engine.crash()
      if (crash < 4) await vi.waitFor(() => expect(states).toHaveLength(crash * 2), { timeout: 90_000 })
    }
    await vi.waitFor(() => expect(states.at(-1)?.state).toBe('failed'))
    await expect(engine.pool.query('select 1')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await engine.close()
  })

  test('a first start that was cut short begins again', async () => {
    const directory = join(home, 'database')
    rmSync(directory, { recursive: true })
    mkdirSync(directory)
    writeFileSync(join(directory, 'PG_VERSION'), '18\n')
    await expect(open()).rejects.toThrow(`The embedded database in ${directory} can't be opened`)
    writeFileSync(`${directory}.unfinished`, '')
    const engine = await open()
    expect(existsSync(`${directory}.unfinished`)).toBe(false)
    await engine.close()
  })

  test('what was closed opens again with its rows', async () => {
    const first = await open()
    await first.pool.query('create table lasting as select 7 as n')
    await first.close()
    const second = await open()
    expect((await second.pool.query('select n from lasting')).rows).toEqual([{ n: 7 }])
    await second.close()
  })
})

describe('kill -9 of the process while it writes', () => {
  let program: BuiltProgram
  beforeAll(async () => {
    program = await buildProgram('database-program.ts')
  })
  afterAll(() => program.remove())

  test('loses no row that was acknowledged', async () => {
    const home = mkdtempSync(join(tmpdir(), 'semblance-kill-'))
    let acknowledged = 0
    for (let round = 1; round <= 3; round += 1) {
      const writer = program.start(['write', home, databaseWorkerEntry])
      await writer.says(`wrote ${acknowledged + 20 * round}`)
      await writer.kill9()
      acknowledged = Number(
        writer.lines.findLast((line) => line.startsWith('wrote '))?.slice('wrote '.length),
      )
    }
    const engine = await openTestEngine({ directory: join(home, 'database') })
    const { rows } = await engine.pool.query<{ rows: number; last: number; whole: boolean }>(
      `select count(*)::int as rows, max(n) as last, bool_and(length(filler) = 2000) as whole from written`,
    )
    expect(rows[0].last).toBeGreaterThanOrEqual(acknowledged)
    expect(rows[0].rows).toBe(rows[0].last)
    expect(rows[0].whole).toBe(true)
    await engine.close()
    rmSync(home, { recursive: true })
  })
})
