import { createHash } from 'node:crypto'
import { open, mkdir, readFile, rm, stat, writeFile, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SemblanceError } from '../../model/errors'

export interface DownloadOptions {
  url: string
  /** Where the finished file goes; what is half done stays beside it as `<path>.part` for the next time. */
  path: string
  /** The size, where it is known; anything else is refused. */
  bytes?: number | undefined
  /** No more than this is taken from a server that does not say where it ends. 2 GB where not given. */
  maxBytes?: number
  onProgress?: ((done: number, total: number | undefined) => void) | undefined
  signal?: AbortSignal | undefined
  /** Milliseconds without a byte after which the connection counts as lost; half a minute where not given. */
  idleMs?: number
  /** Milliseconds to wait before each further attempt. */
  retryDelays?: number[]
}

/** What the part is a part of: a server that has another file now must not have its rest appended. */
interface PartNote {
  url: string
  validator: string
}

class Stop extends Error {}

/**
 * Downloads a file and goes on where an earlier attempt ended, of this process or of one that was killed (`Range` and
 * `If-Range`, RFC 9110). The caller checks what the file is.
 * @throws SemblanceError UNAVAILABLE where the server can't be reached, refuses, or gives another size
 * @throws the signal's reason where it aborts
 */
export async function download(options: DownloadOptions): Promise<void> {
  const { path, url, signal, retryDelays = [1000, 3000, 10_000] } = options
  await mkdir(dirname(path), { recursive: true })
  for (let attempt = 0; ; attempt++) {
    try {
      await transfer(options)
      await rm(noteOf(path), { force: true })
      return
    } catch (error) {
      signal?.throwIfAborted()
      const isFinal = error instanceof Stop || attempt >= retryDelays.length
      if (isFinal) throw unavailable(url, error as Error)
      await sleep(retryDelays[attempt], undefined, { signal })
    }
  }
}

/** The file that is being filled. */
export const partOf = (path: string) => `${path}.part`
const noteOf = (path: string) => `${path}.part.json`

async function transfer(options: DownloadOptions): Promise<void> {
  const { url, path, bytes, idleMs = 30_000 } = options
  const done = await sizeToResume(options)
  if (bytes !== undefined && done === bytes) return
  const note = done > 0 ? await readNote(path) : undefined
  const idle = new AbortController()
  const watch = setTimeout(() => idle.abort(new Error(`nothing came for ${idleMs / 1000} s`)), idleMs)
  try {
    const signal = AbortSignal.any([idle.signal, ...(options.signal ? [options.signal] : [])])
    const response = await fetch(url, {
      signal,
      // A body in another encoding would have other offsets.
      headers: {
        'accept-encoding': 'identity',
        ...(note && { range: `bytes=${done}-`, 'if-range': note.validator }),
      },
    })
    if (response.status === 416) {
      await rm(partOf(path), { force: true })
      throw new Error('the server has no such range')
    }
    if (response.status >= 400 && response.status < 500 && response.status !== 408 && response.status !== 429)
      throw new Stop(`the server answered ${response.status}`)
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`)
    const start = response.status === 206 ? startOfRange(response, done) : 0
    await keepNote(path, { url, validator: validatorOf(response) })
    await append(response.body, start, totalOf(response, start), options, () => watch.refresh())
  } finally {
    clearTimeout(watch)
  }
}

/** Bytes of the part that can be kept: only where it is known what they are the beginning of. */
async function sizeToResume({ path, url, bytes }: DownloadOptions): Promise<number> {
  const size = await stat(partOf(path)).then(
    (info) => info.size,
    () => 0,
  )
  const note = await readNote(path)
  const isKnown = note?.url === url && note.validator !== ''
  return isKnown && (bytes === undefined || size <= bytes) ? size : 0
}

/** A strong ETag, else the date; a weak ETag promises no equal bytes. */
function validatorOf({ headers }: Response): string {
  const tag = headers.get('etag')
  return tag && !tag.startsWith('W/') ? tag : (headers.get('last-modified') ?? '')
}

function startOfRange({ headers }: Response, wanted: number): number {
  const start = Number(/^bytes (\d+)-/.exec(headers.get('content-range') ?? '')?.[1])
  if (start !== wanted) throw new Error(`the server sent another range: ${headers.get('content-range')}`)
  return start
}

function totalOf({ headers }: Response, start: number): number | undefined {
  const length = headers.get('content-length')
  return length === null ? undefined : start + Number(length)
}

async function append(
  body: ReadableStream<Uint8Array>,
  start: number,
  total: number | undefined,
  { path, bytes, maxBytes = 2_000_000_000, onProgress }: DownloadOptions,
  onData: () => void,
): Promise<void> {
  const most = bytes ?? maxBytes
  if (total !== undefined && (total > most || (bytes !== undefined && total !== bytes)))
    throw new Stop(`the file has ${total} bytes, expected were ${bytes ?? `at most ${most}`}`)
  const file = await openAt(partOf(path), start)
  let done = start
  try {
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      onData()
      if (done + chunk.length > most) throw new Stop(`the server sent more than the ${most} bytes expected`)
      await file.write(chunk)
      done += chunk.length
      onProgress?.(done, bytes ?? total)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  const expected = bytes ?? total
  if (expected !== undefined && done !== expected)
    throw new Error(`the connection ended after ${done} of ${expected} bytes`)
}

async function openAt(path: string, start: number): Promise<FileHandle> {
  if (start === 0) return open(path, 'w')
  const file = await open(path, 'a')
  await file.truncate(start)
  return file
}

async function readNote(path: string): Promise<PartNote | undefined> {
  try {
    return JSON.parse(await readFile(noteOf(path), 'utf8')) as PartNote
  } catch {
    return undefined
  }
}

const keepNote = (path: string, note: PartNote) => writeFile(noteOf(path), JSON.stringify(note))

/** sha256 of a file, read piece by piece. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  const file = await open(path)
  try {
    for await (const chunk of file.createReadStream()) hash.update(chunk as Buffer)
  } finally {
    await file.close()
  }
  return hash.digest('hex')
}

function unavailable(url: string, cause: Error): SemblanceError {
  const detail = cause.cause instanceof Error ? `${cause.message} (${cause.cause.message})` : cause.message
  return new SemblanceError('UNAVAILABLE', `${url} could not be fetched: ${detail}.`, { detail }, { cause })
}
