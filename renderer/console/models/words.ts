import type { PackView, SwitchProgress } from '../../../core/models/contract'
import type { Tone } from '../../kit/tone'

/** Whether a switch is under way. */
export const isOpen = ({ state }: Pick<SwitchProgress, 'state'>) => state === 'running' || state === 'paused'

/** Where a pack stands, in a word with its tone. */
export function packState({ is_active, is_installed }: PackView): { word: string; tone: Tone } {
  if (is_active)
    return {
      word: is_installed ? 'Active' : 'Active, not installed here',
      tone: is_installed ? 'good' : 'bad',
    }
  return is_installed ? { word: 'Installed', tone: 'info' } : { word: 'Not installed', tone: 'neutral' }
}

const providerNames: Record<string, string> = {
  cpu: 'Processor',
  cuda: 'CUDA',
  dml: 'DirectML',
  coreml: 'CoreML',
  webgpu: 'WebGPU',
}

export const formatProvider = (name: string) => providerNames[name] ?? name

/** Photos that the switch is done with, staged or left out, of all: 0..1. */
export function shareDone({ staged, accepted, total }: SwitchProgress): number {
  return total === 0 ? 1 : (staged + accepted) / total
}

/** What the switch waits for, where no photo is under way. */
export function isStuck({ state, waiting, running, failed }: SwitchProgress): boolean {
  return state === 'running' && waiting + running === 0 && failed > 0
}

/** Whether the console has to ask again for how far a switch is: while it is open, and while its searches run. */
export const isMoving = (progress: SwitchProgress) =>
  isOpen(progress) || (progress.outcome?.searches.left ?? 0) > 0
