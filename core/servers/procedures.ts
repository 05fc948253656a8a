import { implement, os } from '@orpc/server'
import type { Context } from '../access/context'
import { accessFirst, admin, answerErrors } from '../access/procedure'
import { adminIsMissing } from '../accounts/first-admin'
import { serversContract } from './contract'
import type { Connector } from './connector'

type ServersContext = Context & { connector: Connector }

const procedures = implement(serversContract, accessFirst).$context<ServersContext>().use(answerErrors)

/**
 * Admins. While there is none yet, or the host could not start, there is nobody to ask: then whoever sits at this
 * machine, who could set variables or replace the data directory just as well.
 */
const mayConnect = os
  .$context<ServersContext>()
  .middleware(async (options, input: unknown, output) =>
    (await isOpen(options.context)) ? options.next() : admin(options, input, output),
  )

async function isOpen({ connector, request, database }: ServersContext): Promise<boolean> {
  if (!request.local) return false
  return connector.isRescue || (await database.asService(adminIsMissing))
}

export const serversProcedures = {
  current: procedures.current.use(mayConnect).handler(({ context }) => context.connector.current()),
  test: procedures.test
    .use(mayConnect)
    .handler(({ context, input, signal }) => context.connector.test(input, signal)),
  save: procedures.save
    .use(mayConnect)
    .handler(({ context, input: { unprotected, ...given } }) =>
      context.connector.save(given, { unprotected }),
    ),
  forget: procedures.forget.use(mayConnect).handler(({ context }) => context.connector.forget()),
  restore: procedures.restore.use(mayConnect).handler(({ context }) => context.connector.restore()),
}
