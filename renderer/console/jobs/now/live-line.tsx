import { Pause, Play } from 'lucide-react'
import { StatusDot } from '../../../kit/badge'
import { formatClock, formatDuration, formatRelative } from '../../../kit/format'
import { IconButton } from '../../../kit/icon-button'
import { useNow } from '../../../kit/time'
import type { Tone } from '../../../kit/tone'
import { useShortcut } from '../../../kit/use-shortcut'
import type { QueueFeed } from './use-queue-now'

/** Milliseconds for which it is said that the numbers stood still. */
const tellHidden = 20_000

const tones: Record<QueueFeed['state'], Tone> = {
  connecting: 'neutral',
  live: 'good',
  lost: 'bad',
  hidden: 'neutral',
  paused: 'warning',
}

/** Whether the numbers move, how old they are, and the way to hold them still. */
export function LiveLine({ feed }: { feed: QueueFeed }) {
  const isPaused = feed.state === 'paused'
  const toggle = () => feed.setPaused(!isPaused)
  useShortcut('p', toggle)
  return (
    <>
      <span role="status" className="text-sm text-ink-2">
        <StatusDot tone={tones[feed.state]}>
          <LiveWords feed={feed} />
        </StatusDot>
      </span>
      <IconButton
        label={isPaused ? 'Follow the queue' : 'Hold the numbers still'}
        keys={['P']}
        onPress={toggle}
      >
        {isPaused ? <Play /> : <Pause />}
      </IconButton>
    </>
  )
}

function LiveWords({ feed: { state, now, wasHidden } }: { feed: QueueFeed }) {
  const time = useNow()
  const at = now && formatClock(now.at)
  switch (state) {
    case 'connecting':
      return 'Connecting…'
    case 'hidden':
      return 'Paused: the window is hidden'
    case 'paused':
      return at ? `Held still at ${at}` : 'Held still'
    case 'lost':
      return now ? `Connection lost; as of ${formatRelative(now.at, time)}` : 'Connection lost'
    case 'live':
      return wasHidden && time.getTime() - wasHidden.until.getTime() < tellHidden
        ? `Live again; paused ${formatDuration(wasHidden.until.getTime() - wasHidden.from.getTime())} while hidden`
        : 'Live'
  }
}
