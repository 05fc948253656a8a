import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { drawsFromBattery, isOnBattery } from './battery'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-power-'))
})
afterEach(() => rm(folder, { recursive: true }))

type Supplies = Record<string, Record<string, string>>

/** Files as Linux shows its power supplies. */
async function supply(supplies: Supplies): Promise<void> {
  for (const [name, files] of Object.entries(supplies)) {
    await mkdir(join(folder, name))
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, name, file), `${text}\n`)
  }
}

describe('Linux', () => {
  const battery = { type: 'Battery', status: 'Discharging' }
  const plug = (online: string) => ({ type: 'Mains', online })
  test.each<[string, Supplies, boolean]>([
    ['nothing to draw from', {}, false],
    ['a battery that is being emptied', { AC: plug('0'), BAT0: battery }, true],
    ['a plug beside it', { AC: plug('1'), BAT0: battery }, false],
    ['a charger by USB beside it', { BAT0: battery, 'ucsi:1': { type: 'USB', online: '1' } }, false],
    ['a battery that is full', { BAT0: { ...battery, status: 'Full' } }, false],
    [
      'two, one of which is being emptied',
      { BAT0: { ...battery, status: 'Not charging' }, BAT1: battery },
      true,
    ],
    ["a mouse's battery", { mouse: { ...battery, scope: 'Device' } }, false],
  ])('%s', async (_, supplies, expected) => {
    await supply(supplies)
    expect(await isOnBattery({ platform: 'linux', folder })).toBe(expected)
  })
  test('a machine without such a folder has a plug', async () => {
    expect(await isOnBattery({ platform: 'linux', folder: join(folder, 'none') })).toBe(false)
  })
})

test('macOS', () => {
  const rest = ' -InternalBattery-0 (id=1)\t87%; discharging; 3:12 remaining present: true\n'
  expect(drawsFromBattery(`Now drawing from 'Battery Power'\n${rest}`)).toBe(true)
  expect(drawsFromBattery(`Now drawing from 'AC Power'\n${rest}`)).toBe(false)
})

test('another system says nothing', async () => {
  expect(await isOnBattery({ platform: 'win32', folder })).toBe(false)
})
