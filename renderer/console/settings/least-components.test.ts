import { expect, test } from 'vitest'
import { qualityComponentNames } from '../../../core/model/quality'
import { leastOf, leastText } from './least-components'

test('comes back as it was', () => {
  const all = Object.fromEntries(qualityComponentNames.map((name, index) => [name, index + 0.5]))
  expect(leastOf(leastText(all))).toEqual(all)
  expect(leastText({ sharpness: 40, pose_yaw: 60 })).toBe('Sharpness 40, Turn 60')
  expect(leastOf('')).toEqual({})
  expect(leastText({})).toBe('')
})

test.each([
  ['sharpness: 40; pose_yaw=60', { sharpness: 40, pose_yaw: 60 }],
  ['  EYES OPEN 20 , ', { eyes_open: 20 }],
])('"%s" is understood', (text, least) => {
  expect(leastOf(text)).toEqual(least)
})

test.each(['beauty 40', 'sharpness', '40', 'sharpness 101', 'sharpness -1', 'sharpness 40, Sharpness 50'])(
  '"%s" is not',
  (text) => {
    expect(leastOf(text)).toBeUndefined()
  },
)
