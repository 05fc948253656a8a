import pg from 'pg'
import { checkCallerLogin, readOwner } from '../../../database/caller-login'
import { SemblanceError } from '../../../model/errors'
import { readTarget, addressSteps } from './database-address'
import { checkRights, checkSchema, checkVector } from './database-content'
import { checkClock, checkVersion, hearNotifications, logIn, refusedLogin } from './database-login'
import { failed, type Finding, ok, type Step } from './steps'

/** The steps of a database, from its URL to its schema. Changes nothing there. */
export function databaseSteps(text: string, options: { migrations: string; isShared: boolean }): Step[] {
  const common = { part: 'database', field: 'databaseUrl' } as const
  const target = () => readTarget(text)
  /** A look over a connection of its own, which ends with it. */
  const onClient = (look: (client: pg.Client) => Promise<Finding>) => async (signal: AbortSignal) => {
    const client = await logIn(target(), signal)
    try {
      return await look(client)
    } finally {
      await client.end().catch(() => undefined)
    }
  }
  const after = ['database-login']
  return [
    ...addressSteps(text),
    {
      ...{ ...common, id: 'database-login', name: 'Sign-in', needs: ['database-encryption'] },
      look: async (signal) => {
        try {
          const client = await logIn(target(), signal)
          await client.end()
          return ok(`As “${decodeURIComponent(target().url.username)}”.`)
        } catch (error) {
          return refusedLogin(error, target())
        }
      },
    },
    { ...common, id: 'database-version', name: 'Version', needs: after, look: onClient(checkVersion) },
    { ...common, id: 'database-vector', name: 'pgvector', needs: after, look: onClient(checkVector) },
    { ...common, id: 'database-rights', name: 'Rights', needs: after, look: onClient(checkRights) },
    {
      ...{ ...common, id: 'database-schema', name: 'Schema', needs: after },
      look: onClient((client) => checkSchema(client, target(), options)),
    },
    {
      ...{ ...common, id: 'database-changes', name: 'Live changes', needs: after },
      look: (signal) => hearNotifications(target(), signal),
    },
    {
      ...common,
      id: 'database-clock',
      name: 'Clock',
      needs: after,
      look: onClient((client) => checkClock(client)),
    },
  ]
}

/** The login of callers: it must be let in, and must not be able to become more than its callers. */
export function callersSteps(text: string, ownerText: string): Step[] {
  const look = async (signal: AbortSignal) => {
    const target = readTarget(text)
    const [pool, ownerPool] = [
      poolOf(target.connectionString),
      poolOf(readTarget(ownerText).connectionString),
    ]
    signal.addEventListener('abort', () => void Promise.allSettled([pool.end(), ownerPool.end()]), {
      once: true,
    })
    try {
      await pool.query('select 1')
    } catch (error) {
      return refusedLogin(error, target)
    }
    try {
      await checkCallerLogin(pool, await readOwner(ownerPool))
      return ok(
        `“${decodeURIComponent(target.url.username)}” may become anon and authenticated, and nothing else.`,
      )
    } catch (error) {
      if (!(error instanceof SemblanceError)) throw error
      const [message = '', ...remedy] = error.message.split('\n')
      return failed(
        message,
        remedy.join('\n') || 'Give a login that is granted anon and authenticated alone.',
      )
    }
  }
  return [
    {
      ...{ id: 'callers-login', name: 'Login of callers', part: 'database', field: 'callersDatabaseUrl' },
      needs: ['database-login'],
      look,
    },
  ]
}

function poolOf(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: 10_000 })
  pool.on('error', () => undefined)
  return pool
}
