import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { countedJobs, type Job, type JobFilter } from '../../../../core/jobs/contract'
import { formatCount } from '../../../kit/format'
import { useApi } from '../../../rpc/connection'
import { useVisible } from '../../../rpc/use-visible'

/** What a job is known by: its id is unique in its queue. */
export function jobKey({ kind, id }: Pick<Job, 'kind' | 'id'>): string {
  return `${kind} ${id}`
}

/** The jobs that a filter matches, page by page, as they change; asked for while somebody looks. */
export function useJobs(filter: JobFilter) {
  const api = useApi()
  const query = useInfiniteQuery({
    ...api.jobs.list.infiniteOptions({
      input: (cursor: string | undefined) => ({ ...filter, cursor, limit: 100 }),
      initialPageParam: undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
      placeholderData: keepPreviousData,
      structuralSharing: false,
    }),
    enabled: useVisible(),
  })
  const { data, hasNextPage, isFetching, fetchNextPage } = query
  const items = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data])
  const onEndReached = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage()
  }, [hasNextPage, isFetching, fetchNextPage])
  const first = data?.pages[0]
  return {
    query,
    items,
    /** How many match, or at least; undefined before the first page. */
    total: first?.total ?? undefined,
    hasMore: first?.has_more_than_total ?? false,
    onEndReached,
  }
}

/** `1,234`, or `over 10,000` where nobody counted on. */
export function totalWords(total: number, hasMore: boolean): string {
  return hasMore ? `over ${formatCount(countedJobs)}` : formatCount(total)
}
