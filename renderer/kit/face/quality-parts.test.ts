import { describe, expect, it } from 'vitest'
import { qualityComponentNames } from '../../../core/model/quality'
import { faultWords, qualityParts } from './quality-parts'

const all = (value: number | null) => Object.fromEntries(qualityComponentNames.map((name) => [name, value]))

describe('qualityParts', () => {
  it('has every component once, the weakest of its group first, the unknown last', () => {
    const { recognition, portrait } = qualityParts({
      ...all(90),
      pose_yaw: 12,
      sharpness: 40,
      natural_colour: null,
      head_size: 3,
    })
    expect([...recognition, ...portrait].map(({ name }) => name).toSorted()).toEqual(
      qualityComponentNames.toSorted(),
    )
    expect(recognition.slice(0, 2).map(({ name }) => name)).toEqual(['pose_yaw', 'sharpness'])
    expect(recognition.at(-1)).toMatchObject({ name: 'natural_colour', value: null, words: null })
    expect(portrait[0]).toMatchObject({ name: 'head_size', value: 3 })
  })

  it('says what is wrong only where something is', () => {
    expect(qualityParts(all(50)).recognition.every(({ words }) => words === null)).toBe(true)
    const [weakest] = qualityParts({ ...all(90), pose_yaw: 12 }).recognition
    expect(weakest.words).toBe('Turned away. Look straight at the camera.')
  })

  it('tells too bright from too dark', () => {
    const brightness = (over_exposure: number) =>
      qualityParts({ ...all(90), luminance_mean: 20, over_exposure }).recognition.find(
        ({ name }) => name === 'luminance_mean',
      )?.words
    expect(brightness(100)).toMatch(/^Too dark/)
    expect(brightness(8)).toMatch(/^Too bright/)
  })
})

it('names what a face lacks', () => {
  expect(faultWords({ component: 'quality_score', value: 0.512, needed: 0.6 }, null)).toBe(
    'Its quality is 0.51; matching asks for 0.60.',
  )
  expect(faultWords({ component: 'luminance_mean', value: 12, needed: 40 }, { luminance_mean: 12 })).toBe(
    'Too dark: brightness is 12 of 100; matching asks for 40.',
  )
})
