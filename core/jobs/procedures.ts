import { implement } from '@orpc/server'
import type { Context } from '../access/context'
import { signPhotos } from '../access/photo-urls'
import { accessFirst, answerErrors, curator, staff } from '../access/procedure'
import { jobsContract } from './contract'
import { listJobs } from './list-jobs'
import { counts, retry, retryFailed } from './queue'

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

  counts: procedures.counts.use(staff).handler(({ context }) => context.transaction(counts)),

  retry: procedures.retry.use(curator).handler(async ({ context, input }) => {
    await context.transaction((tx) => retry(tx, input.kind, input.id))
    return {}
  }),

  retryFailed: procedures.retryFailed
    .use(curator)
    .handler(async ({ context }) => ({ retried: await context.transaction(retryFailed) })),
}
