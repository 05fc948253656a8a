import { describe, expect, test } from 'vitest'
import { celebrityId, galleryPhoto, planFile, planInput } from '../../../../tests/factories/plan-input'
import { computePlan } from './compute'
import type { PlanInput } from './types'

function outcomes(input: PlanInput) {
  return Object.fromEntries(computePlan(input).files.map((file) => [file.id, file]))
}
const same = (bits: number) => [0x0f0f0f0f, (1 << bits) - 1] as const

describe('people of a batch', () => {
  test('spellings of one name are one person, known by the best photo', () => {
    const plan = computePlan(
      planInput([
        planFile(1, { name: 'Zoë Ångström', faces: [{ of: 1, noise: 1, quality: 0.7 }] }),
        planFile(2, { name: 'ZOE ANGSTROM', faces: [{ of: 1, noise: 2, quality: 0.9 }] }),
        planFile(3, { name: 'Ångström, Zoë', faces: [{ of: 1, noise: 3, quality: 0.8 }] }),
      ]),
    )
    expect(plan.people).toHaveLength(1)
    expect(plan.people[0].name).toBe('Zoë Ångström')
    expect(plan.files).toMatchObject([
      { id: 1, outcome: 'further_photo', code: 'not_the_best', reference: { file_id: 2 } },
      { id: 2, outcome: 'new_celebrity', code: 'best_photo', reference: null },
      { id: 3, outcome: 'further_photo', code: 'not_the_best', reference: { file_id: 2 } },
    ])
  })

  test('of one name with two faces the odd one out is held, and nobody else', () => {
    const found = outcomes(
      planInput([
        planFile(1, { name: 'Ann', faces: [{ of: 1, noise: 1 }] }),
        planFile(2, { name: 'Ann', faces: [{ of: 1, noise: 2 }] }),
        planFile(3, { name: 'Ann', faces: [{ of: 9, noise: 3, quality: 0.99 }] }),
      ]),
    )
    expect(found[3]).toMatchObject({ code: 'one_name_two_faces', reference: { file_id: 1 } })
    expect([found[1].outcome, found[2].outcome].toSorted()).toEqual(['further_photo', 'new_celebrity'])
  })

  test('where as many show one face as another, all are held', () => {
    const found = outcomes(planInput([1, 2].map((id) => planFile(id, { name: 'Ann', faces: [{ of: id }] }))))
    expect(found[1]).toMatchObject({ code: 'one_name_two_faces', reference: { file_id: 2 } })
    expect(found[2]).toMatchObject({ code: 'one_name_two_faces', reference: { file_id: 1 } })
  })

  test('two names for one face are held, both', () => {
    const found = outcomes(
      planInput([
        planFile(1, { name: 'Ann', faces: [{ of: 1, noise: 1 }] }),
        planFile(2, { name: 'Bea', faces: [{ of: 1, noise: 2 }] }),
        planFile(3, { name: 'Cat' }),
      ]),
    )
    expect(found[1]).toMatchObject({ code: 'two_names_one_face', reference: { file_id: 2 } })
    expect(found[2]).toMatchObject({ code: 'two_names_one_face', reference: { file_id: 1 } })
    expect(found[3].outcome).toBe('new_celebrity')
  })

  test('an odd one is held against whom it does look like', () => {
    const found = outcomes(
      planInput([
        ...[1, 2].map((id) => planFile(id, { name: 'Ann', faces: [{ of: 1, noise: id }] })),
        planFile(3, { name: 'Ann', faces: [{ of: 7, noise: 3 }] }),
        planFile(4, { name: 'Bea', faces: [{ of: 7, noise: 4 }] }),
      ]),
    )
    expect(found[3]).toMatchObject({ code: 'one_name_two_faces', reference: { file_id: 4 } })
    expect(found[3].reason).toContain('It looks like Bea.')
    expect(found[4].outcome).toBe('new_celebrity')
  })
})

describe('a photo whose line can not be used', () => {
  const reason = 'Its line 2 in list.csv can’t be used as it is: “+1” is no name.'
  const files = [
    planFile(1, { name: 'Ann', reason }),
    planFile(2, { name: null, reason }),
    planFile(3, { name: 'Cat', faces: [{ of: 2, noise: 1 }] }),
  ]
  test('is held with the reason, beside what else it is held for', () => {
    const found = outcomes(planInput(files))
    expect(found[1]).toMatchObject({ outcome: 'needs_person', code: 'doubted_description', reason })
    expect(found[2]).toMatchObject({
      ...{ outcome: 'needs_person', code: 'no_name', reference: { file_id: 3 } },
      reason: `${reason} It has no name. It looks like Cat.`,
    })
    expect(found[3].outcome).toBe('new_celebrity')
  })
  test('is published once a person accepts it, where it has a name', () => {
    const decisions = [{ kind: 'accept' as const, fileIds: [1, 2], adults: [] }]
    const found = outcomes(planInput(files, { decisions }))
    expect([found[1].outcome, found[2].code]).toEqual(['new_celebrity', 'no_name'])
  })
})

describe('duplicates', () => {
  test('of the same bytes one is left', () => {
    const found = outcomes(
      planInput([
        planFile(1, { name: null, imageHash: 'x', faces: [{ of: 1 }] }),
        planFile(2, { name: 'Ann', imageHash: 'x', faces: [{ of: 1 }] }),
      ]),
    )
    expect(found[1]).toMatchObject({ outcome: 'duplicate', code: 'same_bytes', reference: { file_id: 2 } })
    expect(found[2].outcome).toBe('new_celebrity')
  })

  test('of copies of one picture the best is left, and two people before one wall are no copies', () => {
    const found = outcomes(
      planInput([
        planFile(1, { name: 'Ann', pictureHash: same(0), faces: [{ of: 1, noise: 1, quality: 0.6 }] }),
        planFile(2, { name: 'Ann', pictureHash: same(6), faces: [{ of: 1, noise: 1, quality: 0.9 }] }),
        planFile(3, { name: 'Ann', pictureHash: same(13), faces: [{ of: 1, noise: 1, quality: 0.5 }] }),
        planFile(4, { name: 'Bea', pictureHash: same(0), faces: [{ of: 2 }] }),
      ]),
    )
    expect(found[1]).toMatchObject({ code: 'same_picture', reference: { file_id: 2, bits_apart: 6 } })
    expect(found[3].outcome).toBe('further_photo')
    expect(found[4].outcome).toBe('new_celebrity')
  })

  test('what the gallery has is not published again', () => {
    const gallery = [galleryPhoto(1, { pictureHash: same(0) })]
    const found = outcomes(
      planInput(
        [
          planFile(1, { imageHash: 'gallery 1' }),
          planFile(2, { name: 'Person 1', pictureHash: same(3), faces: [{ of: 1, noise: 1 }] }),
          planFile(3, {
            name: 'Person 1',
            pictureHash: same(3),
            faces: [{ of: 1, noise: 1, quality: 0.95 }],
          }),
          // Published before metadata was taken out.
          planFile(4, { sourceHash: 'gallery 1' }),
        ],
        { gallery },
      ),
    )
    const reference = { celebrity_id: celebrityId(1), photo_id: null, seen: gallery[0].seen }
    expect(found[1]).toMatchObject({ code: 'same_bytes_in_gallery', reference })
    expect(found[4]).toMatchObject({ code: 'same_bytes_in_gallery', reference })
    expect(found[2]).toMatchObject({ code: 'same_picture', reference: { file_id: 3 } })
    expect(found[3]).toMatchObject({ outcome: 'replaces_photo', code: 'better_than_gallery', reference })
  })
})

describe('the gallery', () => {
  test('further photos of somebody who is in it', () => {
    const plan = computePlan(
      planInput([planFile(1, { faces: [{ of: 1, noise: 1 }] })], { gallery: [galleryPhoto(1)] }),
    )
    expect(plan.files[0]).toMatchObject({ outcome: 'further_photo', code: 'not_better_than_gallery' })
    expect(plan.people[0].celebrityId).toBe(celebrityId(1))
  })

  test('a face that it has under another name, and a name that it has with another face, are held', () => {
    const found = outcomes(
      planInput(
        [planFile(1, { name: 'Somebody', faces: [{ of: 8, noise: 1 }] }), planFile(2, { name: 'Person 9' })],
        { gallery: [galleryPhoto(8), galleryPhoto(9)] },
      ),
    )
    expect(found[1]).toMatchObject({
      code: 'same_person_in_gallery',
      reference: { celebrity_id: celebrityId(8) },
    })
    expect(found[2]).toMatchObject({
      code: 'name_in_gallery_other_face',
      reference: { celebrity_id: celebrityId(9) },
    })
  })

  test('vectors of two models are never compared', () => {
    const gallery = [galleryPhoto(1, { name: 'Other', model: 'another' })]
    expect(outcomes(planInput([planFile(1)], { gallery }))[1].outcome).toBe('new_celebrity')
  })
})

describe('what is held for a person, or refused', () => {
  test.each([
    [{ name: null }, 'no_name'],
    [{ licence: null }, 'no_licence'],
    [{ source: null }, 'no_source'],
    [{ faces: [{ of: 1, age: 17 }] }, 'maybe_minor'],
    [{ faces: [{ of: 1, quality: 0.3 }] }, 'low_quality'],
    [{ faces: [] }, 'no_face'],
    [{ faces: [{ of: 1 }, { of: 2, size: 90 }] }, 'several_faces'],
    [{ changedReason: 'It was merged.' }, 'changed_underneath'],
  ] as const)('%o: %s', (given, code) => {
    const { faces, ...rest } = { faces: undefined, ...given }
    const file = planFile(1, { ...rest, ...(faces ? { faces: [...faces] } : {}) })
    const [found] = computePlan(planInput([file])).files
    expect(found.code).toBe(code)
    expect(found.reason).toMatch(/[.]$/)
  })

  test('a component that is too low is named', () => {
    const face = { of: 1, components: { sharpness: 20, pose_yaw: null } }
    const rules = { min_components: { sharpness: 40, pose_yaw: 60 } }
    const [found] = computePlan(planInput([planFile(1, { faces: [face] })], { rules })).files
    expect(found).toMatchObject({
      code: 'low_quality',
      reason: 'Blurred: sharpness is 20, and at least 40 is asked for.',
    })
  })

  test('of several faces the one that other photos show is meant', () => {
    const found = outcomes(
      planInput([
        planFile(1, { name: 'Ann', faces: [{ of: 1, noise: 1 }] }),
        planFile(2, {
          name: 'Ann',
          faces: [
            { of: 5, size: 300 },
            { of: 1, noise: 2 },
          ],
        }),
      ]),
    )
    expect(found[2]).toMatchObject({ faceIndex: 1, outcome: 'further_photo' })
  })

  test('among photos of several people each, the one who is in all is meant', () => {
    const found = outcomes(
      planInput(
        [1, 2, 3].map((id) =>
          planFile(id, {
            name: 'Ann',
            faces: [
              { of: 10 + id, size: 300 },
              { of: 1, noise: id },
            ],
          }),
        ),
      ),
    )
    expect([1, 2, 3].map((id) => found[id].faceIndex)).toEqual([1, 1, 1])
  })

  test('one photo on which an adult looks young holds nobody', () => {
    const ages = [20, 45, 50]
    const found = outcomes(
      planInput(
        ages.map((age, i) => planFile(i + 1, { name: 'Ann', faces: [{ of: 1, noise: i + 1, age }] })),
      ),
    )
    expect(Object.values(found).map(({ outcome }) => outcome)).not.toContain('needs_person')
  })
})
