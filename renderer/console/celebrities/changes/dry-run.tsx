import type { UseQueryResult } from '@tanstack/react-query'
import type { ChangeGroup } from '../../../../core/celebrities/contract-curation'
import { Button } from '../../../kit/button'
import { formatCount } from '../../../kit/format'
import { Notice } from '../../../kit/notice'
import { Skeleton } from '../../../kit/skeleton'
import { describeError } from '../../../rpc/errors'
import { skippedByReason } from './change-words'

/** What a change would do: how many it meets, which it leaves out and why. */
export function DryRun({
  plan,
  done,
  waiting,
}: {
  plan: UseQueryResult<ChangeGroup>
  /** What becomes of those that it meets: "will be changed". */
  done: string
  /** Stands here while nothing is asked. */
  waiting?: string
}) {
  if (!plan.data && plan.isError) {
    return (
      <Notice
        tone="bad"
        action={
          <Button size="sm" onPress={() => void plan.refetch()}>
            Try again
          </Button>
        }
      >
        {describeError(plan.error)}
      </Notice>
    )
  }
  if (!plan.data) {
    if (plan.fetchStatus === 'idle') return <p className="text-ink-3">{waiting}</p>
    return (
      <div role="status" aria-label="Counting">
        <Skeleton className="h-16" />
      </div>
    )
  }
  const { changed, skipped } = plan.data
  return (
    <table aria-label="Dry run" className="w-full">
      <tbody>
        <tr className="border-b font-medium">
          <td className="w-px py-1.5 pr-3 text-right text-lg whitespace-nowrap">{formatCount(changed)}</td>
          <th scope="row" className="py-1.5 text-left font-medium">
            {skipped.length > 0 && `of ${formatCount(changed + skipped.length)} `}
            {done}
          </th>
        </tr>
        {skippedByReason(skipped).map(({ reason, count }) => (
          <tr key={reason} className="border-b text-ink-2">
            <td className="py-1.5 pr-3 text-right">{formatCount(count)}</td>
            <th scope="row" className="py-1.5 text-left font-normal text-pretty">
              left out
              <span className="block text-sm text-ink-3">{reason}</span>
            </th>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
