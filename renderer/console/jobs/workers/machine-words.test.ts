import { expect, test } from 'vitest'
import type { WorkingMachine } from '../../../../core/jobs/contract-machine'
import { machineText, photoChoices, shareChoices } from './machine-words'

const machine: WorkingMachine = {
  ...{ background: true, concurrency: null, cpu_share: 1, on_battery: false },
  ...{ worker_id: 'w', threads: 2, is_on_battery: false, idle_because: null },
}

test('as many photos as there are threads, or fewer', () => {
  expect(photoChoices(machine).map(({ value }) => value)).toEqual([null, 1])
  expect(machineText(machine, 'concurrency')).toBe('All 2')
  expect(machineText({ ...machine, concurrency: 1 }, 'concurrency')).toBe('1')
  // Set where there were more threads.
  expect(machineText({ ...machine, concurrency: 8 }, 'concurrency')).toBe('All 2')
  expect(machineText({ ...machine, threads: 1 }, 'concurrency')).toBe('1')
})

test('a share that is none of the usual ones stands among them', () => {
  expect(shareChoices(machine).map(({ value }) => value)).toEqual([1, 0.75, 0.5, 0.25, 0.1])
  expect(shareChoices({ ...machine, cpu_share: 0.4 }).map(({ value }) => value)).toEqual([
    1, 0.75, 0.5, 0.4, 0.25, 0.1,
  ])
})
