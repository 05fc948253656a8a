import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomic } from '../embedded/data-directory'
import type { WorkMachine } from '../jobs/worker/limits'
import { type MachineWork, machineWorkDefaults, machineWorkSchema } from '../model/machine-work'

/** What this machine gives to the worker, and whether it runs on battery now. */
export interface MachineLimits extends WorkMachine {
  setOnBattery: (isOnBattery: boolean) => void
}

interface Options {
  /** The data directory, which holds `worker.json`. */
  home: string
  /** Threads of the face models. */
  threads: number
  /** For this run alone: what the command line says. */
  given?: Partial<MachineWork>
  onChange: () => void
}

const fileOf = (home: string) => join(home, 'worker.json')

export function createMachineLimits({ home, threads, given = {}, onChange }: Options): MachineLimits {
  let kept = readMachineWork(home)
  let isOnBattery = false
  const settings = (): MachineWork => ({ ...kept, ...given })

  function paused(): string | null {
    const { background, on_battery } = settings()
    if (!background) return 'Work in the background is switched off on this machine.'
    return isOnBattery && !on_battery ? 'This machine runs on battery.' : null
  }

  return {
    limits: () => {
      const { concurrency, cpu_share } = settings()
      // One more than there are threads, so that one photo is fetched while others are analysed.
      return {
        concurrency: Math.min(concurrency ?? threads, threads) + 1,
        cpuShare: cpu_share,
        paused: paused(),
      }
    },
    current: () => ({ ...settings(), threads, is_on_battery: isOnBattery }),
    async set(change) {
      const next = machineWorkSchema.parse({ ...kept, ...change })
      await writeFileAtomic(fileOf(home), `${JSON.stringify(next, null, 2)}\n`)
      kept = next
      onChange()
    },
    setOnBattery(next) {
      if (next === isOnBattery) return
      isOnBattery = next
      onChange()
    },
  }
}

/** What was kept; what makes no sense counts as not said. */
export function readMachineWork(home: string): MachineWork {
  try {
    const parsed = machineWorkSchema.partial().parse(JSON.parse(readFileSync(fileOf(home), 'utf8')))
    return { ...machineWorkDefaults, ...parsed }
  } catch {
    return machineWorkDefaults
  }
}
