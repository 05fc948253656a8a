import { describeError, isHostAway } from '../../rpc/errors'
import { checkImage } from '../../rpc/upload'

/** Why a file need not be sent at all, in words that go without its name; null where it may be a photo. */
export function photoProblem(file: File): string | null {
  try {
    checkImage(file)
    return null
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'This file can’t be read.'
    return reason.replace(`${file.name}: `, '').replace(file.name, 'This file')
  }
}

/** Why a photo could not be sent or registered, for a person. Unlike what is shown, it is not tried again by itself. */
export function describeSendError(error: unknown): string {
  return isHostAway(error) ? 'The host does not answer. Try again when it does.' : describeError(error)
}
