import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'

interface PageOf<Item> {
  items: Item[]
  total: number
}

export interface Pages<Item> {
  /** What is loaded so far, in order. */
  items: readonly Item[]
  /** How many there are in all; undefined before the first page. */
  total: number | undefined
  /** For a list's `onEndReached`. Its identity changes when a fetch ends, so that a list at its end asks again. */
  onEndReached: () => void
}

/** The pages of an infinite query as one list. */
export function usePages<Item>(query: UseInfiniteQueryResult<InfiniteData<PageOf<Item>>>): Pages<Item> {
  const { data, hasNextPage, isFetching, fetchNextPage } = query
  const items = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data])
  const onEndReached = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage()
  }, [hasNextPage, isFetching, fetchNextPage])
  return { items, total: data?.pages[0]?.total, onEndReached }
}
