import type { Client } from '../../../core/api/contract'
import type { DetectedGender } from '../../../core/model/face'
import { errorCode } from '../../rpc/errors'
import { UploadRefused, type ImageBucket } from '../../rpc/upload'
import { describeSendError } from '../photos/photo-problem'

/** What became of a photo. `failed` may be tried again; `rejected` gives the same answer every time. */
export type AddOutcome =
  | { state: 'added'; celebrityId: string }
  | { state: 'known'; celebrityId: string | null; reason: string }
  | { state: 'rejected'; reason: string }
  | { state: 'failed'; reason: string }

export interface NewCelebrityPhoto {
  file: File
  name: string
  bio?: string
  category?: string
  gender?: DetectedGender
}

/** The id that a CONFLICT names: the celebrity who has this very photo. */
function knownId(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('data' in error)) return null
  const data = error.data
  if (typeof data !== 'object' || data === null || !('celebrity_id' in data)) return null
  return typeof data.celebrity_id === 'string' ? data.celebrity_id : null
}

/**
 * Uploads a photo and registers it as a celebrity. Never throws: what was refused for good is `known` or `rejected`,
 * what may work another time is `failed`.
 */
export async function addCelebrity(
  client: Client,
  upload: (bucket: ImageBucket, file: File) => Promise<string>,
  { file, ...celebrity }: NewCelebrityPhoto,
): Promise<AddOutcome> {
  try {
    const image_path = await upload('celebrity-images', file)
    const { id } = await client.celebrities.add({ ...celebrity, image_path })
    return { state: 'added', celebrityId: id }
  } catch (error) {
    const reason = describeSendError(error)
    if (error instanceof UploadRefused) return { state: 'rejected', reason }
    switch (errorCode(error)) {
      case 'CONFLICT':
        return { state: 'known', celebrityId: knownId(error), reason }
      case 'IMAGE_REJECTED':
      case 'BAD_REQUEST':
        return { state: 'rejected', reason }
      default:
        return { state: 'failed', reason }
    }
  }
}
