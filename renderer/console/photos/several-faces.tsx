import { formatCount } from '../../kit/format'
import { Notice } from '../../kit/notice'

/** Says which face of a photo was taken, where it shows several. */
export function SeveralFaces({ found }: { found: number | null }) {
  if (found === null || found < 2) return null
  return (
    <Notice tone="info">
      The photo shows {formatCount(found)} faces. The largest one is used; for another, crop the photo and add
      it again.
    </Notice>
  )
}
