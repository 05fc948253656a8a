import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import { ErrorState } from '../../kit/error-state'
import { Page } from '../../kit/page'
import { Skeleton } from '../../kit/skeleton'
import { useApi } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { CountStrip } from './count-strip'
import { FirstSteps } from './first-steps'
import { QueueCard } from './queue-card'
import { SamplesCard } from './samples-card'
import { DatabaseCard, ModelsCard, WorkerCard } from './system-cards'
import { useSamples } from './use-samples'

export const searchSchema = z.object({})

/** Minutes move on though nothing changes: the chart and the latency are asked for anew, in milliseconds. */
const refreshInterval = 15_000

/** How everything stands, and what to do first. */
export function Screen() {
  const api = useApi()
  const overview = useQuery({ ...api.overview.get.queryOptions(), refetchInterval: refreshInterval })
  const counts = overview.data?.counts
  const isLoadingSamples = useSamples().status.data?.state === 'loading'
  // The admin is a person too, but without a face. While nobody else is here the first steps offer the samples, so that their card would only say it twice.
  const isEmpty = counts !== undefined && counts.faces + counts.celebrities === 0 && !isLoadingSamples
  return (
    <Page title="Overview">
      {overview.data ? (
        <div className="flex grow flex-col gap-3 overflow-y-auto bg-app p-4">
          {isEmpty && <FirstSteps pack={overview.data.pack} />}
          <CountStrip counts={overview.data.counts} />
          <div className="grid grid-cols-[minmax(0,2fr)_minmax(0,1fr)] gap-3 max-[899px]:grid-cols-1">
            <div className="flex min-w-0 flex-col gap-3">
              <QueueCard queue={overview.data.queue} />
              {!isEmpty && <SamplesCard />}
            </div>
            <div className="flex min-w-0 flex-col gap-3">
              <WorkerCard worker={overview.data.worker} />
              <ModelsCard pack={overview.data.pack} />
              <DatabaseCard database={overview.data.database} />
            </div>
          </div>
        </div>
      ) : overview.error ? (
        <ErrorState
          title="The overview could not be loaded"
          message={describeError(overview.error)}
          onRetry={() => void overview.refetch()}
          isRetrying={overview.isFetching}
        />
      ) : (
        <Loading />
      )}
    </Page>
  )
}

function Loading() {
  return (
    <div role="status" aria-label="Loading the overview" className="flex flex-col gap-3 bg-app p-4 grow">
      <Skeleton className="h-24 rounded-md" />
      <div className="grid grid-cols-[2fr_1fr] gap-3 max-[899px]:grid-cols-1">
        <div className="flex flex-col gap-3">
          <Skeleton className="h-80 rounded-md" />
          <Skeleton className="h-36 rounded-md" />
        </div>
        <div className="flex flex-col gap-3">
          <Skeleton className="h-44 rounded-md" />
          <Skeleton className="h-32 rounded-md" />
          <Skeleton className="h-44 rounded-md" />
        </div>
      </div>
    </div>
  )
}
