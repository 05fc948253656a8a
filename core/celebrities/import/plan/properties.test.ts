import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { celebrityId, galleryPhoto, planFile, planInput } from '../../../../tests/factories/plan-input'
import { computePlan, emptyMemory } from './compute'
import type { PlanDecision, PlanInput } from './types'

const names = [null, 'Ann', 'ANN', 'Bea', 'Person 1', 'Person 2']
const outOf = <T>(values: readonly T[]) => fc.constantFrom(...values)
const often = <T>(value: T, others: readonly T[]) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(value) }, outOf(others))
const picture = fc.option(
  fc.nat(8).map((bits) => [0x0f0f0f0f, (1 << bits) - 1] as const),
  { nil: null },
)

const face = fc.record({
  of: fc.integer({ min: 1, max: 5 }),
  noise: fc.integer({ min: 0, max: 30 }),
  strength: outOf([0.4, 0.4, 1.2, 2]),
  quality: often<number | null>(0.8, [0.3, 0.6, 0.95, null]),
  age: often<number | null>(40, [15, 24, null]),
  size: outOf([100, 60, 30]),
})

const file = fc.record({
  name: outOf(names),
  licence: often<string | null>('CC0', [null]),
  source: often<string | null>('made', [null]),
  state: often<'analyzed' | 'rejected'>('analyzed', ['rejected']),
  imageHash: fc.nat(20).map((hash) => `hash ${hash}`),
  sourceHash: fc.constant(null),
  pictureHash: picture,
  changedReason: often<string | null>(null, ['It was changed.']),
  faces: fc.array(face, { minLength: 0, maxLength: 3 }),
})

const size = 9
const fileId = fc.integer({ min: 1, max: size })
const target = fc.oneof(
  fileId.map((id) => ({ fileId: id })),
  fc.integer({ min: 1, max: 3 }).map((of) => ({ celebrityId: celebrityId(of) })),
)
const some = fc.uniqueArray(fileId, { minLength: 1, maxLength: 3 })
const decision: fc.Arbitrary<PlanDecision> = fc.oneof(
  fc.record({ kind: outOf(['reject', 'reset'] as const), fileIds: some }),
  fc.record({ fileIds: some, asked: some, faceIndex: fc.nat(2) }).map(({ fileIds, asked, faceIndex }) => ({
    ...{ kind: 'accept' as const, fileIds },
    adults: fileIds.filter((id) => asked.includes(id)).map((id) => [id, faceIndex] as const),
  })),
  fc.record({ kind: fc.constant('face' as const), fileId, faceIndex: fc.nat(2) }),
  fc.record({ kind: fc.constant('same_person' as const), fileId, with: target }),
  fc.record({ kind: fc.constant('different_person' as const), fileId, from: target }),
)

const input: fc.Arbitrary<PlanInput> = fc
  .record({
    files: fc.array(file, { minLength: 1, maxLength: size }),
    gallery: fc.uniqueArray(
      fc.record({ of: fc.integer({ min: 1, max: 3 }), noise: fc.nat(3), pictureHash: picture }),
      { selector: ({ of }) => of, maxLength: 3 },
    ),
    decisions: fc.array(decision, { maxLength: 5 }),
    distinctions: fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { maxLength: 3 }),
  })
  .map(({ files, gallery, decisions, distinctions }) =>
    planInput(
      files.map((given, i) => planFile(i + 1, { ...given, path: `${i % 3}/${i}.jpg` })),
      {
        gallery: gallery.map(({ of, ...given }) => galleryPhoto(of, given)),
        decisions,
        distinctions: distinctions
          .filter(([a, b]) => a !== b)
          .map(([a, b]) => [`hash ${a}`, `hash ${b}`] as const),
      },
    ),
  )

const publishes = ['new_celebrity', 'further_photo', 'replaces_photo']

describe('any plan', () => {
  test('gives every file one outcome with a reason, and publishes nothing without a name, a licence, a source and a face', () => {
    fc.assert(
      fc.property(input, (given) => {
        const plan = computePlan(given)
        expect(plan.files.map(({ id }) => id).toSorted()).toEqual(given.files.map(({ id }) => id).toSorted())
        const files = new Map(given.files.map((one) => [one.id, one]))
        const people = new Map(plan.people.map((person) => [person.key, person]))
        for (const one of plan.files) {
          expect(one.reason).not.toBe('')
          if (!publishes.includes(one.outcome)) continue
          const { licence, source, faces, state } = files.get(one.id) ?? planFile(0)
          expect({ licence, source, state }).toEqual({ licence: 'CC0', source: 'made', state: 'analyzed' })
          expect(faces.some(({ index }) => index === one.faceIndex)).toBe(true)
          expect(people.get(one.person ?? '')?.name).toBeTruthy()
        }
      }),
      { numRuns: 150 },
    )
  })

  test('publishes no face that looks like a child’s but by an accept that was given for this reason', () => {
    fc.assert(
      fc.property(input, (given) => {
        for (const { id, outcome, faceIndex } of computePlan(given).files) {
          if (!publishes.includes(outcome)) continue
          const face = given.files
            .find((one) => one.id === id)
            ?.faces.find(({ index }) => index === faceIndex)
          if (face?.age === undefined || face.age === null || face.age >= given.rules.adult_age) continue
          const isAsked = given.decisions.some(
            (one) => one.kind === 'accept' && one.adults.some(([a, b]) => a === id && b === faceIndex),
          )
          expect(isAsked).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('makes one celebrity of a person at most, and keeps nothing beside nobody', () => {
    fc.assert(
      fc.property(input, (given) => {
        const plan = computePlan(given)
        for (const { key, celebrityId: known } of plan.people) {
          const own = plan.files.filter(({ person }) => person === key)
          const of = (outcome: string) => own.filter((one) => one.outcome === outcome).length
          expect(of('new_celebrity')).toBeLessThanOrEqual(known === null ? 1 : 0)
          expect(of('replaces_photo')).toBeLessThanOrEqual(known === null ? 0 : 1)
          if (of('further_photo') > 0 && known === null) expect(of('new_celebrity')).toBe(1)
        }
        const hashes = plan.files
          .filter(({ outcome }) => publishes.includes(outcome))
          .map(({ id }) => given.files.find((one) => one.id === id)?.imageHash)
        expect(new Set(hashes).size).toBe(hashes.length)
      }),
      { numRuns: 150 },
    )
  })

  test('is the same in whatever order its parts come', () => {
    fc.assert(
      fc.property(input, fc.infiniteStream(fc.nat()), (given, numbers) => {
        const shuffled = <T>(values: readonly T[]) =>
          values
            .map((value) => ({ value, at: numbers.next().value as number }))
            .toSorted((a, b) => a.at - b.at)
            .map(({ value }) => value)
        const turned = {
          ...given,
          files: shuffled(given.files),
          gallery: shuffled(given.gallery),
          distinctions: shuffled(given.distinctions).map(([a, b]) => [b, a] as const),
        }
        expect(computePlan(turned)).toEqual(computePlan(given))
      }),
      { numRuns: 100 },
    )
  })

  test('is the same whatever was planned before: a decision, another one, and each taken back', () => {
    fc.assert(
      fc.property(input, fc.array(decision, { minLength: 1, maxLength: 4 }), (given, more) => {
        const memory = emptyMemory()
        const first = computePlan(given, memory)
        let decisions = [...given.decisions]
        for (const one of more) {
          decisions = [...decisions, one]
          const next = { ...given, decisions }
          expect(computePlan(next, memory)).toEqual(computePlan(next))
        }
        expect(computePlan(given, memory)).toEqual(first)
      }),
      { numRuns: 100 },
    )
  })
})
