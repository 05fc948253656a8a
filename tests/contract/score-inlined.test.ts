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

  test('is called where it stands, by everything that calls it', async () => {
    const callers = await sql.query<{ name: string }>(
      `select p.proname as name from pg_proc p
       where p.prosrc ~ '\\mface_similarity\\(' and p.prosrc !~ 'private\\.face_similarity' order by 1`,
    )
    expect(callers.map(({ name }) => name)).toEqual([
      'calculate_advanced_similarity',
      'search_celebrities',
      'search_faces',
    ])
    expect(await sql.query(`select from pg_proc where prosrc ~ 'private\\.face_similarity'`)).toEqual([])
  })
})
