import { SemblanceError, type ErrorCode } from '../../model/errors'
import type { ImageAnalysis } from '../../model/face'
import type { DecodeLimits } from '../images/decode'
import type { InstalledPack } from '../packs/packs'
import type { ProviderChoice } from '../inference/provider-choice'
import type { ProviderReport } from '../inference/providers'

/** What a face worker is started with. */
export interface FaceWorkerData {
  pack: InstalledPack
  limits: DecodeLimits
  provider: ProviderChoice
}

/** What an analysis gives beside what it always gives. */
export interface AnalysisWishes {
  /** `grey_picture`, from the pixels that are decoded anyway. */
  greyPicture?: boolean | undefined
}

/** To a worker: the models to open, once, or an image to analyse. */
export type FaceRequest =
  | { type: 'open'; data: FaceWorkerData }
  | { type: 'analyze'; id: number; bytes: Uint8Array; wishes: AnalysisWishes }

/** From a worker: it can be given work; or what came of an image. */
export type FaceReply =
  | { type: 'ready'; report: ProviderReport }
  | { type: 'done'; id: number; analysis: ImageAnalysis }
  | { type: 'failed'; id: number; error: FaceFailure }

/** An error as it crosses from process to process. The code is missing where it is none of the closed list. */
export interface FaceFailure {
  code?: ErrorCode
  message: string
  data?: Record<string, unknown> | undefined
  stack?: string | undefined
  /** How far the analysis came: the last stage that was passed, and the milliseconds of each. */
  reached?: Reached | undefined
}

/** How far an analysis came that broke off, and what it took; laid beside its error. */
export interface Reached {
  /** A key of the timings; null where it broke off in the first stage. */
  last: string | null
  timings: Record<string, number>
}

const reachedOf = new WeakMap<object, Reached>()

/** Lays beside an error how far the analysis came. Gives the error back. */
export function withReached(error: unknown, reached: Reached): unknown {
  if (typeof error === 'object' && error !== null) reachedOf.set(error, reached)
  return error
}

/** How far the analysis came that ended in this error; null where nobody knows, as when its worker was lost. */
export function reachedBefore(error: unknown): Reached | null {
  return typeof error === 'object' && error !== null ? (reachedOf.get(error) ?? null) : null
}

export function toFailure(error: unknown): FaceFailure {
  const reached = reachedBefore(error) ?? undefined
  if (error instanceof SemblanceError) {
    const { code, message, data, stack } = error
    return { code, message, data, stack, reached }
  }
  if (error instanceof Error) return { message: error.message, stack: error.stack, reached }
  return { message: String(error), reached }
}

export function fromFailure({ code, message, data, stack, reached }: FaceFailure): Error {
  const error = code ? new SemblanceError(code, message, data) : new Error(message)
  if (stack) error.stack = stack
  if (reached) withReached(error, reached)
  return error
}
