import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Activity } from 'lucide-react'
import { useCallback, useMemo } from 'react'
import { z } from 'zod'
import { type Job, jobKindSchema, jobStatusSchema } from '../../../core/jobs/contract'
import { Button } from '../../kit/button'
import { DataTable } from '../../kit/data-table'
import { EmptyState } from '../../kit/empty-state'
import { ErrorState } from '../../kit/error-state'
import { formatAmount } from '../../kit/format'
import { Page } from '../../kit/page'
import { SkeletonRows } from '../../kit/skeleton'
import { useApi } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { useFilters } from '../shell/use-filters'
import { jobColumns } from './columns'
import { JobDetail } from './job-detail'
import { JobFilters } from './job-filters'
import { RetryAllFailed } from './retry-all-failed'

export const searchSchema = z.object({
  status: jobStatusSchema.optional(),
  kind: jobKindSchema.optional(),
  /** The selected job. */
  id: z.string().optional(),
})

/** The queue, newest first, as it changes. */
export function Screen() {
  const api = useApi()
  const [filters, setFilters] = useFilters(searchSchema)
  const { status, kind } = filters
  const counts = useQuery(api.jobs.counts.queryOptions()).data
  const jobs = useInfiniteQuery(
    api.jobs.list.infiniteOptions({
      input: (cursor: string | undefined) => ({ status, kind, cursor }),
      initialPageParam: undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
    }),
  )
  const items = useMemo(() => jobs.data?.pages.flatMap((page) => page.items) ?? [], [jobs.data])
  const position = items.findIndex(({ id }) => id === filters.id)
  const selected = items[position]
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = jobs
  const onEndReached = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  const total = counts && Object.values(counts).reduce((sum, count) => sum + count, 0)

  return (
    <Page
      title="Jobs"
      count={total === undefined ? undefined : formatAmount(total, 'job')}
      filters={<JobFilters status={status} kind={kind} counts={counts} onChange={setFilters} />}
      actions={<RetryAllFailed failed={counts?.failed ?? 0} />}
      detail={
        selected && (
          <JobDetail
            key={selected.id}
            job={selected}
            onClose={() => setFilters({ id: undefined })}
            // Under "failed" a job that starts anew leaves the list: go on with its neighbour.
            onRetried={() =>
              status === 'failed' && setFilters({ id: (items[position + 1] ?? items[position - 1])?.id })
            }
          />
        )
      }
    >
      {jobs.data && items.length > 0 ? (
        <DataTable
          label="Jobs"
          items={items}
          total={jobs.hasNextPage ? undefined : items.length}
          columns={jobColumns(selected !== undefined)}
          getKey={(job: Job) => job.id}
          selectedKey={filters.id}
          onSelect={({ id }) => setFilters({ id })}
          onEndReached={onEndReached}
        />
      ) : jobs.data ? (
        <NoJobs
          isFiltered={Boolean(status ?? kind)}
          onClear={() => setFilters({ status: undefined, kind: undefined })}
        />
      ) : jobs.error ? (
        <ErrorState
          title="The jobs could not be loaded"
          message={describeError(jobs.error)}
          onRetry={() => void jobs.refetch()}
          isRetrying={jobs.isFetching}
        />
      ) : (
        <SkeletonRows label="Loading the jobs" />
      )}
    </Page>
  )
}

function NoJobs({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  const navigate = useNavigate()
  if (isFiltered) {
    return (
      <EmptyState
        icon={<Activity />}
        title="No such job"
        actions={<Button onPress={onClear}>Show all jobs</Button>}
      >
        No job is in this state now.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon={<Activity />}
      title="No jobs yet"
      actions={<Button onPress={() => void navigate({ to: '/celebrities' })}>Add a celebrity</Button>}
    >
      Every photo that comes in becomes a job here: a person’s face, or a celebrity. Add one, or load the
      sample people on the overview.
    </EmptyState>
  )
}
