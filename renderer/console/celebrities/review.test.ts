import { expect, it } from 'vitest'
import { chosenItems, reviewOf } from './review'

const found = (path: string, bytes = 'x') => ({
  path,
  file: new File([bytes], path.split('/').at(-1) ?? path),
})

it('takes photos with the names that their files suggest, and says why it leaves others out', () => {
  const { items, leftOut } = reviewOf([
    found('stars/tom_hanks_01.jpg'),
    found('stars/notes.txt'),
    found('stars/ada_lovelace.heic'),
    found('stars/empty.png', ''),
  ])
  expect(items.map(({ name, path }) => [name, path])).toEqual([
    ['Tom Hanks', 'stars/tom_hanks_01.jpg'],
    ['Ada Lovelace', 'stars/ada_lovelace.heic'],
  ])
  expect(leftOut.map(({ path }) => path)).toEqual(['stars/notes.txt', 'stars/empty.png'])
  expect(leftOut.map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/^This file is not a photo/),
    'This file is empty.',
  ])
})

it('imports only what is chosen and has a name', () => {
  const { items } = reviewOf([found('a b.jpg'), found('c d.jpg'), found('IMG_1.jpg')])
  expect(
    chosenItems(items.map((item) => ({ ...item, isIncluded: item.id !== 1 }))).map((item) => item.name),
  ).toEqual(['A B'])
})
