import { implement } from '@orpc/server'
import type { Context } from '../../access/context'
import { toClientError } from '../../access/failures'
import { accessFirst, answerErrors, curator, curatorHere, requireCuratorStill } from '../../access/procedure'
import { SemblanceError } from '../../model/errors'
import { importsContract } from '../contract-import'
import type { Import } from '../contract-import-schemas'
import { decide } from './decisions/decisions'
import { importEffects } from './effects/effects'
import { describeFile } from './files/file-detail'
import { filesByIds, listFiles } from './files/files'
import type { Importer } from './importer'
import { keptOf, listPublished } from './undo/published'
import type { StagedImages } from './staging/staged-image'
import { redoDecision, undoDecision } from './decisions/undo-decision'

/** The host's parts for `imports.*`. */
export type ImportsContext = Context & { imports: Importer; stagedImages: StagedImages }

const procedures = implement(importsContract, accessFirst).$context<ImportsContext>().use(answerErrors)

export const importsProcedures = {
  list: procedures.list
    .use(curatorHere)
    .handler(async ({ context }) => (await context.imports.list()).map((one) => tellable(context, one))),
  get: procedures.get
    .use(curatorHere)
    .handler(async ({ context, input }) => tellable(context, await context.imports.get(input.id))),
  watch: procedures.watch.use(curatorHere).handler(async function* ({ context, input, signal, path }) {
    try {
      for await (const one of context.imports.watch(input.id, signal)) {
        await requireCuratorStill(context)
        yield tellable(context, one)
      }
    } catch (error) {
      throw toClientError(error, context.log, path.join('.'))
    }
  }),

  create: procedures.create.use(curatorHere).handler(async ({ context, input }) => {
    if (input.path !== undefined && !context.request.local) {
      throw new SemblanceError(
        'FORBIDDEN',
        'Only a window on the machine that Semblance runs on can name a folder of it. Upload the photos instead.',
      )
    }
    return tellable(context, await context.imports.create(input, context.caller.id))
  }),
  upload: procedures.upload
    .use(curatorHere)
    .handler(async ({ context, input: { id, path, offset, piece } }) => {
      const bytes = new Uint8Array(await piece.arrayBuffer())
      return { bytes: await context.imports.upload(id, { path, offset, piece: bytes }) }
    }),
  uploaded: procedures.uploaded
    .use(curatorHere)
    .handler(async ({ context, input }) => tellable(context, await context.imports.uploaded(input.id))),
  pause: procedures.pause
    .use(curatorHere)
    .handler(async ({ context, input }) => tellable(context, await context.imports.pause(input.id))),
  resume: procedures.resume
    .use(curatorHere)
    .handler(async ({ context, input }) => tellable(context, await context.imports.resume(input.id))),
  discard: procedures.discard.use(curatorHere).handler(async ({ context, input }) => {
    await context.imports.discard(input.id)
    return {}
  }),
  update: procedures.update
    .use(curatorHere)
    .handler(async ({ context, input: { id, ...change } }) =>
      tellable(context, await context.imports.update(id, change)),
    ),

  files: procedures.files
    .use(curatorHere)
    .handler(({ context, input }) => listFiles(filesOf(context), input)),
  file: procedures.file
    .use(curatorHere)
    .handler(({ context, input }) => describeFile(filesOf(context), input.id, input.file_id)),
  decide: procedures.decide.use(curatorHere).handler(async ({ context, input: { id, decision, seen } }) => {
    const { changed } = await decide(context.imports.staging, id, decision, context.caller.id, seen)
    return answerChanges(context, id, changed)
  }),
  undoDecision: procedures.undoDecision.use(curatorHere).handler(async ({ context, input: { id } }) => {
    const { changed, undone } = await undoDecision(context.imports.staging, id, context.caller.id)
    return { ...(await answerChanges(context, id, changed)), undone }
  }),
  redoDecision: procedures.redoDecision.use(curatorHere).handler(async ({ context, input: { id } }) => {
    const { changed, redone } = await redoDecision(context.imports.staging, id, context.caller.id)
    return { ...(await answerChanges(context, id, changed)), redone }
  }),
  effects: procedures.effects
    .use(curator)
    .handler(({ context, input, signal }) => importEffects(filesOf(context), input.id, signal)),

  publish: procedures.publish
    .use(curator)
    .handler(async ({ context, input }) =>
      tellable(context, await context.imports.publish(input.id, context.caller.id)),
    ),
  reopen: procedures.reopen
    .use(curatorHere)
    .handler(async ({ context, input }) => tellable(context, await context.imports.reopen(input.id))),
  undo: procedures.undo
    .use(curator)
    .handler(({ context, input }) => context.imports.undo(input.id, context.caller.id)),
  published: procedures.published.use(curator).handler(({ context }) => context.transaction(listPublished)),
  kept: procedures.kept
    .use(curator)
    .handler(({ context, input }) => context.transaction((tx) => keptOf(tx, input.id))),
}

const filesOf = (context: ImportsContext) => ({ ...context, staging: context.imports.staging })

/** Where photos lie on this machine is nothing for callers who are not on it. */
const tellable = ({ request }: Context, of: Import): Import =>
  request.local ? of : { ...of, source_path: null }

/** Whoever watches is told, and whoever decided sees what came of it. */
async function answerChanges(context: ImportsContext, id: string, changed: readonly number[]) {
  context.imports.changed(id)
  return {
    import: tellable(context, await context.imports.get(id)),
    changed: await filesByIds(filesOf(context), id, changed),
  }
}
