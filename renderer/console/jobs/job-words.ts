import type { Job, JobKind, JobStatus } from '../../../core/jobs/contract'
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

const typeWords: Record<string, string> = {
  user_match: 'matches',
  celebrity_match: 'celebrity lookalikes',
  both: 'matches and celebrity lookalikes',
}

/** What a job looks for once the face is analysed: `job_type` in words. */
export function formatJobType(type: string): string {
  return typeWords[type] ?? formatLabel(type).toLowerCase()
}

export const kindWords: Record<JobKind, string> = { face: 'Face', celebrity: 'Celebrity' }

/** Milliseconds that a job has waited for its turn, or did wait. */
export function waitTime(job: Job, now: Date): number {
  return (job.started_at ?? job.completed_at ?? now).getTime() - job.created_at.getTime()
}

/** Milliseconds that a job has been worked on; undefined before it was begun. */
export function runTime(job: Job, now: Date): number | undefined {
  if (!job.started_at || job.status === 'pending') return undefined
  return (job.completed_at ?? now).getTime() - job.started_at.getTime()
}

/** `no_face` → "No face". */
export function formatErrorCode(code: string): string {
  return formatLabel(code.toLowerCase())
}

const hints: Record<string, string> = {
  no_face:
    'Upload a photo that shows the face from the front, sharp and large enough. Trying again will not help.',
  empty_file: 'The file has no content. Upload the photo again.',
  not_an_image: 'Upload a JPEG, PNG, WebP, AVIF or TIFF file.',
  unsupported_format: 'Save the photo as JPEG or PNG, then upload it again.',
  broken_image: 'The file is damaged. Upload the photo again, or another one.',
  image_missing: 'The photo is not in storage any more. Upload it again.',
  worker_lost: 'The worker stopped in the middle. Try it again.',
  unavailable:
    'What the worker needs was away. Look at the models and the database on the overview, then try again.',
  too_many_bytes: 'Save the photo smaller, then upload it again.',
  too_many_pixels: 'Save the photo smaller, then upload it again.',
}

/** What to do about a failure. */
export function failureHint(job: Job): string {
  return (
    hints[job.error_code ?? ''] ?? 'Try it again. If it fails the same way, the log of the host says more.'
  )
}
