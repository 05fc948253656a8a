import { useSyncExternalStore } from 'react'
import { mostPieceBytes } from '../../../core/celebrities/contract-import'
import type { Client } from '../../../core/api/contract'
import { describeError, isHostAway, isWorthRetrying } from '../../rpc/errors'
import { backoff } from '../../rpc/live'
import { uploadFiles, type UploadFile, type UploadProgress } from './upload-files'

/** What this window sends to the host for an import. It goes on while somebody looks at another screen. */
export interface Upload extends UploadProgress {
  state: 'running' | 'failed' | 'done'
  /** Why it broke off. */
  problem: string | null
  /** Bytes a second since it began; null at first. */
  rate: number | null
  startedAt: number
}

interface Running {
  upload: Upload
  files: readonly UploadFile[]
  cancel: AbortController
}

/** Half of the most: progress is seen twice as often, and eight at once still fit a small machine. */
const pieceBytes = mostPieceBytes / 2

const uploads = new Map<string, Running>()
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function change(id: string, upload: Partial<Upload>): void {
  const running = uploads.get(id)
  if (!running) return
  uploads.set(id, { ...running, upload: { ...running.upload, ...upload } })
  for (const tell of listeners) tell()
}

const askBeforeLeaving = (event: BeforeUnloadEvent) => event.preventDefault()

/** A window that sends is asked before it closes: only it can read the files. */
function guardWindow(): void {
  const isSending = [...uploads.values()].some(({ upload }) => upload.state === 'running')
  if (isSending) window.addEventListener('beforeunload', askBeforeLeaving)
  else window.removeEventListener('beforeunload', askBeforeLeaving)
}

/** The upload of this window for an import; undefined where it has none. */
export function useUpload(id: string): Upload | undefined {
  return useSyncExternalStore(subscribe, () => uploads.get(id)?.upload)
}

/**
 * Sends files to an import that waits for them, then has it scanned. What is there already is not sent again.
 * @param isResumed The host may have some of them.
 */
export async function startUpload(
  client: Client,
  id: string,
  files: readonly UploadFile[],
  isResumed = false,
): Promise<void> {
  if (uploads.get(id)?.upload.state === 'running') return
  const cancel = new AbortController()
  const startedAt = performance.now()
  const none = { files: files.length, filesDone: 0, bytes: 0, bytesDone: 0 }
  uploads.set(id, {
    files,
    cancel,
    upload: { ...none, state: 'running', problem: null, rate: null, startedAt },
  })
  guardWindow()
  try {
    await uploadFiles(
      files,
      async (path, offset, piece, signal) =>
        (await client.imports.upload({ id, path, offset, piece }, { signal })).bytes,
      {
        signal: cancel.signal,
        pieceBytes,
        isResumed,
        mayRetry: (error) => isHostAway(error) || isWorthRetrying(error),
        rest: (attempt, signal) => rest(backoff(attempt), signal),
        onProgress: (progress) => change(id, { ...progress, rate: rateOf(progress, startedAt) }),
      },
    )
    await client.imports.uploaded({ id })
    // It stays, without its files, for the moment until the import is seen to be further: nobody is to be asked for them.
    const sent = uploads.get(id)
    if (sent) uploads.set(id, { ...sent, files: [] })
    change(id, { state: 'done' })
  } catch (error) {
    if (cancel.signal.aborted) uploads.delete(id)
    else change(id, { state: 'failed', problem: describeError(error) })
    for (const tell of listeners) tell()
  } finally {
    guardWindow()
  }
}

/** Goes on with an upload that broke off in this window. */
export function resumeUpload(client: Client, id: string): void {
  const broken = uploads.get(id)
  if (broken?.upload.state === 'failed') void startUpload(client, id, broken.files, true)
}

/** Ends an upload; what was sent stays with the import until that is discarded. */
export function cancelUpload(id: string): void {
  uploads.get(id)?.cancel.abort()
  uploads.delete(id)
  guardWindow()
  for (const tell of listeners) tell()
}

function rateOf({ bytesDone }: UploadProgress, startedAt: number): number | null {
  const seconds = (performance.now() - startedAt) / 1000
  return seconds < 0.5 || bytesDone === 0 ? null : bytesDone / seconds
}

function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })
}
