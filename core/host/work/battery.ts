import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

interface BatteryOptions {
  platform?: NodeJS.Platform
  /** Where Linux tells of power supplies. */
  folder?: string
}

/** Milliseconds between looks at what this machine runs on. */
const lookMs = 30_000

/** Whether this machine runs on battery; false where nobody can tell. */
export async function isOnBattery(options: BatteryOptions = {}): Promise<boolean> {
  const { platform = process.platform, folder = '/sys/class/power_supply' } = options
  try {
    if (platform === 'linux') return await isLinuxOnBattery(folder)
    if (platform === 'darwin') {
      return drawsFromBattery((await promisify(execFile)('pmset', ['-g', 'batt'])).stdout)
    }
  } catch {
    // A machine that says nothing of its power is taken for one with a plug.
  }
  return false
}

/** @param told what macOS answers to `pmset -g batt` */
export function drawsFromBattery(told: string): boolean {
  return told.includes("'Battery Power'")
}

/** A supply that is plugged in decides; the battery of a mouse (scope Device) is none of the machine's. */
async function isLinuxOnBattery(folder: string): Promise<boolean> {
  const read = (supply: string, name: string) =>
    readFile(join(folder, supply, name), 'utf8').then(
      (text) => text.trim(),
      () => '',
    )
  let discharges = false
  for (const supply of await readdir(folder)) {
    const type = await read(supply, 'type')
    if (type === 'Battery') {
      const isOwn = (await read(supply, 'scope')) !== 'Device'
      if (isOwn && (await read(supply, 'status')) === 'Discharging') discharges = true
    } else if ((await read(supply, 'online')) === '1') return false
  }
  return discharges
}

/** Tells what this machine runs on, now and by and by, until the result is called. */
export function watchBattery(tell: (isOnBattery: boolean) => void, options: BatteryOptions = {}): () => void {
  const look = () => void isOnBattery(options).then(tell)
  look()
  const timer = setInterval(look, lookMs)
  timer.unref()
  return () => clearInterval(timer)
}
