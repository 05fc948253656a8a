import { useEffect, useState } from 'react'
import { formatCount } from '../../../kit/format'
import { ProgressBar } from '../../../kit/progress-bar'
import { SkeletonRows } from '../../../kit/skeleton'
import { useConnection } from '../../../rpc/connection'

/** How far all celebrities are compared with each other: once they are, who looks alike is known. */
export function Comparing() {
  const { client } = useConnection()
  const [pairs, setPairs] = useState<{ left: number; total: number }>()
  useEffect(() => {
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
  }, [client])
  return (
    <>
      {pairs && (
        <div className="max-w-md p-4">
          <ProgressBar
            label="Comparing all celebrities with each other"
            value={pairs.total === 0 ? undefined : 1 - pairs.left / pairs.total}
            text={`${formatCount(pairs.total - pairs.left)} of ${formatCount(pairs.total)} pairs`}
          />
        </div>
      )}
      <SkeletonRows label="Looking for outliers" />
    </>
  )
}
