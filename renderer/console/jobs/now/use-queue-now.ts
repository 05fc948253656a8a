import { useCallback, useState } from 'react'
import type { QueueNow } from '../../../../core/jobs/contract-monitor'
import { useConnection } from '../../../rpc/connection'
import { type StreamState, useStream } from '../../../rpc/use-stream'
import { useVisible } from '../../../rpc/use-visible'

export interface QueueFeed {
  now: QueueNow | undefined
  /** `hidden`: nobody sees the window; `paused`: somebody wants to read the numbers in peace. */
  state: Exclude<StreamState, 'off'> | 'hidden' | 'paused'
  error: unknown
  setPaused: (isPaused: boolean) => void
  /** How long it stood still the last time that the window was hidden; null where it never was. */
  wasHidden: { from: Date; until: Date } | null
}

/** How the queue stands, pushed by the host, at most twice a second; nothing is asked for while nobody sees it. */
export function useQueueNow(): QueueFeed {
  const { client } = useConnection()
  const isVisible = useVisible()
  const [isPaused, setPaused] = useState(false)
  const open = useCallback((signal: AbortSignal) => client.jobs.changes(undefined, { signal }), [client])
  const stream = useStream(open, isVisible && !isPaused)
  const wasHidden = useWasHidden(isVisible)
  const state = isPaused ? 'paused' : stream.state === 'off' ? 'hidden' : stream.state
  return { now: stream.value, state, error: stream.error, setPaused, wasHidden }
}

function useWasHidden(isVisible: boolean): QueueFeed['wasHidden'] {
  const [seen, setSeen] = useState<{ isVisible: boolean; since: Date; last: QueueFeed['wasHidden'] }>({
    isVisible,
    since: new Date(),
    last: null,
  })
  if (seen.isVisible !== isVisible) {
    const at = new Date()
    setSeen({ isVisible, since: at, last: isVisible ? { from: seen.since, until: at } : seen.last })
  }
  return seen.last
}
