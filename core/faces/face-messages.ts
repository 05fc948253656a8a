import { SemblanceError, type ErrorCode } from '../model/errors'
import type { ImageAnalysis } from '../model/face'
import type { DecodeLimits } from './decode'
import type { InstalledPack } from './packs'
import type { ProviderChoice } from './provider-choice'
import type { ProviderReport } from './providers'

/** What a face worker is started with. */
export interface FaceWorkerData {
  pack: InstalledPack
  limits: DecodeLimits
  provider: ProviderChoice
}

/** To a worker: an image to analyse, or the wish that it ends. */
export type FaceRequest = { type: 'analyze'; id: number; bytes: Uint8Array } | { type: 'close' }

/** From a worker: it can be given work; or what came of an image. */
export type FaceReply =
  | { type: 'ready'; report: ProviderReport }
  | { type: 'done'; id: number; analysis: ImageAnalysis }
  | { type: 'failed'; id: number; error: FaceFailure }

/** An error as it crosses from thread to thread. The code is missing where it is none of the closed list. */
export interface FaceFailure {
  code?: ErrorCode
  message: string
  data?: Record<string, unknown> | undefined
  stack?: string | undefined
}

export function toFailure(error: unknown): FaceFailure {
  if (error instanceof SemblanceError) {
    const { code, message, data, stack } = error
    return { code, message, data, stack }
  }
  if (error instanceof Error) return { message: error.message, stack: error.stack }
  return { message: String(error) }
}

export function fromFailure({ code, message, data, stack }: FaceFailure): Error {
  const error = code ? new SemblanceError(code, message, data) : new Error(message)
  if (stack) error.stack = stack
  return error
}
