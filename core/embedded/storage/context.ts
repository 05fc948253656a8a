import type { Context } from 'hono'
import type { Transaction } from 'kysely'
import type { Database } from '../../database/connect'
import type { Tables } from '../../database/tables'
import type { Identity } from '../gateway'
import { invalidKey, invalidRequest } from './errors'
import type { FileStore } from './files'
import type { Signer } from './signing'

/** What the routes of Storage work with. */
export interface StorageContext {
  database: Database
  files: FileStore
  signer: Signer
  /** Who sends a request. Throws where nobody can be told, or the token fails. */
  identify: (c: Context) => Promise<Identity>
  /** The most bytes of an object, where its bucket sets no lower bound. */
  maximumBytes: number
}

/** Runs `work` in a transaction as that identity: row-level security decides. */
export function actAs<T>(
  database: Database,
  identity: Identity,
  work: (trx: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  if (identity.role === 'service_role') return database.asService(work)
  if (identity.role === 'anon') return database.asAnonymous(work)
  return database.asUser(identity.caller, work)
}

/** The bucket and the object's name that follow `prefix` in the request's path. */
export function objectPath(c: Context, prefix: string): { bucket: string; name: string } {
  const { pathname } = new URL(c.req.url)
  const rest = pathname.slice(pathname.indexOf(prefix) + prefix.length)
  const slash = rest.indexOf('/')
  if (slash <= 0) throw invalidRequest('The path names no object')
  return { bucket: decode(rest.slice(0, slash)), name: validName(decode(rest.slice(slash + 1))) }
}

/**
 * The characters that Supabase allows. Names are never paths on the disk; `.` and `..` are refused all the same,
 * because clients resolve them.
 *
 * @throws StorageError InvalidKey
 */
export function validName(name: string): string {
  const segments = name.split('/')
  const allowed = /^[\w/!\-.*'() &$@=;:+,?]{1,1024}$/.test(name)
  if (!allowed || segments.some((segment) => segment === '.' || segment === '..')) throw invalidKey(name)
  return name
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalidKey(text)
  }
}
