import { ChevronDown, ChevronUp, Maximize2, Minimize2, RefreshCw, Trash2 } from 'lucide-react'
import { Button } from '../../kit/button'
import { IconButton } from '../../kit/icon-button'
import { useShortcut } from '../../kit/use-shortcut'
import type { PairRef } from './pair-ref'
import { useRecompute } from './use-removal'

/** To the pairs before and after; undefined where there is none. */
export interface PairWalk {
  onPrevious: (() => void) | undefined
  onNext: (() => void) | undefined
}

/** What can be done about a pair, at the foot of its pane. */
export function PairActions({
  pair,
  isWide,
  onWide,
  walk,
  onRemove,
}: {
  pair: PairRef
  isWide: boolean
  onWide: (isWide: boolean) => void
  walk: PairWalk
  onRemove: (() => void) | undefined
}) {
  const recompute = useRecompute(pair.kind)
  const again = () => {
    if (!recompute.isPending) recompute.mutate([pair.id])
  }
  useShortcut('r', again)
  useShortcut('w', () => onWide(!isWide))
  useShortcut('j', () => walk.onNext?.())
  useShortcut('k', () => walk.onPrevious?.())
  return (
    <>
      <Button icon={<RefreshCw aria-hidden />} isPending={recompute.isPending} onPress={again}>
        Recompute
      </Button>
      {onRemove && (
        <Button variant="danger" icon={<Trash2 aria-hidden />} onPress={onRemove}>
          Remove…
        </Button>
      )}
      <span className="grow" />
      <IconButton
        label="The pair before"
        keys={['K']}
        isDisabled={!walk.onPrevious}
        onPress={() => walk.onPrevious?.()}
      >
        <ChevronUp />
      </IconButton>
      <IconButton
        label="The next pair"
        keys={['J']}
        isDisabled={!walk.onNext}
        onPress={() => walk.onNext?.()}
      >
        <ChevronDown />
      </IconButton>
      <IconButton
        label={isWide ? 'Beside the list' : 'Full width'}
        keys={['W']}
        onPress={() => onWide(!isWide)}
      >
        {isWide ? <Minimize2 /> : <Maximize2 />}
      </IconButton>
    </>
  )
}
