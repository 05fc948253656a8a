/** Sending many files in pieces: resumable, a few at once, never more of them in memory than is under way. */

/** What is sent: `path` inside of the import, `/` between folders. */
export interface UploadFile {
  path: string
  file: Blob
}

/** Sends a piece; gives how many bytes of the file are there. An empty piece only asks. */
export type SendPiece = (path: string, offset: number, piece: Blob, signal: AbortSignal) => Promise<number>

export interface UploadProgress {
  files: number
  filesDone: number
  bytes: number
  bytesDone: number
}

export interface UploadOptions {
  signal: AbortSignal
  onProgress: (progress: UploadProgress) => void
  /** Bytes of a piece. */
  pieceBytes: number
  /** Files at once. */
  concurrency?: number
  /** Some of it was sent before: each file is asked for first, and only what is missing is sent. */
  isResumed?: boolean
  /** Whether a piece that failed may be sent once more. */
  mayRetry: (error: unknown) => boolean
  /** Waits before the attempt-th repetition (0, 1, …). */
  rest: (attempt: number, signal: AbortSignal) => Promise<void>
}

/** How often a piece is repeated before the upload gives up. */
export const mostRepetitions = 8

/**
 * Sends all files; resolves when the host has them.
 * @throws what sending threw for the last time, or the signal's reason
 */
export async function uploadFiles(
  files: readonly UploadFile[],
  send: SendPiece,
  options: UploadOptions,
): Promise<void> {
  const { onProgress, concurrency = 3 } = options
  // One that fails ends the others: nothing goes on behind the back of whoever was told.
  const ended = new AbortController()
  const together = { ...options, signal: AbortSignal.any([options.signal, ended.signal]) }
  const progress: UploadProgress = {
    files: files.length,
    filesDone: 0,
    bytes: files.reduce((sum, { file }) => sum + file.size, 0),
    bytesDone: 0,
  }
  onProgress({ ...progress })
  let next = 0
  const sender = async () => {
    while (next < files.length) {
      const file = files[next]
      next += 1
      await uploadOne(file, send, together, (bytes) => {
        progress.bytesDone += bytes
        onProgress({ ...progress })
      })
      progress.filesDone += 1
      onProgress({ ...progress })
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, files.length) }, sender))
  } finally {
    ended.abort()
  }
}

async function uploadOne(
  { path, file }: UploadFile,
  send: SendPiece,
  options: UploadOptions,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const { pieceBytes, isResumed = false } = options
  let offset = 0
  const advance = (to: number) => {
    const reached = Math.min(file.size, to)
    if (reached > offset) onBytes(reached - offset)
    offset = Math.max(offset, reached)
  }
  if (isResumed) advance(await sendPiece(path, 0, new Blob([]), send, options))
  // A file without bytes is sent too: the host says of it what it is.
  do {
    if (isResumed && offset === file.size && file.size > 0) return
    const piece = file.slice(offset, offset + pieceBytes)
    const before = offset
    advance(await sendPiece(path, offset, piece, send, options))
    if (offset === before && file.size > 0) {
      throw new Error(`${path} could not be sent: the host keeps ${offset} of its ${file.size} bytes.`)
    }
  } while (offset < file.size)
}

async function sendPiece(
  path: string,
  offset: number,
  piece: Blob,
  send: SendPiece,
  { signal, mayRetry, rest }: UploadOptions,
): Promise<number> {
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted()
    try {
      return await send(path, offset, piece, signal)
    } catch (error) {
      if (signal.aborted || attempt >= mostRepetitions || !mayRetry(error)) throw error
      await rest(attempt, signal)
    }
  }
}
