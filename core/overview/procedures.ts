import { implement } from '@orpc/server'
import type { Context } from '../access/context'
import { accessFirst, answerErrors, staff } from '../access/procedure'
import { adminIsMissing } from '../accounts/first-admin'
import { databaseStatus } from '../database/status'
import { overviewContract } from './contract'
import { countEverything, describeQueue } from './overview'

const procedures = implement(overviewContract, accessFirst).$context<Context>().use(answerErrors)

export const overviewProcedures = {
  hello: procedures.hello.handler(async ({ context }) => ({
    version: context.version,
    mode: context.mode,
    supabase_url: context.supabase.url,
    publishable_key: context.supabase.publishableKey,
    // While the database is away nobody is made in it, and whoever asks is to get in all the same.
    needs_first_admin:
      context.request.local &&
      context.database.outage() === null &&
      (await context.database.asService(adminIsMissing)),
  })),

  health: procedures.health.handler(({ context }) =>
    context
      .health()
      .map(({ id, state, since, nextTry, message }) => ({ id, state, since, nextTry, message })),
  ),

  get: procedures.get.use(staff).handler(async ({ context }) => {
    const seen = await context.transaction(async (tx) => ({
      counts: await countEverything(tx),
      queue: await describeQueue(tx),
    }))
    const database = await databaseStatus(context.database)
    return { ...seen, worker: context.worker(), pack: context.pack(), database }
  }),

  changes: procedures.changes
    .use(staff)
    .handler(({ context, signal }) => context.changes.stream(null, signal)),
}
