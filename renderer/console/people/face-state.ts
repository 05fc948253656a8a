import type { FaceView } from '../../../core/accounts/contract'
import type { Tone } from '../../kit/tone'

/** How far the analysis of a face has come, in a word. */
export function faceState({ job, analyzed_at }: FaceView): { label: string; tone: Tone; isLive: boolean } {
  switch (job?.status) {
    case 'pending':
      return { label: job.attempts > 0 ? 'Waiting to retry' : 'Waiting', tone: 'neutral', isLive: false }
    case 'processing':
      return { label: 'Analysing', tone: 'info', isLive: true }
    case 'failed':
      // Its row says that it failed, since other clients know four statuses.
      if (job.error_code === 'cancelled') return { label: 'Cancelled', tone: 'neutral', isLive: false }
      return { label: 'Failed', tone: 'bad', isLive: false }
    default:
      return analyzed_at
        ? { label: 'Analysed', tone: 'good', isLive: false }
        : { label: 'Not analysed', tone: 'neutral', isLive: false }
  }
}
