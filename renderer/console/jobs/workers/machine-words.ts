import type { WorkingMachine } from '../../../../core/jobs/contract-machine'
import type { MachineWork } from '../../../../core/model/machine-work'
import { formatPercent } from '../../../kit/format'

/** What each setting of this machine is called. */
export const machineLabels: Record<keyof MachineWork, string> = {
  background: 'Work in the background',
  concurrency: 'Photos at a time',
  cpu_share: 'Share of the CPU',
  on_battery: 'On battery',
}

/** A setting as people read it. */
export function machineText(machine: WorkingMachine, key: keyof MachineWork): string {
  switch (key) {
    case 'background':
      return machine.background ? 'On' : 'Off'
    case 'concurrency':
      return photosText(machine)
    case 'cpu_share':
      return formatPercent(machine.cpu_share)
    case 'on_battery':
      return machine.on_battery ? 'Goes on' : 'Pauses'
  }
}

function photosText({ concurrency, threads }: WorkingMachine): string {
  return concurrency === null || concurrency >= threads ? allOf(threads) : String(concurrency)
}

const allOf = (threads: number) => (threads === 1 ? '1' : `All ${threads}`)

/** What there is to choose, and the value that each choice stands for. */
export interface Choice<Value> {
  id: string
  label: string
  value: Value
}

/** More photos at a time than there are threads are not analysed. */
export function photoChoices({ threads }: WorkingMachine): Choice<number | null>[] {
  const fewer = Array.from({ length: threads - 1 }, (_, index) => index + 1)
  return [
    { id: 'all', label: allOf(threads), value: null },
    ...fewer.map((count) => ({ id: String(count), label: String(count), value: count })),
  ]
}

/** Usual shares, and the one that is set where it is none of them. */
export function shareChoices({ cpu_share }: WorkingMachine): Choice<number>[] {
  const shares = [...new Set([1, 0.75, 0.5, 0.25, 0.1, cpu_share])].toSorted((a, b) => b - a)
  return shares.map((value) => ({ id: String(value), label: formatPercent(value), value }))
}
