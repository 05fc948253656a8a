import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { serverHealthSchema } from '../model/status'

/** The fields of a connection, as the form has them and as the environment names them. */
export const connectionFields = [
  'databaseUrl',
  'callersDatabaseUrl',
  'supabaseUrl',
  'publishableKey',
  'secretKey',
  'jwtSecret',
] as const
export type ConnectionFieldName = (typeof connectionFields)[number]

/** The fields whose value never goes back to a page. */
export const secretFields = ['databaseUrl', 'callersDatabaseUrl', 'secretKey', 'jwtSecret'] as const

const secret = z.string().trim().max(4000)

/**
 * A would-be connection. A key or login that is left out stays what it is in the connection that is in use or saved, a
 * project's keys only with that very project's URL; an empty one is none. With neither URL it is the embedded default.
 */
export const connectionInputSchema = z.object({
  supabaseUrl: z.string().trim().max(2000).default(''),
  publishableKey: secret.optional(),
  databaseUrl: secret.optional(),
  callersDatabaseUrl: secret.optional(),
  secretKey: secret.optional(),
  jwtSecret: secret.optional(),
})
export type ConnectionInput = z.input<typeof connectionInputSchema>

export const checkStates = ['running', 'ok', 'warning', 'failed', 'skipped'] as const

/** One thing that was looked at. `running` is told when it begins; the same `id` comes again with what was found. */
export const checkSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Which side it is about. */
  part: z.enum(['database', 'project']),
  /** The field to mend, where one is to blame. */
  field: z.enum(connectionFields).nullable(),
  state: z.enum(checkStates),
  /** What was found; empty where it was skipped because an earlier check has to succeed first. */
  message: z.string(),
  /** What to do; null where there is nothing to do. */
  remedy: z.string().nullable(),
  /** How long it took, in milliseconds. */
  ms: z.number(),
})
export type Check = z.infer<typeof checkSchema>

/** How secrets can be kept on this machine. */
export const vaultSchema = z.object({
  /** keychain: encrypted by the system; none: only in a file of the data directory, as they are. */
  protection: z.enum(['keychain', 'none']),
  /** Its name for a person ("the keychain of macOS"), or why there is none. */
  description: z.string(),
})

/** A connection that lies in the data directory. */
export const savedSchema = z.object({
  savedAt: z.date(),
  supabaseUrl: z.string().nullable(),
  /** Host and database name; null where the database is the embedded one. */
  databaseLocation: z.string().nullable(),
  secrets: z.array(z.enum(secretFields)),
  protection: z.enum(['keychain', 'none']),
  /** Whether its secrets can be read here; a keychain is another person's or another machine's. */
  readable: z.boolean(),
})
export type SavedView = z.infer<typeof savedSchema>

export const currentSchema = z.object({
  /** When this host came up, so that it can be told from the one before. */
  startedAt: z.date(),
  mode: z.enum(['embedded', 'shared']),
  /** environment: variables, which win; saved: this page; default: nothing was configured. */
  source: z.enum(['environment', 'saved', 'default']),
  /** The variables that are set, by field. */
  environment: z.array(z.object({ field: z.enum(connectionFields), variable: z.string() })),
  /** Null while the host could not start. */
  database: z
    .object({
      location: z.string(),
      engine: z.enum(['pglite', 'postgres']),
      version: z.string(),
      vectorVersion: z.string(),
      migration: z.string(),
    })
    .nullable(),
  supabaseUrl: z.string().nullable(),
  /** Where the saved connection would lie, for those who back it up. */
  file: z.string(),
  keys: z.object({
    /** The last four characters. */
    publishable: z.string().nullable(),
    secretKey: z.boolean(),
    jwtSecret: z.boolean(),
    databaseUrl: z.boolean(),
    callersDatabaseUrl: z.boolean(),
  }),
  /** How changes of the database come to be known; null while that is not known itself. */
  changes: z.enum(['listen', 'realtime', 'polling']).nullable(),
  /** How the servers answer; those that are this process itself are not among them. */
  servers: z.array(serverHealthSchema),
  vault: vaultSchema,
  saved: savedSchema.nullable(),
  /** What "back to the former connection" leads to; null where there is none. */
  former: z.string().nullable(),
  /** Why the host is not up, or why the connection that was saved last was given up again. */
  failure: z.string().nullable(),
})
export type CurrentServers = z.infer<typeof currentSchema>

const restartSchema = z.object({
  /** restarting: the host starts again by itself, with what was saved. manually: it has to be started again. */
  host: z.enum(['restarting', 'manually']),
})

/**
 * Admins; while there is no admin, or the host could not start, whoever sits at this machine.
 */
export const serversContract = {
  current: oc.output(currentSchema),
  /** Tells each check when it begins and when it is done. Touches nothing. Ends early with the signal. */
  test: oc.input(connectionInputSchema).output(eventIterator(checkSchema)),
  /**
   * Keeps the connection and restarts the host with it. BAD_REQUEST names the field (`data.problems`); CONFLICT where
   * variables of the environment would win; FORBIDDEN with `data.needs: 'unprotected'` where secrets can't be
   * encrypted here and `unprotected` is not set.
   */
  save: oc
    .input(connectionInputSchema.extend({ unprotected: z.boolean().default(false) }))
    .output(restartSchema),
  /** Back to the embedded default; the connection is kept as the former one. */
  forget: oc.output(restartSchema),
  /** Back to the connection before this one. NOT_FOUND where there is none. */
  restore: oc.output(restartSchema),
}
