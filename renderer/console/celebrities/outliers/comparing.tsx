import { useEffect, useState } from 'react'
import { Button } from '../../../kit/button'
import { formatCount } from '../../../kit/format'
import { ProgressBar } from '../../../kit/progress-bar'
import { SkeletonRows } from '../../../kit/skeleton'
import { useConnection } from '../../../rpc/connection'

/**
 * How far all celebrities are compared with each other: once they are, who looks alike is known. It can be stopped, and
 * goes on where it was.
 */
export function Comparing({
  isStopped,
  onStop,
  onGoOn,
}: {
  isStopped: boolean
  onStop: () => void
  onGoOn: () => void
}) {
  const { client } = useConnection()
  const [pairs, setPairs] = useState<{ left: number; total: number }>()
  useEffect(() => {
    if (isStopped) return
    const controller = new AbortController()
    const follow = async () => {
      const { signal } = controller
      for await (const { compared, total } of await client.curation.compareAll(undefined, { signal })) {
        // What the list compares meanwhile is in neither figure: what is left tells how far both are.
        setPairs((before) => ({ left: total - compared, total: Math.max(total, before?.total ?? 0) }))
      }
    }
    // The list waits for the same work, and says what goes wrong with it.
    follow().catch(() => undefined)
    return () => controller.abort()
  }, [client, isStopped])
  const position = pairs && `${formatCount(pairs.total - pairs.left)} of ${formatCount(pairs.total)} pairs`
  return (
    <>
      {pairs && (
        <div className="flex max-w-xl flex-col items-start gap-3 p-4">
          <div className="w-full">
            <ProgressBar
              label="Comparing all celebrities with each other"
              value={pairs.total === 0 ? undefined : 1 - pairs.left / pairs.total}
              text={isStopped ? `${position} · stopped` : position}
              tone={isStopped ? 'neutral' : 'accent'}
            />
          </div>
          {isStopped && (
            <p role="status" className="text-pretty text-ink-2">
              Stopped. Who looks alike is known once all are compared; it goes on where it was.
            </p>
          )}
          <Button onPress={isStopped ? onGoOn : onStop}>{isStopped ? 'Go on' : 'Stop comparing'}</Button>
        </div>
      )}
      {!isStopped && <SkeletonRows label="Looking for outliers" />}
    </>
  )
}
