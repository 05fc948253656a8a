import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testEngines } from '../../../tests/factories/database'
import { openGallery, type Gallery } from '../../../tests/factories/gallery'

// Whatever is done to a gallery and taken back in whatever order: taking back all that stands, the last first, gives the
// rows as they were, to the byte. Real: see openGallery; the procedures as a curator calls them.

type Step =
  | {
      do: 'edit'
      which: number[]
      column: 'name' | 'bio' | 'category' | 'gender' | 'licence'
      value: string | null
    }
  | { do: 'merge'; into: number; others: number[] }
  | { do: 'trash'; which: number[] }
  | { do: 'usePhoto' | 'removePhoto'; of: number; photo: number }
  | { do: 'replacePhoto'; of: number }
  | { do: 'undo'; which: number }

const place = fc.nat({ max: 7 })
const places = fc.array(place, { minLength: 1, maxLength: 3 })
const valuesOf = {
  name: fc.constantFrom('A', 'B'),
  bio: fc.constantFrom('A', 'B', null),
  category: fc.constantFrom('A', 'B', null),
  gender: fc.constantFrom('male', 'female', null),
  licence: fc.constantFrom('A', 'CC BY', null),
}
const columns = Object.keys(valuesOf) as (keyof typeof valuesOf)[]
const edit = fc.constantFrom(...columns).chain((column) =>
  fc.record({
    do: fc.constant('edit' as const),
    which: places,
    column: fc.constant(column),
    value: valuesOf[column],
  }),
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: edit },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('merge' as const), into: place, others: places }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('trash' as const), which: places }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('usePhoto' as const), of: place, photo: fc.nat({ max: 4 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('removePhoto' as const), of: place, photo: fc.nat({ max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replacePhoto' as const), of: place }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('undo' as const), which: fc.nat({ max: 12 }) }) },
)

/** Refusals that the rules ask for; anything else is a fault. */
const isRefusal = (error: unknown) =>
  ['NOT_FOUND', 'CONFLICT', 'BAD_REQUEST'].includes((error as { code?: string }).code ?? '')

describe.each(await testEngines())('taking back on %s', (engine) => {
  let gallery: Gallery
  beforeAll(async () => {
    gallery = await openGallery(engine)
  })
  afterAll(() => gallery.close())

  async function take(step: Exclude<Step, { do: 'undo' }>, ids: string[]): Promise<string> {
    const { curation } = gallery.curator.client
    const named = (which: number[]) => which.map((at) => ids[at % ids.length])
    switch (step.do) {
      case 'edit':
        return (
          await curation.edit({ selection: { ids: named(step.which) }, edit: { [step.column]: step.value } })
        ).group_id
      case 'merge':
        return (await curation.merge({ id: named([step.into])[0], others: named(step.others) })).group_id
      case 'trash':
        return (await curation.trash({ selection: { ids: named(step.which) } })).group_id
      case 'replacePhoto':
        return (await curation.replacePhoto({ id: named([step.of])[0], image_path: await gallery.upload() }))
          .group_id
      default: {
        const [id] = named([step.of])
        const photos = (await curation.photos({ id })).filter((photo) => !photo.is_current)
        if (photos.length === 0) return ''
        return (await curation[step.do]({ id, photo_id: photos[step.photo % photos.length].id })).group_id
      }
    }
  }

  const undo = (group_id: string) => gallery.curator.client.curation.undo({ group_id })

  test('of a group those alone that are named; somebody of another one is none of it', async () => {
    const ids = await gallery.fill(3)
    const { curation, celebrities } = gallery.curator.client
    const edit = { category: 'Poet' }
    const { group_id } = await curation.edit({ selection: { ids: ids.slice(0, 2) }, edit })
    await curation.edit({ selection: { ids: [ids[2]] }, edit })
    const categories = () => Promise.all(ids.map(async (id) => (await celebrities.get({ id })).category))
    expect(await curation.undo({ group_id, celebrity_ids: [ids[1], ids[2]] })).toEqual({
      undone: 1,
      kept: [],
    })
    expect(await categories()).toEqual(['Poet', 'actor', 'Poet'])
    await expect(curation.undo({ group_id, celebrity_ids: [ids[1]] })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'It was taken back already.',
    })
    expect(await undo(group_id)).toEqual({ undone: 1, kept: [] })
    expect(await categories()).toEqual(['actor', 'actor', 'Poet'])
  })

  test('any steps, any undos between them, then all of it back', { timeout: 600_000 }, async () => {
    const done: Record<string, number> = {}
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
        const ids = await gallery.fill(6)
        const before = await gallery.rows()
        const groups: string[] = []
        for (const one of steps) {
          try {
            if (one.do !== 'undo') groups.push(await take(one, ids))
            else if (groups.length > 0) await undo(groups[one.which % groups.length])
            done[one.do] = (done[one.do] ?? 0) + 1
          } catch (error) {
            if (!isRefusal(error)) throw error
          }
        }
        for (const group of groups.toReversed()) {
          await undo(group).catch((error: unknown) => {
            if (!isRefusal(error)) throw error
          })
        }
        expect(await gallery.rows()).toEqual(before)
        const [{ standing }] = await gallery.query<{ standing: number }>(
          'select count(*)::int as standing from public.celebrity_changes where undone_at is null',
        )
        expect(standing).toBe(0)
      }),
      {
        numRuns: Number(process.env['SEMBLANCE_FUZZ_RUNS'] ?? (engine === 'pglite' ? 15 : 40)),
        seed: 20261123,
      },
    )
  })
})
