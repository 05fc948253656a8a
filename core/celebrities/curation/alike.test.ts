import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testEngines } from '../../../tests/factories/database'
import { openGallery, type Gallery } from '../../../tests/factories/gallery'
import { compareAll, type AlikeProgress } from './alike'

// Comparing all with all goes in steps, which tell how far they are, can be left and gone on with. Real: see openGallery.

const celebrities = 40
const allPairs = (celebrities * (celebrities - 1)) / 2

describe.each(await testEngines())('comparing all celebrities on %s', (engine) => {
  let gallery: Gallery
  let ids: string[]
  beforeAll(async () => {
    gallery = await openGallery(engine)
    ids = await gallery.fill(celebrities, { photos: 0 })
  })
  afterAll(() => gallery.close())

  /** Whoever asks has a memory of their own, as hosts have: by the object that they ask with. */
  const asker = () => ({ ...gallery.database })
  const comparing = (database: Gallery['database'], signal?: AbortSignal) =>
    compareAll(database, (work) => gallery.database.asService(work), { signal, statementMs: 0 })
  async function rest(steps: AsyncGenerator<AlikeProgress, void>): Promise<AlikeProgress[]> {
    const told: AlikeProgress[] = []
    for await (const progress of steps) told.push(progress)
    return told
  }

  test('tells of every pair once, and nothing where nothing is new', async () => {
    const database = asker()
    const told = await rest(comparing(database))
    expect(told.length).toBeGreaterThan(1)
    expect(new Set(told.map(({ total }) => total))).toEqual(new Set([allPairs]))
    expect(told.map(({ compared }) => compared)).toEqual(
      told.map(({ compared }) => compared).toSorted((a, b) => a - b),
    )
    expect(told.at(-1)?.compared).toBe(allPairs)
    expect(await rest(comparing(database))).toEqual([])
    await gallery.run(
      `update public.celebrities set embedding = embedding + embedding where id = '${ids[3]}'`,
    )
    expect(await rest(comparing(database))).toEqual([{ compared: celebrities - 1, total: celebrities - 1 }])
  })

  test('whoever stops leaves what is compared to the next', async () => {
    const database = asker()
    const ending = new AbortController()
    const first = comparing(database, ending.signal)
    const { value } = await first.next()
    ending.abort()
    expect((await first.next()).done).toBe(true)
    const [step] = await rest(comparing(database))
    expect(step.total).toBe(allPairs - (value?.compared ?? 0))
  })

  test('several who ask at once compare each pair once between them', async () => {
    const database = asker()
    const all = await Promise.all([1, 2, 3].map(() => rest(comparing(database))))
    expect(all.map((told) => told.at(-1)?.compared ?? 0).reduce((sum, one) => sum + one, 0)).toBe(allPairs)
  })

  test('one who fails hinders nobody after them', async () => {
    const database = asker()
    let calls = 0
    const failing = compareAll(database, (work) => {
      calls += 1
      return calls > 1 ? Promise.reject(new Error('away')) : gallery.database.asService(work)
    })
    await expect(rest(failing)).rejects.toThrow('away')
    expect((await rest(comparing(database))).at(-1)?.compared).toBe(allPairs)
  })

  test('as staff ask for it: progress until it is done, and then the list', async () => {
    const { curation } = gallery.moderator.client
    const told: AlikeProgress[] = []
    for await (const progress of await curation.compareAll()) told.push(progress)
    expect(told.at(-1)).toEqual({ compared: allPairs, total: allPairs })
    expect((await curation.outliers({ kind: 'alike' })).total).toBeGreaterThanOrEqual(0)
  })
})
