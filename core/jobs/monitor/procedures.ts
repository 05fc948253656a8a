import { implement } from '@orpc/server'
import type { Context } from '../../access/context'
import { accessFirst, admin, answerErrors, curator, staff } from '../../access/procedure'
import { monitorContract } from '../contract-monitor'
import { signNamed } from '../list/names'
import { queueAlarms } from './alarms'
import { failureGroups, viewGroup } from './failures'
import { describeJob, viewJob } from './job-detail'
import { watchQueue } from './changes'
import { queueNow } from './now'
import { jobSeries } from './series'
import { forgetWorker, instructWorker, listWorkers } from './workers'

const procedures = implement(monitorContract, accessFirst).$context<Context>().use(answerErrors)

export const monitorProcedures = {
  now: procedures.now.use(staff).handler(({ context }) => context.transaction(queueNow)),

  changes: procedures.changes
    .use(staff)
    .handler(({ context, signal, path }) =>
      watchQueue(context, queueNow, { signal, procedure: path.join('.') }),
    ),

  series: procedures.series
    .use(staff)
    .handler(({ context, input }) => context.transaction((tx) => jobSeries(tx, input.minutes))),

  alarms: procedures.alarms
    .use(staff)
    .handler(({ context, input }) => context.transaction((tx) => queueAlarms(tx, input))),

  workers: procedures.workers
    .use(staff)
    .handler(({ context }) => context.transaction((tx) => listWorkers(tx))),

  instruct: procedures.instruct
    .use(curator)
    .handler(({ context, input }) =>
      context.transaction((tx) => instructWorker(tx, { ...input, by: context.caller.id })),
    ),

  forgetWorker: procedures.forgetWorker.use(admin).handler(async ({ context, input }) => {
    await context.transaction((tx) => forgetWorker(tx, input.worker_id))
    return {}
  }),

  failures: procedures.failures.use(staff).handler(async ({ context, input }) => {
    const query = { kind: input?.kind, dismissed: input?.dismissed ?? false }
    const groups = await context.transaction((tx) => failureGroups(tx, query))
    const url = await signNamed(
      context,
      groups.map(({ named }) => named),
    )
    return {
      groups: groups.map((group) => viewGroup(group, url(group.named))),
      jobs: groups.reduce((sum, group) => sum + group.jobs, 0),
    }
  }),

  get: procedures.get
    .use(staff)
    .handler(async ({ context, input }) =>
      viewJob(context, await context.transaction((tx) => describeJob(tx, input.kind, input.id))),
    ),
}
