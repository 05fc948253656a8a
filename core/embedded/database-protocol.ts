/** What the host and the database's thread say to each other. */

/** How the thread starts. */
export interface DatabaseStart {
  /** Where the data lies; null keeps it in memory. */
  directory: string | null
  /** A tar archive of a data directory, to start from where there is no data yet. */
  template: string | null
  /** PostgreSQL's shared_buffers, in MB. The engine's memory never shrinks, so all of it is taken sooner or later. */
  sharedBuffersMb: number
}

export type DatabaseRequest =
  /** Bytes of PostgreSQL's wire protocol up to a Sync, a Query or a start-up packet. */
  | { kind: 'exchange'; bytes: Uint8Array }
  /** A new client: nothing of the last one's session may remain. */
  | { kind: 'reset' }
  | { kind: 'dump' }
  | { kind: 'close' }

export type DatabaseReply = { ok: true; bytes: Uint8Array<ArrayBuffer> } | { ok: false; message: string }

const ready = 'Z'.charCodeAt(0)

/** Whether an answer ends as every answer must: with ReadyForQuery. One that doesn't comes from a broken engine. */
export function isComplete(answer: Uint8Array): boolean {
  return answer.length >= 6 && answer[answer.length - 6] === ready && answer[answer.length - 2] === 5
}

/** A message of the simple query protocol. */
export function queryMessage(sql: string): Buffer {
  const text = Buffer.from(`${sql}\0`)
  const head = Buffer.alloc(5, 'Q')
  head.writeInt32BE(text.length + 4, 1)
  return Buffer.concat([head, text])
}
