import { describe, expect, it } from 'vitest'
import { shiftWords, typicalDisplacement } from './displacement'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')

describe('which way a part lies', () => {
  it('is said as one sees it in the photo, y downwards', () => {
    expect(plain(shiftWords([0, 0.021]))).toBe('2.1 % lower')
    expect(plain(shiftWords([-0.05, -0.013]))).toBe('1.3 % higher, 5.0 % to the left')
    expect(plain(shiftWords([0.02, 0]))).toBe('2.0 % to the right')
  })

  it('is nowhere where it is too little to be seen', () => {
    expect(shiftWords([0.009, -0.009])).toBe('in the same place')
  })
})

it('strangers lie further apart than two photos of one person, in every part', () => {
  for (const { same, different } of Object.values(typicalDisplacement))
    expect(different).toBeGreaterThan(same)
})
