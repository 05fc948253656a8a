import { expect, test } from 'vitest'
import { describeChange, describeGroup } from './words'

const trash = { kind: 'trash' as const, before: null, after: { photos: 4, lookalikes: 0 } }
const merge = {
  ...{ kind: 'merge' as const, before: null },
  after: { merged: ['x'], names: ['Petra Quispe'] },
}

test('of many in the trash no figures of one are told', () => {
  expect(describeGroup({ ...trash, name: 'Ann', celebrities: 100 })).toBe('Into the trash: 100 celebrities')
  expect(describeGroup({ ...trash, name: 'Ann', celebrities: 1 })).toBe(
    'Into the trash, with 4 photos and 0 lookalikes: Ann',
  )
})

test('a merge is told by name, but in the history of who stayed', () => {
  expect(describeGroup({ ...merge, name: 'Ann', celebrities: 2 })).toBe('Petra Quispe merged into Ann')
  expect(describeGroup({ ...merge, name: null, celebrities: 2 })).toBe(
    'Petra Quispe merged into another celebrity',
  )
  expect(describeChange(merge)).toBe('Petra Quispe merged into this one')
})
