import { implement } from '@orpc/server'
import type { Context } from '../access/context'
import { accessFirst, admin, answerErrors, staff } from '../access/procedure'
import { samplesContract } from './contract'
import type { SampleLoader } from './loader'

const procedures = implement(samplesContract, accessFirst)
  .$context<Context & { samples: SampleLoader }>()
  .use(answerErrors)

export const samplesProcedures = {
  status: procedures.status.use(staff).handler(({ context }) => context.samples.status()),
  load: procedures.load.use(admin).handler(({ context }) => context.samples.load()),
  cancel: procedures.cancel.use(admin).handler(({ context }) => context.samples.cancel()),
  remove: procedures.remove.use(admin).handler(({ context }) => context.samples.remove()),
}
