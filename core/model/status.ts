import { z } from 'zod'

/** The model pack that faces are analysed with. */
export const packStatusSchema = z.object({
  name: z.string(),
  state: z.enum(['missing', 'installing', 'ready', 'failed']),
  /** 0..1 while installing. */
  progress: z.number(),
  /** What is being done, or why it failed and what to do. */
  message: z.string(),
  embedding_model: z.string().nullable(),
  /** What the models run on. */
  provider: z.string(),
  threads: z.number().int(),
  /** Milliseconds for one run of every model; bytes that they take; why they run on nothing faster. */
  warm_up_ms: z.number().optional(),
  memory_bytes: z.number().optional(),
  provider_note: z.string().nullable().optional(),
})
export type PackStatus = z.infer<typeof packStatusSchema>

/** How the message begins of what can't be done while they are being set up. */
export const modelsNotReady = 'The models are not ready'

/** The job worker of this host. */
export const workerStatusSchema = z.object({
  id: z.string(),
  state: z.enum(['starting', 'idle', 'busy', 'waiting', 'paused', 'draining', 'stopped']),
  /** Why it waits, where it does. */
  message: z.string().nullable(),
  running: z.number().int(),
  completed: z.number().int(),
  failed: z.number().int(),
  started_at: z.coerce.date(),
})
export type WorkerStatus = z.infer<typeof workerStatusSchema>

export const databaseStatusSchema = z.object({
  engine: z.enum(['pglite', 'postgres']),
  /** Where the data is: a directory, or host and database name; never a password. */
  location: z.string(),
  version: z.string(),
  vector_version: z.string(),
  migration: z.string(),
  size_bytes: z.number(),
  latency_ms: z.number(),
})
export type DatabaseStatus = z.infer<typeof databaseStatusSchema>

/** How a server that this host depends on answers. */
export const serverHealthSchema = z.object({
  id: z.enum(['database', 'project']),
  /** Host and database, URL or directory; never a password. */
  location: z.string(),
  /** `unknown` until it was asked for the first time. */
  state: z.enum(['ok', 'away', 'unknown']),
  /** Since when it is so. */
  since: z.date(),
  /** When it is asked again, where it is away. */
  nextTry: z.date().nullable(),
  /** What is wrong, where it is away, and what to do. */
  message: z.string().nullable(),
  /** How long the last answer took, in milliseconds. */
  ms: z.number().nullable(),
})
export type ServerHealth = z.infer<typeof serverHealthSchema>
