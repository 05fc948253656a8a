import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import type { CelebritySummary } from '../../../../core/celebrities/contract'
import { useConnection } from '../../../rpc/connection'
import { createRowMemory } from '../../lists/row-memory'
import { useRestedRange, windowsOf, windowSize } from '../../lists/use-row-windows'
import { filterOf, type CelebritySearch } from '../search'

/** The catalogue as rows by their place, fetched as they come into sight. */
export function useCatalogueRows(search: CelebritySearch) {
  const { api, queries } = useConnection()
  const filter = useMemo(() => filterOf(search), [search])
  const filterKey = JSON.stringify(filter)
  const { sort, direction } = search
  const key = JSON.stringify([filterKey, sort, direction])
  // Only another list makes other options: walking through it changes the address as well.
  const list = useMemo(
    () => ({ ...(JSON.parse(filterKey) as typeof filter), sort, direction }),
    [filterKey, sort, direction],
  )
  const windowOptions = useCallback(
    (index: number) =>
      api.celebrities.list.queryOptions({
        input: { ...list, offset: index * windowSize, limit: windowSize },
        structuralSharing: false,
        // Whoever scrolls on comes back seldom; the memory below spares them empty places.
        gcTime: 60_000,
      }),
    [api, list],
  )
  const first = useQuery({ ...windowOptions(0), placeholderData: keepPreviousData })
  const isCurrent = first.data !== undefined && !first.isPlaceholderData
  const [range, onRange] = useRestedRange()
  const wanted = windowsOf(range.first, range.last).filter((index) => index > 0)
  const windows = useQueries({
    queries: wanted.map((index) => ({ ...windowOptions(index), enabled: isCurrent })),
  })

  const [memory] = useState(() => createRowMemory<CelebritySummary>())
  const loaded = new Map<number, readonly CelebritySummary[]>()
  if (isCurrent) loaded.set(0, first.data.items)
  for (const [place, index] of wanted.entries()) {
    const items = windows[place]?.data?.items
    if (items) loaded.set(index, items)
  }
  useEffect(() => {
    for (const [index, items] of loaded) memory.keep(key, index * windowSize, items)
  })

  const rowAt = (index: number): CelebritySummary | undefined =>
    loaded.get(Math.floor(index / windowSize))?.[index % windowSize] ??
    memory.at(isCurrent ? key : undefined, index)

  const rowsBetween = async (from: number, to: number): Promise<CelebritySummary[]> => {
    const [low, high] = [Math.min(from, to), Math.max(from, to)]
    const pages = await Promise.all(
      windowsOf(low, high).map(async (index) => {
        const items = loaded.get(index) ?? (await queries.query(windowOptions(index))).items
        return items.map((row, place) => ({ row, place: index * windowSize + place }))
      }),
    )
    return pages.flat().flatMap(({ row, place }) => (place >= low && place <= high ? [row] : []))
  }

  return {
    query: first,
    /** A window that could not be loaded, if one could not. */
    windowError: windows.find((window) => window.isError && window.data === undefined),
    /** Identifies the list: other filters, other rows. */
    key,
    filter,
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
    onRange,
  }
}

export type CatalogueRows = ReturnType<typeof useCatalogueRows>
