import { imageReasons } from '../../model/errors'

export type RetryHelps = 'yes' | 'later' | 'no'

export interface Advice {
  retry_helps: RetryHelps
  /** What to do. */
  advice: string
}

const otherPhoto = 'Trying again gives the same. It takes another photo.'

const known: Record<string, Advice> = {
  no_face: {
    retry_helps: 'no',
    advice:
      'The photo shows no face that could be used. It takes one from the front, sharp and large enough.',
  },
  empty_file: { retry_helps: 'no', advice: `The file has no content. ${otherPhoto}` },
  not_an_image: { retry_helps: 'no', advice: `The file is no photo. ${otherPhoto}` },
  unsupported_format: { retry_helps: 'no', advice: 'Save the photo as JPEG or PNG, then upload it again.' },
  broken_image: { retry_helps: 'no', advice: `The file is damaged. ${otherPhoto}` },
  too_many_bytes: { retry_helps: 'no', advice: 'Save the photo smaller, then upload it again.' },
  too_many_pixels: { retry_helps: 'no', advice: 'Save the photo smaller, then upload it again.' },
  image_missing: {
    retry_helps: 'later',
    advice: 'The photo is no longer in Storage. Upload it again, or remove the row that names it.',
  },
  quarantined: {
    retry_helps: 'later',
    advice:
      'Workers were lost twice while they had this photo, so nobody tries it any more. Look at the photo and at the worker’s log; retry it alone, on a worker that may fail.',
  },
  worker_lost: { retry_helps: 'yes', advice: 'The worker stopped in the middle. Try it again.' },
  unavailable: {
    retry_helps: 'later',
    advice: 'What the worker needed was away. See on the overview whether all is back, then try again.',
  },
  disk_full: {
    retry_helps: 'later',
    advice:
      'A disk was full: the worker’s, Storage’s or the database’s, as the message says. Make room there; what waits goes on by itself.',
  },
  cancelled: {
    retry_helps: 'yes',
    advice: 'Somebody of the staff cancelled it. Retry it if it is wanted after all.',
  },
}

/** Reasons for which the same photo fails the same way every time. */
export const permanentReasons: readonly string[] = Object.entries(known)
  .filter(([, { retry_helps }]) => retry_helps === 'no')
  .map(([reason]) => reason)
  .concat(imageReasons.filter((reason) => !(reason in known)))

/** What to do about a failure with this `error_code`. */
export function adviceFor(reason: string | null): Advice {
  if (reason !== null && reason in known) return known[reason]
  if (reason !== null && permanentReasons.includes(reason)) return { retry_helps: 'no', advice: otherPhoto }
  return {
    retry_helps: 'yes',
    advice:
      'Try it again. If it fails the same way, the log of the attempt and of the worker’s host says more.',
  }
}
