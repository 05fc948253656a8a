import type { Pool, PoolClient } from 'pg'
import { SemblanceError } from '../model/errors'
import {
  callersSql,
  checkCallerLogin,
  ensureCallerLogin,
  knowsCallerLogins,
  readOwner,
  type Owner,
} from './caller-login'
import { isOutage } from './outage'
import { urlFor } from './server-url'

export interface CallersPoolParts {
  /** Of the owner's connections. */
  pool: Pool
  connectionString: string
  /** A login for callers that somebody else made; complete as `readUrl` gives it. */
  callersString: string | null
  openPool: (connectionString: string) => Pool
}

/**
 * The pool of callers' connections, opened with the first call and once for all. Its login is made where it is missing,
 * and looked at before anybody uses it.
 *
 * @throws SemblanceError UNAVAILABLE or BAD_REQUEST where there is no login that can be used, with what to do
 */
export function createCallersPool(parts: CallersPoolParts) {
  let opening: Promise<Pool> | null = null

  function callers(): Promise<Pool> {
    opening ??= openPool(parts).catch((error: unknown) => {
      // What fails now, somebody may mend: the next call tries anew.
      opening = null
      throw error
    })
    return opening
  }

  async function connect(): Promise<PoolClient> {
    const opened = callers()
    const pool = await opened
    try {
      return await pool.connect()
    } catch (error) {
      if (!isRefusal(error)) throw error
      // Another host was told to set a new password.
      if (opening === opened) {
        opening = null
        // Whoever closes may have ended it meanwhile.
        pool.end().catch(() => undefined)
      }
      return (await callers()).connect()
    }
  }

  return {
    ...{ open: callers, connect },
    async close() {
      const pool = await opening?.catch(() => null)
      await pool?.end()
    },
  }
}

async function openPool(parts: CallersPoolParts): Promise<Pool> {
  const owner = await readOwner(parts.pool)
  if (parts.callersString !== null) return checked(parts.openPool(parts.callersString), owner)
  if (!(await knowsCallerLogins(parts.pool))) {
    throw new SemblanceError('UNAVAILABLE', 'The database has not been migrated yet. Run: semblance migrate')
  }
  const login = await ensureCallerLogin(parts.pool)
  const connect = () => checked(parts.openPool(urlFor(parts.connectionString, login, owner.login)), owner)
  try {
    return await connect()
  } catch (error) {
    if (!isRefusal(error)) throw error
  }
  // Somebody set another password, or the database was moved to a server that knew the role.
  await ensureCallerLogin(parts.pool, { reset: true })
  try {
    return await connect()
  } catch (error) {
    if (!isRefusal(error)) throw error
    throw new SemblanceError(
      'UNAVAILABLE',
      `The role ${login.user}, which callers log in as, is there and the way to the server refuses it (${(error as Error).message}). A pooler in between may not know it: add it there. Or: ${callersSql(login.user, owner.database)}`,
      { role: login.user },
      { cause: error },
    )
  }
}

async function checked(pool: Pool, owner: Owner): Promise<Pool> {
  try {
    await checkCallerLogin(pool, owner)
    return pool
  } catch (error) {
    await pool.end()
    throw error
  }
}

/** Whether a login was turned away: by the server (class 28), or by a pooler, which has codes and words of its own. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error) || error.name === 'SemblanceError') return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (/^(28...|08P01)$/.test(code)) return true
  return (
    /tenant or user not found|no such user|password|auth/i.test(error.message) ||
    (code === '' && !isOutage(error))
  )
}
