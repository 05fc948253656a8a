import { describe, expect, test } from 'vitest'
import { celebrityId, galleryPhoto, planFile, planInput } from '../../../../tests/factories/plan-input'
import { computePlan } from './compute'
import type { PlanDecision, PlanInput } from './types'

const outcomes = (input: PlanInput) =>
  Object.fromEntries(computePlan(input).files.map((file) => [file.id, file]))
const accept = (id: number, face: number | null = null): PlanDecision => ({
  ...{ kind: 'accept', fileIds: [id] },
  adults: face === null ? [] : [[id, face]],
})
const minor = { outcome: 'needs_person', code: 'maybe_minor' }

describe('who may be a minor is published by an accept of its own', () => {
  const odd = [
    ...[1, 2].map((id) => planFile(id, { name: 'Ann', faces: [{ of: 1, noise: id }] })),
    planFile(3, { name: 'Ann', faces: [{ of: 9, age: 14 }] }),
  ]

  test('an accept for another reason leads to this one, and a second one passes it', () => {
    expect(outcomes(planInput(odd))[3].code).toBe('one_name_two_faces')
    const once = outcomes(planInput(odd, { decisions: [accept(3)] }))[3]
    expect(once).toMatchObject(minor)
    expect(once.reason).toContain('accept it again if it shows an adult')
    const twice = planInput(odd, { decisions: [accept(3), accept(3, 0)] })
    expect(outcomes(twice)[3]).toMatchObject({ outcome: 'new_celebrity', code: 'accepted' })
    // A further accept for whatever reason takes nothing back; a rejection and a reset do.
    const more = (...decisions: PlanDecision[]) =>
      outcomes(planInput(odd, { decisions: [...twice.decisions, ...decisions] }))[3]
    expect(more(accept(3)).outcome).toBe('new_celebrity')
    expect(more({ kind: 'reject', fileIds: [3] }, accept(3))).toMatchObject(minor)
    expect(more({ kind: 'reset', fileIds: [3] }, accept(3))).toMatchObject(minor)
  })

  test('an accept whose own reason is gone does not count for it', () => {
    const files = [planFile(1, { licence: 'CC0', faces: [{ of: 1, age: 22 }] })]
    expect(outcomes(planInput(files, { decisions: [accept(1)] }))[1]).toMatchObject(minor)
  })

  test('it holds for the face that was shown', () => {
    const faces = [
      { of: 1, age: 16 },
      { of: 2, age: 12, size: 20 },
    ]
    const files = [planFile(1, { faces })]
    const picked: PlanDecision = { kind: 'face', fileId: 1, faceIndex: 1 }
    expect(outcomes(planInput(files, { decisions: [accept(1, 0)] }))[1].outcome).toBe('new_celebrity')
    expect(outcomes(planInput(files, { decisions: [accept(1, 0), picked] }))[1]).toMatchObject(minor)
  })

  test('photos of an adult, or an adult of the gallery, that somebody ties it to don’t speak for it', () => {
    const files = [
      ...[1, 2, 3].map((id) => planFile(id, { name: 'Ann', faces: [{ of: 1, noise: id, age: 50 }] })),
      planFile(4, { name: 'Bea', faces: [{ of: 8, age: 20 }] }),
    ]
    const tied = (to: { fileId: number } | { celebrityId: string }) =>
      outcomes(
        planInput(files, {
          gallery: [galleryPhoto(5, { age: 60 })],
          decisions: [{ kind: 'same_person', fileId: 4, with: to }],
        }),
      )
    expect(tied({ fileId: 1 })[4]).toMatchObject(minor)
    expect(tied({ fileId: 1 })[1].outcome).not.toBe('needs_person')
    expect(tied({ celebrityId: celebrityId(5) })[4]).toMatchObject(minor)
  })

  test('that a name was accepted says nothing of the age of another face; one that the gallery knows does', () => {
    const gallery = [galleryPhoto(5, { age: 60 })]
    const file = (of: number) => [planFile(1, { name: 'Person 5', faces: [{ of, noise: 1, age: 20 }] })]
    expect(outcomes(planInput(file(6), { gallery }))[1].code).toBe('name_in_gallery_other_face')
    expect(outcomes(planInput(file(6), { gallery, decisions: [accept(1)] }))[1]).toMatchObject(minor)
    expect(outcomes(planInput(file(5), { gallery }))[1].outcome).toBe('further_photo')
  })
})
