import { implement } from '@orpc/server'
import { sql, type SqlBool } from 'kysely'
import type { Context } from '../access/context'
import { signPhotos } from '../access/photo-urls'
import { accessFirst, answerErrors, curator, staff } from '../access/procedure'
import { jobsContract } from './contract'
import { listJobs } from './list/list-jobs'
import { countsByStatus } from './monitor/counts'
import { retry, retryFailed } from './queue/queue'
import { retry as retryWhich } from './queue/actions'

const procedures = implement(jobsContract, accessFirst).$context<Context>().use(answerErrors)

export const jobsProcedures = {
  list: procedures.list.use(staff).handler(async ({ context, input }) => {
    const { items, ...page } = await context.transaction((tx) => listJobs(tx, input))
    const url = await signPhotos(context, {
      faces: items.map((job) => job.face_photo),
      'celebrity-images': items.map((job) => job.celebrity_photo),
    })
    const views = items.map(({ created_key: _, face_photo, celebrity_photo, ...job }) => ({
      ...job,
      job_type: job.job_type ?? 'both',
      thumbnail_url: url('faces', face_photo) ?? url('celebrity-images', celebrity_photo),
    }))
    return { items: views, ...page }
  }),

  counts: procedures.counts.use(staff).handler(({ context }) => context.transaction(countsByStatus)),

  retry: procedures.retry.use(curator).handler(async ({ context, input }) => {
    const { kind, id, from_stage: fromStage } = input
    await context.transaction(async (tx) => {
      if (fromStage !== undefined) {
        const which = sql<SqlBool>`job.id = ${id}`
        const [started] = await retryWhich(tx, kind, which, { fromStage, completed: true })
        if (started !== undefined) return
      }
      await retry(tx, kind, id)
    })
    return {}
  }),

  retryFailed: procedures.retryFailed
    .use(curator)
    .handler(async ({ context }) => ({ retried: await context.transaction(retryFailed) })),
}
