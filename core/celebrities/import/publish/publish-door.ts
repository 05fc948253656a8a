import { sql, type Transaction } from 'kysely'
import { postgresCode } from '../../../access/failures'
import type { Database } from '../../../database/connect'
import type { Tables } from '../../../database/tables'
import type { Caller } from '../../../model/caller'
import { SemblanceError } from '../../../model/errors'

/** Runs a transaction of an import in somebody's name. */
export type ImportDoor = <T>(work: (tx: Transaction<Tables>) => Promise<T>) => Promise<T>

/**
 * The shared database in the name of whoever wants an import published or undone: each transaction asks for their role
 * again, so that somebody who is no curator any more stops it. Null is the command line, which acts as the host.
 *
 * It goes on long after the call, also in another life of the host. What their session was like is known from then: the
 * procedure asked for their second factor where one is needed.
 *
 * @throws SemblanceError FORBIDDEN; CONFLICT where the import is in no state for it
 */
export function importDoor(database: Pick<Database, 'asUser' | 'asService'>, by: string | null): ImportDoor {
  const open: ImportDoor =
    by === null ? (work) => database.asService(work) : (work) => database.asUser(inNameOf(by), work)
  return async (work) => {
    try {
      return await open(work)
    } catch (error) {
      throw refusalOf(error) ?? error
    }
  }
}

/** Before anything else is asked. @throws SemblanceError FORBIDDEN */
export async function requireCurator(door: ImportDoor): Promise<void> {
  const { rows } = await door((tx) => sql<{ may: boolean }>`select private.curates() as may`.execute(tx))
  if (!rows[0]?.may) throw noCurator()
}

const inNameOf = (id: string): Caller => ({
  id,
  email: null,
  role: 'authenticated',
  claims: { sub: id, role: 'authenticated', aal: 'aal2' },
})

/** What the functions of migrations/0030_publishing.sql refuse, for a person. */
function refusalOf(error: unknown): SemblanceError | null {
  if (postgresCode(error) === '42501') return noCurator(error)
  const { constraint, message } = error as { constraint?: unknown; message?: string }
  if (constraint === 'semblance_import_state') {
    return new SemblanceError('CONFLICT', inWords(message ?? ''), undefined, { cause: error })
  }
  return null
}

function noCurator(cause?: unknown): SemblanceError {
  return new SemblanceError(
    'FORBIDDEN',
    'Only a curator or an admin can publish an import or undo one; whoever began this is neither, or not any more.',
    undefined,
    { cause },
  )
}

function inWords(message: string): string {
  if (message.includes('undoing')) return 'This import is being undone just now.'
  if (message.includes('undone')) return 'This import was undone. Import the photos anew to publish them.'
  if (message.includes('not in this database')) return 'This import was not published to this database.'
  return 'This import is published already.'
}
