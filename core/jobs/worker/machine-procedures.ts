import { implement } from '@orpc/server'
import type { Context } from '../../access/context'
import { accessFirst, answerErrors, curator, staff } from '../../access/procedure'
import { machineContract, type WorkingMachine } from '../contract-machine'
import type { WorkMachine } from './limits'

/** The host's parts for `jobs.machine`: what it gives to its own worker is no row of the database. */
export type MachineContext = Context & { machine: WorkMachine }

const procedures = implement(machineContract, accessFirst).$context<MachineContext>().use(answerErrors)

export const machineProcedures = {
  machine: procedures.machine.use(staff).handler(({ context }) => view(context)),

  setMachine: procedures.setMachine.use(curator).handler(async ({ context, input }) => {
    await context.machine.set(input)
    return view(context)
  }),
}

function view({ machine, worker }: Pick<MachineContext, 'machine' | 'worker'>): WorkingMachine {
  const { id, message } = worker()
  return { ...machine.current(), worker_id: id, idle_because: machine.limits().paused ?? message }
}
