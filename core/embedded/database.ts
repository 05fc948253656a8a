import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import type { Engine, NotificationHandler } from '../database/engine'
import { SemblanceError } from '../model/errors'
import { createDatabaseStream } from './database-stream'
import { startThread, type DatabaseThread } from './database-thread'

export interface EmbeddedDatabaseState {
  state: 'ready' | 'restarting' | 'failed' | 'closed'
  /** What happened, for a person. */
  message: string
}

export interface EmbeddedDatabaseOptions {
  /** The built database-worker.js. */
  entry: string
  /** Where the data lies; created where it is missing. Without it everything is in memory, and lost with the thread. */
  directory?: string
  /** A tar archive that `dump` gave, to start from where there is no data yet. */
  template?: string
  /** PostgreSQL's shared_buffers, in MB. Default 128, as PostgreSQL's own. */
  sharedBuffersMb?: number
  /** Told when the engine stops by itself, is back, or is given up. */
  onState?: (state: EmbeddedDatabaseState) => void
  /** How long one query may take, since none can be cancelled. Default an hour: an index over many faces takes long. */
  queryTimeoutMs?: number
  /** How long to wait for the one connection. Default a minute. */
  waitTimeoutMs?: number
}

export interface EmbeddedDatabase extends Engine {
  /** The whole data directory as a tar archive. */
  dump(): Promise<Uint8Array>
  /**
   * Rejects where the engine doesn't answer as it should, and starts it anew: a broken one may give no rows without
   * an error.
   */
  check(): Promise<void>
  /** Stops the engine's thread at once, as a crash would; it starts anew. For tests. */
  crash(): Promise<void>
}

/** A thread that stops more often than this within the time is not started again. */
const restarts = { most: 3, withinMs: 10 * 60_000 }

/**
 * Opens the embedded database, PGlite with pgvector. `pool` is pg's own with one connection, so callers queue in the
 * order they come. The data directory must be locked by the caller (`openDataDirectory`): two processes lose rows.
 *
 * @throws SemblanceError UNAVAILABLE where the data can't be opened
 */
export async function openEmbeddedDatabase(options: EmbeddedDatabaseOptions): Promise<EmbeddedDatabase> {
  const supervisor = superviseThread(options)
  const listeners = new Map<string, Set<NotificationHandler>>()
  const pool = createPool(() => supervisor.current(), listeners, options.waitTimeoutMs ?? 60_000)

  async function check(): Promise<void> {
    const { rows } = await pool.query<{ ok: number }>('select 1 as ok')
    if (rows[0]?.ok === 1) return
    const broken = new Error('The embedded database gives no rows.')
    await (await supervisor.current()).kill(broken)
    throw broken
  }

  supervisor.onRestart(async () => {
    // The first query connects, and a new connection listens again.
    await check()
    for (const handlers of listeners.values()) for (const handler of handlers) handler(null)
  })
  try {
    // The pool's limit is for waiting; a first start takes as long as it takes.
    await supervisor.current()
    await check()
  } catch (error) {
    await supervisor.close()
    throw cannotOpen(options, error)
  }

  let closing: Promise<void> | undefined
  return {
    kind: 'pglite',
    location: options.directory ?? 'memory',
    pool,
    callers: { open: () => Promise.resolve(), connect: () => pool.connect() },
    check,
    dump: async () => (await supervisor.current()).dump(),
    crash: async () => (await supervisor.current()).kill(new Error('The embedded database was stopped.')),
    listen: (channel, handler) => listen(pool, listeners, channel, handler),
    close: () => (closing ??= closeAll(pool, supervisor)),
  }
}

async function closeAll(pool: pg.Pool, supervisor: { close(): Promise<void> }): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, 10_000)))
  // Whoever still holds the connection then is ended with the thread.
  await Promise.race([pool.end(), patience])
  clearTimeout(timer)
  await supervisor.close()
}

function cannotOpen({ directory }: EmbeddedDatabaseOptions, cause: unknown): SemblanceError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const where = directory === undefined ? '' : ` in ${directory}`
  return new SemblanceError(
    'UNAVAILABLE',
    `The embedded database${where} can't be opened: ${reason}`,
    {},
    { cause },
  )
}

function createPool(
  current: () => Promise<DatabaseThread>,
  listeners: Map<string, Set<NotificationHandler>>,
  waitTimeoutMs: number,
): pg.Pool {
  const pool = new pg.Pool({
    max: 1,
    user: 'postgres',
    database: 'postgres',
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: waitTimeoutMs,
    stream: () => createDatabaseStream(current),
    ssl: false,
    verify: (client, done) => {
      hear(client, listeners).then(
        () => done(),
        (error: unknown) => done(error as Error),
      )
    },
  })
  // An idle connection ends with its thread; the next query finds the thread that replaced it.
  pool.on('error', () => undefined)
  // One in use tells it by the query that fails; without a listener the process would end.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

async function hear(client: pg.ClientBase, listeners: Map<string, Set<NotificationHandler>>): Promise<void> {
  client.on('notification', ({ channel, payload }) => {
    for (const handler of listeners.get(channel) ?? []) handler(payload ?? '')
  })
  for (const channel of listeners.keys()) await client.query(`listen ${pg.escapeIdentifier(channel)}`)
}

async function listen(
  pool: pg.Pool,
  listeners: Map<string, Set<NotificationHandler>>,
  channel: string,
  handler: NotificationHandler,
): Promise<() => Promise<void>> {
  const handlers = listeners.get(channel) ?? new Set()
  listeners.set(channel, handlers.add(handler))
  await pool.query(`listen ${pg.escapeIdentifier(channel)}`)
  return async () => {
    handlers.delete(handler)
    if (handlers.size > 0 || !listeners.delete(channel)) return
    if (!pool.ending) await pool.query(`unlisten ${pg.escapeIdentifier(channel)}`)
  }
}

/** Keeps one thread running: starts it again where it stops by itself, and gives up where that happens often. */
function superviseThread(options: EmbeddedDatabaseOptions) {
  const { entry, directory, template, sharedBuffersMb = 128, onState, queryTimeoutMs = 60 * 60_000 } = options
  const stops: number[] = []
  let restarted: () => Promise<void> = () => Promise.resolve()
  let closed = false
  let current = start()

  async function start(): Promise<DatabaseThread> {
    const thread = await withoutHalfMadeData(directory, (isFirst) => {
      const place = { directory: directory ?? null, template: (isFirst && template) || null, sharedBuffersMb }
      return startThread(entry, place, queryTimeoutMs)
    })
    void thread.ended.then((reason) => reason && stopped(reason))
    return thread
  }

  function stopped(reason: Error): void {
    if (closed) return
    const now = Date.now()
    stops.push(now)
    const often = stops.filter((stop) => now - stop < restarts.withinMs).length > restarts.most
    if (often || directory === undefined) return giveUp(reason)
    onState?.({ state: 'restarting', message: reason.message })
    current = start()
    current
      .then(() => restarted())
      .then(() => onState?.({ state: 'ready', message: 'The embedded database is back.' }))
      .catch((error: unknown) => giveUp(error as Error))
  }

  function giveUp(reason: Error): void {
    const message = `The embedded database stopped and was not started again: ${reason.message}`
    current = Promise.reject(new SemblanceError('UNAVAILABLE', message, {}, { cause: reason }))
    current.catch(() => undefined)
    onState?.({ state: 'failed', message })
  }

  // Whoever asks for the thread gets the error; nobody may be asking at this moment.
  current.catch(() => undefined)
  return {
    current: () => current,
    onRestart(callback: () => Promise<void>) {
      restarted = callback
    },
    async close() {
      closed = true
      const thread = await current.catch(() => null)
      await thread?.close()
      onState?.({ state: 'closed', message: 'The embedded database is closed.' })
    },
  }
}

/**
 * A first start that is cut short leaves a directory that looks complete. A note beside it tells, so that the next
 * start begins again; nothing was ever written to such a database.
 */
async function withoutHalfMadeData<T>(
  directory: string | undefined,
  open: (isFirst: boolean) => Promise<T>,
): Promise<T> {
  if (directory === undefined) return open(true)
  const note = `${directory}.unfinished`
  if (existsSync(note)) await rm(directory, { recursive: true, force: true })
  const isFirst = !existsSync(join(directory, 'PG_VERSION'))
  if (isFirst) await writeFile(note, 'The database beside this file is being created.\n')
  const opened = await open(isFirst)
  await rm(note, { force: true })
  return opened
}
