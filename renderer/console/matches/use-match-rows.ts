import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import type { ListedMatchView as ListedMatch } from '../../../core/matching/contract-list'
import { useConnection } from '../../rpc/connection'
import { createRowMemory } from '../lists/row-memory'
import { useRestedRange, windowsOf, windowSize } from '../lists/use-row-windows'
import { filtersOf, type MatchSearch } from './search'

/** The list of matches as rows by their place, fetched as they come into sight. */
export function useMatchRows(search: MatchSearch) {
  const { api, queries } = useConnection()
  const list = useMemo(() => {
    const { sort, direction } = search
    return { ...filtersOf(search), sort, direction }
  }, [search])
  const key = JSON.stringify(list)
  const first = useQuery(
    api.matching.list.queryOptions({
      input: { ...list, limit: windowSize },
      placeholderData: keepPreviousData,
      structuralSharing: false,
    }),
  )
  const isCurrent = first.data !== undefined && !first.isPlaceholderData
  const snapshot = isCurrent ? first.data.snapshot : undefined

  const [range, setRange] = useRestedRange()
  const windowOptions = useCallback(
    (index: number) =>
      api.matching.list.queryOptions({
        input: { ...list, snapshot, offset: index * windowSize, limit: windowSize },
        structuralSharing: false,
        // Whoever scrolls on comes back seldom; the memory below spares them an empty table.
        gcTime: 60_000,
      }),
    [api, list, snapshot],
  )
  const wanted = windowsOf(range.first, range.last).filter((index) => index > 0)
  const windows = useQueries({
    queries: wanted.map((index) => ({ ...windowOptions(index), enabled: snapshot !== undefined })),
  })

  const [memory] = useState(() => createRowMemory<ListedMatch>())
  const loaded = new Map<number, readonly ListedMatch[]>()
  if (isCurrent) loaded.set(0, first.data.items)
  for (const [place, index] of wanted.entries()) {
    const items = windows[place]?.data?.items
    if (items) loaded.set(index, items)
  }
  useEffect(() => {
    for (const [index, items] of loaded) memory.keep(key, index * windowSize, items)
  })

  const rowsBetween = async (from: number, to: number): Promise<ListedMatch[]> => {
    const pages = await Promise.all(
      windowsOf(Math.min(from, to), Math.max(from, to)).map(async (index) => {
        const known = loaded.get(index)
        const items = known ?? (await queries.query(windowOptions(index))).items
        return items.map((row, place) => ({ row, place: index * windowSize + place }))
      }),
    )
    return pages
      .flat()
      .filter(({ place }) => place >= Math.min(from, to) && place <= Math.max(from, to))
      .map(({ row }) => row)
  }

  const rowAt = (index: number): ListedMatch | undefined =>
    loaded.get(Math.floor(index / windowSize))?.[index % windowSize] ??
    memory.at(isCurrent ? key : undefined, index)

  return {
    query: first,
    /** What a window could not be loaded for, if one could not. */
    windowError: windows.find((window) => window.isError && window.data === undefined),
    /** Identifies the list: other filters, other rows. */
    key,
    list,
    total: first.data?.total,
    rowAt,
    /** The place of a row among those that are loaded; −1 where it is not. */
    placeOf: (id: string): number => {
      for (const [index, items] of loaded) {
        const place = items.findIndex((row) => row.id === id)
        if (place >= 0) return index * windowSize + place
      }
      return -1
    },
    /** All rows from one place to another, fetched where they are not there yet. */
    rowsBetween,
    onRange: setRange,
  }
}

export type MatchRows = ReturnType<typeof useMatchRows>
