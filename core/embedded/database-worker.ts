/** The thread that PGlite lives in: it blocks its thread for as long as a query takes. */
import { openAsBlob } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { pg_stat_statements } from '@electric-sql/pglite/contrib/pg_stat_statements'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { pgcrypto } from '@electric-sql/pglite/contrib/pgcrypto'
import { uuid_ossp } from '@electric-sql/pglite/contrib/uuid_ossp'
import { vector } from '@electric-sql/pglite-pgvector'
import {
  queryMessage,
  type DatabaseReply,
  type DatabaseRequest,
  type DatabaseStart,
} from './database-protocol'

/** Deep nesting then ends in an error, before the engine's own stack ends in a wreck. */
const maxStackDepth = '100kB'

const port = parentPort
if (!port) throw new Error('This file is a worker thread of the host.')

async function open({ directory, template, sharedBuffersMb }: DatabaseStart): Promise<PGlite> {
  return PGlite.create(directory ?? 'memory://', {
    extensions: { vector, pgcrypto, uuid_ossp, pg_trgm, pg_stat_statements },
    startParams: [
      ...PGlite.defaultStartParams,
      ...['-c', `max_stack_depth=${maxStackDepth}`, '-c', `shared_buffers=${sharedBuffersMb}MB`],
    ],
    ...(template === null ? {} : { loadDataDir: await openAsBlob(template) }),
  })
}

/**
 * Not `execProtocol` nor `query`: those parse and keep every message, and hide an answer that never came.
 * After the first call here PGlite's own query methods give nothing any more.
 */
async function exchange(database: PGlite, bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  // The view is into the engine's memory, which the next call overwrites.
  await database.execProtocolRawStream(bytes, { onRawData: (part) => parts.push(part.slice()) })
  return join(parts)
}

function join(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** There is one session for all clients, one after the other: what a client left behind goes, except LISTEN. */
async function reset(database: PGlite): Promise<Uint8Array<ArrayBuffer>> {
  if (database.isInTransaction()) await exchange(database, queryMessage('rollback'))
  return exchange(database, queryMessage('reset role; reset all; deallocate all'))
}

async function dump(database: PGlite): Promise<Uint8Array<ArrayBuffer>> {
  await exchange(database, queryMessage('checkpoint'))
  const archive = await database.dumpDataDir('none')
  return new Uint8Array(await archive.arrayBuffer())
}

async function answer(database: PGlite, request: DatabaseRequest): Promise<Uint8Array<ArrayBuffer>> {
  switch (request.kind) {
    case 'exchange':
      return exchange(database, request.bytes)
    case 'reset':
      return reset(database)
    case 'dump':
      return dump(database)
    case 'close':
      await database.close()
      return new Uint8Array()
  }
}

function failure(error: unknown): DatabaseReply {
  return { ok: false, message: error instanceof Error ? error.message : String(error) }
}

function send(reply: DatabaseReply): void {
  port?.postMessage(reply, reply.ok ? [reply.bytes.buffer] : [])
}

const opening = open(workerData as DatabaseStart)
let turn: Promise<void> = opening.then(
  () => send({ ok: true, bytes: new Uint8Array() }),
  (error: unknown) => send(failure(error)),
)

port.on('message', (request: DatabaseRequest) => {
  turn = turn.then(async () => {
    try {
      send({ ok: true, bytes: await answer(await opening, request) })
    } catch (error) {
      send(failure(error))
    }
    if (request.kind === 'close') port.close()
  })
})
