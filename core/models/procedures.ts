import { implement } from '@orpc/server'
import type { Transaction } from 'kysely'
import type { Context } from '../access/context'
import { signPhotos } from '../access/photo-urls'
import { accessFirst, admin, answerErrors, staff, type SignedInContext } from '../access/procedure'
import type { Tables } from '../database/tables'
import { manifestOf } from '../faces/packs/shipped-packs'
import { readActiveModel } from './active-model'
import { modelsContract } from './contract'
import type { ModelMachine } from './machine'
import { planFor, viewPacks } from './packs-here'
import { listFailures, readProgress } from './progress'
import { acceptFailed, cancelSwitch, pauseSwitch, resumeSwitch, retryFailed, startSwitch } from './switches'

export type ModelsContext = Context & { models: ModelMachine }

const procedures = implement(modelsContract, accessFirst).$context<ModelsContext>().use(answerErrors)

/** Only the host writes these tables (0021_model_switches.sql); who may ask it to was found out before. */
const asHost = <T>(
  { database }: Pick<SignedInContext, 'database'>,
  work: (tx: Transaction<Tables>) => Promise<T>,
): Promise<T> => database.asService(work)

export const modelsProcedures = {
  packs: procedures.packs.use(staff).handler(async ({ context }) => {
    const active = await asHost(context, readActiveModel)
    return viewPacks(context.models, active)
  }),

  install: procedures.install.use(admin).handler(async ({ context, input }) => {
    const manifest = await manifestOf(input.pack, context.models.directory)
    context.models.install(manifest, { acceptTerms: input.accept_terms })
    return {}
  }),

  plan: procedures.plan.use(admin).handler(async ({ context, input }) => {
    const plan = await planFor(context.models, input.pack)
    return asHost(context, plan)
  }),

  start: procedures.start.use(admin).handler(async ({ context, input }) => {
    const plan = await planFor(context.models, input.pack)
    const id = await asHost(context, async (tx) =>
      startSwitch(tx, await plan(tx), { basis: input.basis, startedBy: context.caller.id }),
    )
    return { id }
  }),

  progress: procedures.progress
    .use(staff)
    .handler(({ context }) => asHost(context, (tx) => readProgress(tx, context.models.stages))),

  failures: procedures.failures.use(staff).handler(async ({ context, input }) => {
    const rows = await asHost(context, (tx) => listFailures(tx, input.limit))
    const url = await signPhotos(context, {
      faces: rows.map((row) => row.face_photo),
      'celebrity-images': rows.map((row) => row.celebrity_photo),
    })
    return rows.map(({ face_id, face_photo, celebrity_photo, ...row }) => ({
      ...row,
      subject: face_id === null ? ('celebrity' as const) : ('face' as const),
      thumbnail_url: url('faces', face_photo) ?? url('celebrity-images', celebrity_photo),
    }))
  }),

  pause: procedures.pause.use(admin).handler(async ({ context }) => {
    await asHost(context, pauseSwitch)
    return {}
  }),

  resume: procedures.resume.use(admin).handler(async ({ context }) => {
    await asHost(context, resumeSwitch)
    return {}
  }),

  cancel: procedures.cancel.use(admin).handler(async ({ context }) => {
    await asHost(context, (tx) => cancelSwitch(tx, context.caller.id))
    return {}
  }),

  retryFailed: procedures.retryFailed
    .use(admin)
    .handler(async ({ context }) => ({ retried: await asHost(context, retryFailed) })),

  acceptFailed: procedures.acceptFailed
    .use(admin)
    .handler(async ({ context }) => ({ accepted: await asHost(context, acceptFailed) })),
}
