import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines, openSql, type SqlDatabase } from '../../../tests/factories/engines'
import { analysedFace, insertCelebrities, randomDirection, uuidOf } from '../../../tests/factories/people'
import { seeded } from '../../../tests/factories/random'
import { measureRecall } from './recall'

describe.each(engines)('the recall of vector indexes on %s', (engine) => {
  let database: SqlDatabase
  beforeAll(async () => {
    database = await openSql(engine)
    const random = seeded(41)
    // The index of the documented schema is built on an empty table, with a hundred lists and one probe.
    await insertCelebrities(
      database,
      Array.from({ length: 300 }, (_, i) => ({
        ...analysedFace(random, randomDirection(random)),
        id: uuidOf(3, i),
      })),
    )
    await database.query('reindex index idx_celebrities_embedding')
  }, 60_000)
  afterAll(() => database.close())
  const measure = () => database.transact(measureRecall)

  test('an index that misses most neighbours is found out, with what to do', async () => {
    const [ivfflat] = await measure()
    expect(ivfflat).toMatchObject({ table: 'celebrities', method: 'ivfflat', rows: 300, queries: 20 })
    expect(ivfflat.recall).toBeLessThan(0.7)
    expect(ivfflat.remedy).toMatch(/lists = 10.*hnsw/s)
  })

  test('and one that finds them is not', async () => {
    await database.query('drop index idx_celebrities_embedding')
    await database.query(
      'create index idx_celebrities_embedding on celebrities using hnsw (embedding extensions.vector_cosine_ops)',
    )
    const [hnsw] = await measure()
    expect(hnsw).toMatchObject({ method: 'hnsw', remedy: null })
    expect(hnsw.recall).toBeGreaterThan(0.95)
  })
})
