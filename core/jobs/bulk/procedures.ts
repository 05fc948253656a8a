import { implement } from '@orpc/server'
import type { Context } from '../../access/context'
import { toClientError } from '../../access/failures'
import { accessFirst, answerErrors, curator, staff, type SignedInContext } from '../../access/procedure'
import { pause } from '../../database/pause'
import { bulkContract, type Bulk } from '../contract-bulk'
import { planBulk } from './plan'
import { askToStop, beginRun, beginUndo, noteBrokenOff, runToEnd } from './run'
import { describeBulk, listBulks } from './view'

const procedures = implement(bulkContract, accessFirst).$context<Context>().use(answerErrors)

const progressMs = 500
const neverEnds = new AbortController().signal

export const bulkProcedures = {
  planBulk: procedures.planBulk
    .use(curator)
    .handler(({ context, input }) => context.transaction((tx) => planBulk(tx, input, context.caller.id))),

  runBulk: procedures.runBulk.use(curator).handler(async ({ context, input }) => {
    const bulk = await context.transaction((tx) => beginRun(tx, input.id, context.caller.id))
    runInBackground(context, bulk)
    return bulk
  }),

  stopBulk: procedures.stopBulk
    .use(curator)
    .handler(({ context, input }) => context.transaction((tx) => askToStop(tx, input.id))),

  undoBulk: procedures.undoBulk.use(curator).handler(async ({ context, input }) => {
    const bulk = await context.transaction((tx) => beginUndo(tx, input.id))
    runInBackground(context, bulk)
    return bulk
  }),

  bulk: procedures.bulk
    .use(staff)
    .handler(({ context, input }) => context.transaction((tx) => describeBulk(tx, input.id))),

  bulkProgress: procedures.bulkProgress
    .use(staff)
    .handler(({ context, input, signal, path }) => progressOf(context, input.id, { signal, path })),

  bulks: procedures.bulks.use(staff).handler(({ context }) => context.transaction(listBulks)),
}

/** As the caller, chunk after chunk: whoever loses the role in the middle gets no further. */
function runInBackground({ transaction, log }: SignedInContext, { id }: Bulk): void {
  runToEnd(transaction, id).catch(async (error: unknown) => {
    log.warn({ err: error, bulk: id }, 'A bulk action broke off; it can be run on')
    // Where the database is away it says so by itself half a minute later.
    await transaction((tx) => noteBrokenOff(tx, id)).catch(() => undefined)
  })
}

/** How it stands, until nothing runs any more. */
async function* progressOf(
  context: SignedInContext,
  id: string,
  { signal = neverEnds, path }: { signal?: AbortSignal | undefined; path: readonly string[] },
): AsyncGenerator<Bulk, void> {
  try {
    while (!signal.aborted) {
      const bulk = await context.transaction((tx) => describeBulk(tx, id))
      yield bulk
      if (!['running', 'stopping', 'undoing'].includes(bulk.state)) return
      await pause(progressMs, signal)
    }
  } catch (error) {
    throw toClientError(error, context.log, path.join('.'))
  }
}
