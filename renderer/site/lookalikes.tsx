import { useQuery } from '@tanstack/react-query'
import { ErrorState } from '../kit/error-state'
import { formatPercent } from '../kit/format'
import { Thumbnail } from '../kit/thumbnail'
import { useConnection } from '../rpc/connection'
import { describeError } from '../rpc/errors'

/** The celebrities who look like a face, best first. */
export function Lookalikes({ faceId }: { faceId: string }) {
  const { api } = useConnection()
  const found = useQuery(api.matching.ofFace.queryOptions({ input: { face_id: faceId } }))
  if (found.error) {
    return (
      <ErrorState
        title="Your lookalikes can't be shown"
        message={describeError(found.error)}
        onRetry={() => void found.refetch()}
        isRetrying={found.isFetching}
      />
    )
  }
  if (!found.data) return null
  const { lookalikes } = found.data
  return (
    <section className="flex flex-col gap-3">
      <h3 className="font-semibold">Your celebrity lookalikes</h3>
      {lookalikes.length === 0 && <p className="text-ink-2">None yet.</p>}
      {/* One row, so that the people below are in reach. */}
      <ul
        tabIndex={0}
        aria-label="Your celebrity lookalikes"
        className="-m-1 flex gap-4 overflow-x-auto overflow-y-hidden p-1"
      >
        {lookalikes.map(({ id, celebrity, similarity_score }) => (
          <li key={id} className="flex w-28 shrink-0 flex-col gap-1">
            <Thumbnail src={celebrity.thumbnail_url} name={celebrity.name} size="fill" />
            <span className="truncate font-medium">{celebrity.name}</span>
            <span className="text-sm text-ink-2">{formatPercent(similarity_score)} alike</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
