import { describe, expect, it } from 'vitest'
import { guessName } from './guess-name'

describe('guessName', () => {
  it.each([
    ['Tom Hanks.jpg', 'Tom Hanks'],
    ['tom_hanks.jpeg', 'Tom Hanks'],
    ['tom-hanks.PNG', 'Tom Hanks'],
    ['tom.hanks.webp', 'Tom Hanks'],
    ['Aaron_Eckhart_0001.jpg', 'Aaron Eckhart'],
    ['tom-hanks-3.jpg', 'Tom Hanks'],
    ['Tom Hanks (2).jpg', 'Tom Hanks'],
    ['Tom Hanks copy 2.jpg', 'Tom Hanks'],
    ['Hanks, Tom.jpg', 'Tom Hanks'],
    ['hanks,_tom_0003.jpg', 'Tom Hanks'],
    ['Downey, Robert, Jr.jpg', 'Robert Downey Jr'],
    ['Robert Downey, Jr.jpg', 'Robert Downey Jr'],
    ['Catherine_Zeta-Jones_12.jpg', 'Catherine Zeta-Jones'],
    ['zoë_o’hara.jpg', 'Zoë O’Hara'],
    ['宮崎駿.jpg', '宮崎駿'],
    ['Ludwig van Beethoven', 'Ludwig van Beethoven'],
  ])('%s is %s', (file, name) => {
    expect(guessName(file)).toBe(name)
  })

  it('asks the folder where the file says nothing', () => {
    expect(guessName('actors/Tom Hanks/0001.jpg')).toBe('Tom Hanks')
    expect(guessName('tom_hanks/IMG_2231.jpg')).toBe('Tom Hanks')
  })

  it('prefers the file over the folder', () => {
    expect(guessName('actors/Tom Hanks 3.jpg')).toBe('Tom Hanks')
  })

  it('joins letters that were written in two code points', () => {
    expect(guessName('Zoe\u0308.jpg')).toBe('Zo\u00eb')
  })

  it('says nothing rather than nonsense', () => {
    expect(guessName('0001.jpg')).toBe('')
    expect(guessName('IMG_2231.jpg')).toBe('')
    expect(guessName('img4.jpg')).toBe('')
    expect(guessName('')).toBe('')
  })
})
