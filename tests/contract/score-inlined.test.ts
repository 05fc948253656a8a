import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines, openSql, type SqlDatabase } from '../factories/engines'

const columns = (face: string) =>
  ['embedding', 'embedding_norm', 'geometry', 'age', 'symmetry_score', 'skin_tone', 'expression']
    .map((column) => `${face}.${column}`)
    .join()

/** A call that is not inlined costs several times the score itself, and a scan makes one for every row. */
describe.each(engines)('the score on %s', (engine) => {
  let sql: SqlDatabase
  beforeAll(async () => {
    sql = await openSql(engine)
  })
  afterAll(() => sql.close())

  test('is inlined into the query that asks for it', async () => {
    const plan = await sql.query<{ 'QUERY PLAN': string }>(
      `explain (verbose, costs off)
       with settings as materialized (select private.matching_weights() as weights)
       select extensions.face_similarity(${columns('a')}, ${columns('b')}, settings.weights)
       from public.faces a cross join public.faces b cross join settings`,
    )
    const text = plan.map((row) => row['QUERY PLAN']).join('\n')
    expect(text).toContain('vector_norm(')
    expect(text).not.toContain('face_similarity')
  })

  test('under its documented name it is a call for each row, since it has a search path of its own', async () => {
    const sides = (face: string) =>
      ['embedding', 'age', 'symmetry_score', 'skin_tone_lab', 'expression', 'geometry_ratios']
        .map((column) => `${face}.${column}`)
        .join()
    const plan = await sql.query<{ 'QUERY PLAN': string }>(
      `explain (verbose, costs off)
       select public.calculate_advanced_similarity(${sides('a')}, ${sides('b')})
       from public.faces a cross join public.faces b`,
    )
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('calculate_advanced_similarity(')
  })

  test('of many rows reads the weights once', async () => {
    await sql.query(
      `insert into public.celebrities (name, image_path, embedding, age)
       select 'Star ' || n, n || '.jpg', array_fill(n::real, array[512])::extensions.vector, 30
       from generate_series(1, 20) as n`,
    )
    const [plan] = await sql.query<{ 'QUERY PLAN': unknown }>(
      `explain (analyze, format json)
       with settings as materialized (select private.matching_weights() as weights)
       select extensions.face_similarity(${columns('a')}, ${columns('b')}, settings.weights)
       from public.celebrities a cross join public.celebrities b cross join settings`,
    )
    const text = JSON.stringify(plan['QUERY PLAN'])
    const reading = /"Subplan Name":"CTE settings"[^{}]*"Actual Rows":([\d.]+),"Actual Loops":(\d+)/.exec(
      text,
    )
    expect(reading?.slice(1).map(Number)).toEqual([1, 1])
    expect(text).toMatch(/"Actual Rows":400\b/)
  })

  test('is called where it stands, by everything that calls it', async () => {
    const callers = await sql.query<{ name: string }>(
      `select p.proname as name from pg_proc p
       where p.prosrc ~ '\\mface_similarity\\(' and p.prosrc !~ 'private\\.face_similarity' order by 1`,
    )
    expect(callers.map(({ name }) => name)).toEqual([
      'calculate_advanced_similarity',
      'find_similar_celebrities_advanced',
      'find_similar_faces_advanced',
      'recompute_matches',
      'write_match_facts',
    ])
    expect(await sql.query(`select from pg_proc where prosrc ~ 'private\\.face_similarity'`)).toEqual([])
  })
})
