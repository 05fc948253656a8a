import { describe, expect, it } from 'vitest'
import { ageBands, skinTones } from '../../../../core/celebrities/contract-curation'
import {
  cellLabel,
  depthOf,
  filterOfCell,
  gridOf,
  standingOf,
  thinSpots,
  yearsOf,
  type Cell,
} from './coverage-math'

const cell = (fields: Partial<Cell>): Cell => ({
  ...{ age: '25-34', gender: 'female', skin_tone: 'brown', celebrities: 0, people: 0 },
  ...fields,
})

describe('how well the gallery covers the people', () => {
  it('compares each kind with its share of the people', () => {
    const all = { cells: [], celebrities: 200, people: 50 }
    expect(standingOf(cell({ celebrities: 9, people: 5 }), all)).toMatchObject({
      peopleShare: 0.1,
      expected: 20,
      isThin: true,
    })
    expect(standingOf(cell({ celebrities: 10, people: 5 }), all).isThin).toBe(false)
    expect(standingOf(cell({ celebrities: 0, people: 0 }), all).isThin).toBe(false)
    // Half of a celebrity is nobody's fault.
    expect(standingOf(cell({ people: 1 }), { ...all, celebrities: 20 }).isThin).toBe(false)
    expect(standingOf(cell({}), { cells: [], celebrities: 0, people: 0 })).toMatchObject({
      peopleShare: 0,
      isThin: false,
    })
  })

  it('never asks for photos of minors', () => {
    const all = { cells: [cell({ age: '0-17', people: 50 })], celebrities: 200, people: 50 }
    expect(thinSpots(all, 5)).toEqual([])
    expect(standingOf(cell({ age: '0-17', people: 50 }), all)).toMatchObject({
      peopleShare: 1,
      isThin: false,
    })
  })

  it('names the spots where most are missing first', () => {
    const cells = [
      cell({ celebrities: 1, people: 10 }),
      cell({ age: '18-24', celebrities: 0, people: 40 }),
      cell({ age: '65+', celebrities: 99, people: 50 }),
    ]
    const spots = thinSpots({ cells, celebrities: 100, people: 100 }, 5)
    expect(spots.map(({ age }) => age)).toEqual(['18-24', '25-34'])
    expect(thinSpots({ cells, celebrities: 100, people: 100 }, 1)).toHaveLength(1)
  })

  it('has a place for each age and skin tone, also for those that nobody has', () => {
    const grid = gridOf({ cells: [cell({ celebrities: 3 })], celebrities: 3, people: 0 }, 'female')
    expect(grid).toHaveLength(skinTones.length)
    expect(grid.every((row) => row.length === ageBands.length)).toBe(true)
    expect(grid.flat().reduce((sum, { celebrities }) => sum + celebrities, 0)).toBe(3)
    expect(grid[skinTones.indexOf('brown')]?.[ageBands.indexOf('25-34')]?.celebrities).toBe(3)
  })

  it('is deeper for more, and never out of bounds', () => {
    expect(depthOf(0, 0)).toBe(0)
    expect(depthOf(25, 100)).toBe(0.5)
    expect(depthOf(100, 100)).toBe(1)
  })

  it('leads to the celebrities of a place', () => {
    expect(ageBands.map(yearsOf)).toEqual([
      { age_to: 17 },
      { age_from: 18, age_to: 24 },
      { age_from: 25, age_to: 34 },
      { age_from: 35, age_to: 44 },
      { age_from: 45, age_to: 54 },
      { age_from: 55, age_to: 64 },
      { age_from: 65 },
    ])
    expect(filterOfCell(cell({ age: '65+', gender: null }))).toEqual({
      ...{ age_from: 65, age_to: undefined, gender: undefined, missing: 'gender', skin_tone: 'brown' },
    })
    expect(cellLabel(cell({}))).toBe('Female, 25–34, brown skin')
    expect(cellLabel(cell({ gender: null, skin_tone: 'unknown' }))).toBe(
      'Gender not known, 25–34, skin tone not known',
    )
  })
})
