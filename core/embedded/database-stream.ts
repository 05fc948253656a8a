import { Duplex } from 'node:stream'
import type { DatabaseThread } from './database-thread'

/** Messages after which a client waits for an answer: Query and Sync. */
const turns = new Set(['Q'.charCodeAt(0), 'S'.charCodeAt(0)])

/**
 * Takes from `bytes` the messages up to the last one that asks for an answer. One message is a type, a length of four
 * bytes that counts itself, and the rest.
 */
export function splitTurn(bytes: Buffer): { turn: Buffer; rest: Buffer } {
  let end = 0
  for (let at = 0; at + 5 <= bytes.length;) {
    const type = bytes[at]
    const next = at + 1 + bytes.readInt32BE(at + 1)
    if (next > bytes.length) break
    if (turns.has(type)) end = next
    at = next
  }
  return { turn: bytes.subarray(0, end), rest: bytes.subarray(end) }
}

/**
 * What `pg` takes for its socket: bytes go to the engine's thread in whole turns, since the engine answers nothing
 * else correctly. Types, errors and transactions are then pg's own, the same as with a server.
 *
 * @param currentThread the thread to talk to from now on, started anew where it was gone
 */
export function createDatabaseStream(currentThread: () => Promise<DatabaseThread>): Duplex {
  let thread: DatabaseThread | null = null
  let started = false
  let waiting: Buffer = Buffer.alloc(0)

  async function forward(chunks: Buffer[]): Promise<void> {
    if (!thread) throw new Error('The embedded database is not connected.')
    const bytes = Buffer.concat([waiting, ...chunks])
    // The start-up packet alone has no type; pg waits for its answer before it says anything else.
    const { turn, rest } = started ? splitTurn(bytes) : { turn: bytes, rest: Buffer.alloc(0) }
    started = true
    waiting = rest
    if (turn.length > 0) stream.push(await thread.exchange(new Uint8Array(turn)))
  }

  const stream = new Duplex({
    read() {
      // Answers are pushed as they come.
    },
    write(chunk: Buffer, _encoding, done) {
      forward([chunk]).then(() => done(), done)
    },
    writev(chunks, done) {
      forward(chunks.map(({ chunk }) => chunk as Buffer)).then(() => done(), done)
    },
    final(done) {
      stream.push(null)
      done()
    },
  })

  async function connect(): Promise<void> {
    thread = await currentThread()
    await thread.reset()
    void thread.ended.then((reason) => stream.destroy(reason ?? undefined))
    stream.emit('connect')
  }

  const ignored = () => stream
  return Object.assign(stream, {
    connect: () => {
      connect().catch((error: unknown) => stream.destroy(error as Error))
      return stream
    },
    setNoDelay: ignored,
    setKeepAlive: ignored,
    ref: ignored,
    unref: ignored,
  })
}
