import { implement } from '@orpc/server'
import type { Context } from '../../access/context'
import { accessFirst, answerErrors, curator } from '../../access/procedure'
import { SemblanceError } from '../../model/errors'
import { importsContract } from '../contract-import'
import type { Importer } from './importer'

/** The host's parts for `imports.*`. */
export type ImportsContext = Context & { imports: Importer }

const procedures = implement(importsContract, accessFirst).$context<ImportsContext>().use(answerErrors)

export const importsProcedures = {
  list: procedures.list.use(curator).handler(({ context }) => context.imports.list()),
  get: procedures.get.use(curator).handler(({ context, input }) => context.imports.get(input.id)),
  watch: procedures.watch
    .use(curator)
    .handler(({ context, input, signal }) => context.imports.watch(input.id, signal)),

  create: procedures.create.use(curator).handler(({ context, input }) => {
    if (input.path !== undefined && !context.request.local) {
      throw new SemblanceError(
        'FORBIDDEN',
        'Only a window on the machine that Semblance runs on can name a folder of it. Upload the photos instead.',
      )
    }
    return context.imports.create(input, context.caller.id)
  }),
  uploaded: procedures.uploaded
    .use(curator)
    .handler(({ context, input }) => context.imports.uploaded(input.id)),
  pause: procedures.pause.use(curator).handler(({ context, input }) => context.imports.pause(input.id)),
  resume: procedures.resume.use(curator).handler(({ context, input }) => context.imports.resume(input.id)),
  discard: procedures.discard.use(curator).handler(async ({ context, input }) => {
    await context.imports.discard(input.id)
    return {}
  }),
  update: procedures.update
    .use(curator)
    .handler(({ context, input: { id, ...change } }) => context.imports.update(id, change)),
}
