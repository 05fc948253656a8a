import { ErrorState } from '../../../kit/error-state'
import { Skeleton } from '../../../kit/skeleton'
import { describeError, triedAgain } from '../../../rpc/errors'
import { Alarms } from './alarms'
import { Breakdown } from './breakdown'
import { Charts, spanOf } from './charts'
import { CountTiles } from './count-tiles'
import type { QueueFeed } from './use-queue-now'

/** How the queue stands now: alarms, numbers, charts and where the time goes. */
export function NowView({
  feed,
  span,
  onSpan,
}: {
  feed: QueueFeed
  span: number | undefined
  onSpan: (span: number) => void
}) {
  const { now, error } = feed
  const isHeld = feed.state === 'paused'
  if (!now && error) {
    return <ErrorState title="The queue could not be looked at" message={triedAgain(describeError(error))} />
  }
  return (
    <div
      role="group"
      aria-label="The queue, scrollable"
      tabIndex={0}
      className="flex min-h-0 grow flex-col gap-3 overflow-y-auto bg-app p-4"
    >
      <Alarms isHeld={isHeld} />
      {now ? <CountTiles now={now} /> : <Skeleton className="h-22 shrink-0 rounded-md" />}
      <Charts span={spanOf(span)} isHeld={isHeld} onSpan={onSpan} />
      {now ? <Breakdown now={now} /> : <Skeleton className="h-64 shrink-0 rounded-md" />}
    </div>
  )
}
