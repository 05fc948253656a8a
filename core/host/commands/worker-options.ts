import { type Command, InvalidArgumentError, Option } from 'commander'
import type { MachineWork } from '../../model/machine-work'

export interface WorkerOptions {
  drain: boolean
  /** Minutes of an outage after which draining gives up. */
  patience: number
  /** For this run alone; what is not given is as this machine keeps it. */
  concurrency?: number
  /** Percent. */
  cpuShare?: number
  onBattery: boolean
}

/** Adds the options of `semblance worker`. */
export function withWorkerOptions(command: Command): Command {
  return command
    .option('--drain', 'end when the queue is empty', false)
    .addOption(
      new Option('--patience <minutes>', 'how long draining waits for a database or Storage that is away')
        .default(10)
        .argParser(minutes),
    )
    .addOption(
      new Option('--concurrency <photos>', 'photos at a time, in this run').argParser(wholeNumber(1, 64)),
    )
    .addOption(
      new Option('--cpu-share <percent>', 'the share of the time that it is busy, in this run').argParser(
        wholeNumber(5, 100),
      ),
    )
    .option('--on-battery', 'go on while this machine runs on battery', false)
}

/** What the command line says of how this machine works, in this run. */
export function givenWork({ concurrency, cpuShare, onBattery }: WorkerOptions): Partial<MachineWork> {
  return {
    // Whoever starts a worker wants it to work, also where the desktop's is switched off.
    background: true,
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(cpuShare === undefined ? {} : { cpu_share: cpuShare / 100 }),
    ...(onBattery ? { on_battery: true } : {}),
  }
}

function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const count = Number(text)
    if (Number.isInteger(count) && count >= least && count <= most) return count
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`)
  }
}

function minutes(text: string): number {
  const count = Number(text)
  if (!(count > 0 && count <= 1440)) throw new InvalidArgumentError('Give minutes, up to 1440.')
  return count
}
