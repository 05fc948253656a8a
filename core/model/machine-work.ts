import { z } from 'zod'

/** How much of this machine the worker may use; kept on the machine, and nobody else's business. */
export const machineWorkSchema = z.object({
  /** Work in the background: whether jobs are done here at all. */
  background: z.boolean(),
  /** Photos at a time; null for one per thread of the face models. */
  concurrency: z.int().min(1, 'At least 1.').max(64, 'At most 64.').nullable(),
  /** The share of the time that it may be busy, 0.05 to 1. */
  cpu_share: z.number().min(0.05, 'At least 5 %.').max(1, 'At most 100 %.'),
  /** Whether it goes on while this machine runs on battery. */
  on_battery: z.boolean(),
})
export type MachineWork = z.infer<typeof machineWorkSchema>

export const machineWorkDefaults: MachineWork = {
  background: true,
  concurrency: null,
  cpu_share: 1,
  on_battery: false,
}
