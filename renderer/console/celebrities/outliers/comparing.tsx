import { useEffect, useState } from 'react'
import { formatCount } from '../../../kit/format'
import { ProgressBar } from '../../../kit/progress-bar'
import { SkeletonRows } from '../../../kit/skeleton'
import { useConnection } from '../../../rpc/connection'

/** How far all celebrities are compared with each other: once they are, who looks alike is known. */
export function Comparing() {
  const { client } = useConnection()
  const [pairs, setPairs] = useState<{ compared: number; total: number }>()
  useEffect(() => {
    const controller = new AbortController()
    const follow = async () => {
      const { signal } = controller
      for await (const progress of await client.curation.compareAll(undefined, { signal })) setPairs(progress)
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
            value={pairs.total === 0 ? undefined : pairs.compared / pairs.total}
            text={`${formatCount(pairs.compared)} of ${formatCount(pairs.total)} pairs`}
          />
        </div>
      )}
      <SkeletonRows label="Looking for outliers" />
    </>
  )
}
