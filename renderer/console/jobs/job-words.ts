import type { Job, JobKind, JobStatus } from '../../../core/jobs/contract'
import type { Attempt } from '../../../core/jobs/contract-detail'
import { imageReasons } from '../../../core/model/errors'
import { formatLabel } from '../../kit/format'
import type { Tone } from '../../kit/tone'

export const statusTones: Record<JobStatus, Tone> = {
  pending: 'neutral',
  processing: 'accent',
  completed: 'good',
  failed: 'bad',
}

export const statusWords: Record<JobStatus, string> = {
  pending: 'Pending',
  processing: 'Processing',
  completed: 'Completed',
  failed: 'Failed',
}

/** Somebody called it off: its row says that it failed, since other clients know four statuses. */
export function isCancelled({ status, error_code }: Job): boolean {
  return status === 'failed' && error_code === 'cancelled'
}

/** A job's status in a word, for a person: who cancelled a job has not seen it fail. */
export function jobState(job: Job): { words: string; tone: Tone } {
  if (isCancelled(job)) return { words: 'Cancelled', tone: 'neutral' }
  return { words: statusWords[job.status], tone: statusTones[job.status] }
}

const typeWords: Record<string, string> = {
  user_match: 'matches',
  celebrity_match: 'celebrity lookalikes',
  both: 'matches and celebrity lookalikes',
}

/** What a job looks for once the face is analysed: `job_type` in words. */
export function formatJobType(type: string): string {
  return typeWords[type] ?? formatLabel(type).toLowerCase()
}

/** {@link formatJobType} in a word, for a column. */
export function formatLookingFor(type: string): string {
  return { user_match: 'people', celebrity_match: 'celebrities', both: 'both' }[type] ?? formatJobType(type)
}

export const kindWords: Record<JobKind, string> = {
  face: 'Face',
  celebrity: 'Celebrity',
  embedding: 'Re-analysis',
}

/** Milliseconds that a job has waited for its turn, or did wait: since it was new, or was due again (docs/jobs.md). */
export function waitTime({ created_at, next_attempt_at, started_at, completed_at }: Job, now: Date): number {
  const till = started_at ?? completed_at ?? now
  const isAgain = next_attempt_at > created_at && next_attempt_at <= till
  return till.getTime() - (isAgain ? next_attempt_at : created_at).getTime()
}

/** Milliseconds that a job has been worked on; undefined before it was begun. */
export function runTime(job: Job, now: Date): number | undefined {
  if (!job.started_at || job.status === 'pending') return undefined
  return (job.completed_at ?? now).getTime() - job.started_at.getTime()
}

const reasonWords: Record<string, string> = {
  internal: 'Unexpected error',
  image_missing: 'The photo is gone',
  disk_full: 'A disk is full',
  worker_lost: 'The worker was lost',
  cancelled: 'Cancelled by a person',
  quarantined: 'It brought two workers down',
  not_an_image: 'Not an image',
  too_many_bytes: 'File too large',
  too_many_pixels: 'Photo too large',
}

/** The reasons that a list can be narrowed to: those of images, and those of everything around them. */
export const reasonCodes: readonly string[] = [
  ...imageReasons,
  'image_missing',
  'internal',
  'unavailable',
  'disk_full',
  'worker_lost',
  'quarantined',
  'cancelled',
]

/** An `error_code` in words: `no_face` → "No face". */
export function formatErrorCode(code: string): string {
  return reasonWords[code] ?? formatLabel(code.toLowerCase())
}

const stageDoings: Record<string, string> = {
  fetch: 'fetching the photo',
  decode: 'decoding the photo',
  detect: 'finding the face',
  align: 'aligning the face',
  embed: 'computing the embedding',
  attributes: 'reading the attributes',
  search: 'searching for matches',
  write: 'writing the result',
}

/** `detect` → "finding the face". */
export function stageWords(stage: string): string {
  return stageDoings[stage] ?? formatLabel(stage).toLowerCase()
}

export const outcomeWords: Record<Attempt['outcome'], string> = {
  completed: 'completed',
  failed: 'failed',
  retrying: 'failed, tried again',
  postponed: 'postponed, for what it needs was away',
  released: 'given back',
  worker_lost: 'lost with its worker',
  cancelled: 'cancelled',
}

export const outcomeTones: Record<Attempt['outcome'], Tone> = {
  completed: 'good',
  failed: 'bad',
  retrying: 'warning',
  postponed: 'warning',
  released: 'neutral',
  worker_lost: 'bad',
  cancelled: 'neutral',
}

const hints: Record<string, string> = {
  no_face:
    'Upload a photo that shows the face from the front, sharp and large enough. Trying again will not help.',
  empty_file: 'The file has no content. Upload the photo again.',
  not_an_image: 'Upload a JPEG, PNG, WebP, AVIF or TIFF file.',
  unsupported_format: 'Save the photo as JPEG or PNG, then upload it again.',
  broken_image: 'The file is damaged. Upload the photo again, or another one.',
  cancelled: 'Somebody cancelled it. Retry it to have it done after all.',
  quarantined:
    'Two workers broke down with this photo. Look at it before it is tried again, or upload another one.',
  image_missing: 'The photo is not in storage any more. Upload it again.',
  worker_lost: 'The worker stopped in the middle. Try it again.',
  unavailable:
    'What the worker needs was away. Look at the models and the database on the overview, then try again.',
  disk_full: 'Make room on the disk that the message names. It is then tried again by itself.',
  too_many_bytes: 'Save the photo smaller, then upload it again.',
  too_many_pixels: 'Save the photo smaller, then upload it again.',
}

/** What to do about a failure. */
export function failureHint(job: Job): string {
  return (
    hints[job.error_code ?? ''] ?? 'Try it again. If it fails the same way, the log of the host says more.'
  )
}
