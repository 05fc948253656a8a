import { oc } from '@orpc/contract'
import { z } from 'zod'
import { machineWorkSchema } from '../model/machine-work'

/** What the machine that answers gives to the queue, and how its worker fares. */
const machineSchema = machineWorkSchema.extend({
  /** Of its row among the workers. */
  worker_id: z.string(),
  /** Threads of the face models: more photos at a time than these are not analysed. */
  threads: z.int().min(1),
  is_on_battery: z.boolean(),
  /** Why it does nothing, for a person; null where it works, or would if there were jobs. */
  idle_because: z.string().nullable(),
})
export type WorkingMachine = z.infer<typeof machineSchema>

export const machineContract = {
  /** Staff. */
  machine: oc.output(machineSchema),
  /** Curator. Counts at once, and at the next start too. */
  setMachine: oc.input(machineWorkSchema.partial()).output(machineSchema),
}
