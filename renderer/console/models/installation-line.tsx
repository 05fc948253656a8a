import type { Installation } from '../../../core/models/contract'
import { Notice } from '../../kit/notice'
import { ProgressBar } from '../../kit/progress-bar'

/** How far the install of a pack is, or why it failed. */
export function InstallationLine({ installation }: { installation: Installation }) {
  const { pack, state, progress, message } = installation
  return state === 'failed' ? (
    <Notice tone="bad">
      {pack} could not be installed. {message}
    </Notice>
  ) : (
    <ProgressBar label={`${pack}: ${message}`} value={progress} />
  )
}
