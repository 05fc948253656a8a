import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type MachineWork, machineWorkDefaults } from '../../model/machine-work'
import { createMachineLimits } from './machine-work'

let home: string
let changes: number
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'semblance-machine-'))
  changes = 0
})
afterEach(() => rm(home, { recursive: true }))

const file = () => join(home, 'worker.json')
const open = (given: Partial<MachineWork> = {}) =>
  createMachineLimits({ home, threads: 3, given, onChange: () => (changes += 1) })

test.each<[string, string, MachineWork]>([
  ['what is not said is as usual', '{"concurrency": 2}', { ...machineWorkDefaults, concurrency: 2 }],
  ['what makes no sense counts as not said', '{"concurrency": 2, "cpu_share": 5}', machineWorkDefaults],
  ['a file that is cut off says nothing', '{"backgr', machineWorkDefaults],
])('%s', async (_, text, expected) => {
  await writeFile(file(), text)
  expect(open().current()).toEqual({ ...expected, threads: 3, is_on_battery: false })
})

test('a machine that was never told works, all of it, but not on battery', () => {
  expect(open().limits()).toEqual({ concurrency: 4, cpuShare: 1, paused: null })
  expect(open().current()).toEqual({ ...machineWorkDefaults, threads: 3, is_on_battery: false })
})

test('what is set counts at once and at the next start', async () => {
  const machine = open()
  await machine.set({ background: false, cpu_share: 0.25 })
  await machine.set({ concurrency: 1 })
  expect(changes).toBe(2)
  for (const one of [machine, open()]) {
    expect(one.limits()).toMatchObject({ concurrency: 2, cpuShare: 0.25 })
    expect(one.limits().paused).toContain('switched off')
  }
  expect(JSON.parse(await readFile(file(), 'utf8'))).toEqual({
    ...{ background: false, concurrency: 1, cpu_share: 0.25, on_battery: false },
    ...{ paused: false, worker_id: null },
  })
})

test('what makes no sense is refused, and what cannot be kept does not count', async () => {
  const machine = open()
  await expect(machine.set({ cpu_share: 0.01 })).rejects.toThrow('At least 5 %')
  await rm(home, { recursive: true })
  await expect(machine.set({ cpu_share: 0.5 })).rejects.toThrow()
  expect(machine.limits().cpuShare).toBe(1)
  expect(changes).toBe(0)
  home = await mkdtemp(join(tmpdir(), 'semblance-machine-'))
})

test('what the command line says counts for this run alone, and no more threads work than there are', async () => {
  await open().set({ background: false, concurrency: 1 })
  expect(open({ background: true, concurrency: 64 }).limits()).toMatchObject({ concurrency: 4, paused: null })
  expect(open().current()).toMatchObject({ background: false, concurrency: 1 })
})

test('on battery it pauses, unless that is allowed', async () => {
  const machine = open()
  machine.setOnBattery(false)
  expect(changes).toBe(0)
  machine.setOnBattery(true)
  machine.setOnBattery(true)
  expect(changes).toBe(1)
  expect(machine.limits().paused).toContain('battery')
  expect(machine.current().is_on_battery).toBe(true)
  await machine.set({ on_battery: true })
  expect(machine.limits().paused).toBeNull()
})

test('a pause is kept for the next start, also beside a setting that is written at the same time', async () => {
  const machine = open()
  expect(machine.pause.isPaused()).toBe(false)
  machine.pause.keep(true)
  machine.pause.keep(false)
  machine.pause.keep(true)
  await machine.set({ cpu_share: 0.5 })
  expect(open().pause.isPaused()).toBe(true)
  expect(open().limits().cpuShare).toBe(0.5)
  machine.pause.keep(false)
  await machine.set({ cpu_share: 1 })
  expect(open().pause.isPaused()).toBe(false)
})

test('a worker’s id is the same at every start, and another one once a copy goes by it', async () => {
  const machine = open()
  const before = machine.workerId()
  expect(open().workerId()).toBe(before)
  const after = machine.takeNewId()
  expect(after).not.toBe(before)
  expect(machine.workerId()).toBe(after)
  await machine.set({})
  expect(open().workerId()).toBe(after)
})

test('what can’t be kept counts until the end, and is told', async () => {
  const told: unknown[] = []
  const machine = createMachineLimits({
    ...{ home, threads: 3, onChange: () => undefined, onError: (error) => told.push(error) },
  })
  await rm(home, { recursive: true })
  machine.pause.keep(true)
  expect(machine.pause.isPaused()).toBe(true)
  await expect(machine.set({})).rejects.toThrow()
  expect(told).toHaveLength(1)
  home = await mkdtemp(join(tmpdir(), 'semblance-machine-'))
})
