import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { writeFileAtomic } from '../../embedded/data-directory'
import type { WorkMachine } from '../../jobs/worker/limits'
import type { KeptPause } from '../../jobs/worker/orders'
import { type MachineWork, machineWorkDefaults, machineWorkSchema } from '../../model/machine-work'

/** What this machine gives to the worker, and what it keeps of it from one start to the next. */
export interface MachineLimits extends WorkMachine {
  setOnBattery: (isOnBattery: boolean) => void
  pause: KeptPause
  /** The worker's id: the same at every start on this data directory, so that it finds the jobs that it had. */
  workerId: () => string
  /** Takes another id, for a copy of this data directory goes by the same; gives it. */
  takeNewId: () => string
}

/** `worker.json`: what people set, and what the worker notes for its next start. */
const keptSchema = machineWorkSchema.extend({
  /** An operator has asked it to pause. */
  paused: z.boolean(),
  /** Null for the one that follows from the machine and the data directory. */
  worker_id: z.string().nullable(),
})
type Kept = z.infer<typeof keptSchema>

const keptDefaults: Kept = { ...machineWorkDefaults, paused: false, worker_id: null }

interface Options {
  /** The data directory, which holds `worker.json`. */
  home: string
  /** Threads of the face models. */
  threads: number
  /** For this run alone: what the command line says. */
  given?: Partial<MachineWork>
  onChange: () => void
  /** Told of what could not be kept for the next start. Default: nobody. */
  onError?: (error: unknown) => void
}

const fileOf = (home: string) => join(home, 'worker.json')

export function createMachineLimits(options: Options): MachineLimits {
  const { home, threads, given = {}, onChange, onError = () => undefined } = options
  let kept = readKept(home)
  let { paused: isPaused, worker_id: ownId } = kept
  let isOnBattery = false
  let turn = Promise.resolve()
  const settings = (): MachineWork => ({ ...machineWorkSchema.parse(kept), ...given })

  /** One after the other, so that none writes over what another has just kept. */
  function keep(change: Partial<Kept>): Promise<void> {
    const done = turn.then(async () => {
      const next = keptSchema.parse({ ...kept, ...change })
      await writeFileAtomic(fileOf(home), `${JSON.stringify(next, null, 2)}\n`)
      kept = next
    })
    turn = done.catch(() => undefined)
    return done
  }

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
      await keep(change)
      onChange()
    },
    setOnBattery(next) {
      if (next === isOnBattery) return
      isOnBattery = next
      onChange()
    },
    pause: {
      isPaused: () => isPaused,
      keep(next) {
        if (next === isPaused) return
        isPaused = next
        keep({ paused: next }).catch(onError)
      },
    },
    workerId: () => ownId ?? workerName(home),
    takeNewId() {
      ownId = `${hostname()}-${randomBytes(4).toString('hex')}`
      keep({ worker_id: ownId }).catch(onError)
      return ownId
    },
  }
}

/** One host at a time holds a data directory. */
function workerName(home: string): string {
  return `${hostname()}-${createHash('sha256').update(home).digest('hex').slice(0, 8)}`
}

/** What was kept; what makes no sense counts as not said. */
function readKept(home: string): Kept {
  try {
    return { ...keptDefaults, ...keptSchema.partial().parse(JSON.parse(readFileSync(fileOf(home), 'utf8'))) }
  } catch {
    return keptDefaults
  }
}
