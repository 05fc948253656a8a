import type { Logger } from 'pino'
import type { Changes } from '../database/changes'
import type { Database } from '../database/connect'
import type { FacePool } from '../faces/pool/pool'
import type { Caller } from '../model/caller'
import type { PackStatus, ServerHealth, WorkerStatus } from '../model/status'
import type { Images } from '../supabase/images'
import type { Users } from '../supabase/users'
import type { ConfirmedStaff } from './confirmed-staff'

/** What every procedure is handed: the host's parts, and who is asking. */
export interface Context {
  version: string
  mode: 'embedded' | 'shared'
  supabase: { url: string; publishableKey: string }
  database: Database
  changes: Changes
  /** Photos, as the host; once it is known who calls (access/procedure.ts), as whoever is right for that call. */
  images: Images
  /** Photos as the caller may have them, on a host that has no right of its own to them. */
  imagesAs?: ((caller: Caller, token: string) => Images) | undefined
  /** Makes and removes accounts: the host's own right, never the caller's. */
  users: Users
  log: Logger
  /** Verifies a bearer token; one that has ended for so many milliseconds at most is let through, where that is said. */
  verify: (token: string, options?: { endedForMs?: number }) => Promise<Caller>
  /** Who was confirmed as staff while the database could be asked; where not given, nobody. */
  confirmed?: ConfirmedStaff | undefined
  pack: () => PackStatus
  worker: () => WorkerStatus
  /** The servers that this host depends on, as they were found last. */
  health: () => readonly ServerHealth[]
  /** Whether nobody answers who could renew a session; where not given, that is this host itself. */
  authAway?: () => Promise<boolean>
  /** Rejects with UNAVAILABLE while the models are not set up. */
  faces: () => Promise<FacePool>
  request: { authorization: string | null; /** From this machine. */ local: boolean }
}
