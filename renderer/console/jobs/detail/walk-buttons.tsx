import { ArrowDown, ArrowUp } from 'lucide-react'
import { IconButton } from '../../../kit/icon-button'
import { useShortcut } from '../../../kit/use-shortcut'

export interface Walk {
  /** Undefined at the first. */
  onPrevious: (() => void) | undefined
  /** Undefined at the last. */
  onNext: (() => void) | undefined
}

/** To the job before and after, from within the pane as well: by button, and by ← and →. */
export function WalkButtons({ walk: { onPrevious, onNext } }: { walk: Walk }) {
  useShortcut('arrowleft', () => onPrevious?.(), { isDisabled: !onPrevious })
  useShortcut('arrowright', () => onNext?.(), { isDisabled: !onNext })
  return (
    <>
      <IconButton label="Previous job" keys={['←']} isDisabled={!onPrevious} onPress={onPrevious}>
        <ArrowUp />
      </IconButton>
      <IconButton label="Next job" keys={['→']} isDisabled={!onNext} onPress={onNext}>
        <ArrowDown />
      </IconButton>
    </>
  )
}
