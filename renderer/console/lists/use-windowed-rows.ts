import {
  keepPreviousData,
  useQueries,
  useQuery,
  type DataTag,
  type QueryFunction,
  type QueryKey,
} from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useConnection } from '../../rpc/connection'
import { createRowMemory } from './row-memory'
import { useRestedRange, windowsOf, windowSize } from './use-row-windows'

interface RowsPage {
  items: readonly { id: string }[]
  total: number
  /** What keeps rows at their places while one scrolls, of a list that has it. */
  snapshot?: string
}

/** Which rows a window asks for. */
interface RowsWindow {
  /** Undefined for the first one: that is whose answer says `snapshot`. */
  offset: number | undefined
  limit: number
  snapshot: string | undefined
}

/** The query of one window, as `queryOptions` of a procedure makes it. */
interface PageQuery<Page> {
  queryKey: DataTag<QueryKey, Page, Error>
  queryFn: QueryFunction<Page>
}

/**
 * A long list as rows by their place, fetched as they come into sight.
 *
 * @param key Identifies the list: other filters, other rows.
 * @param optionsOf The query of a window. All others are asked for once the first is there.
 */
export function useWindowedRows<Page extends RowsPage>(
  key: string,
  optionsOf: (rows: RowsWindow) => PageQuery<Page>,
) {
  type Row = Page['items'][number]
  const { queries } = useConnection()
  const windowOptions = (index: number, snapshot?: string) => ({
    ...optionsOf({ offset: index === 0 ? undefined : index * windowSize, limit: windowSize, snapshot }),
    structuralSharing: false,
    // Whoever scrolls on comes back seldom; the memory below spares them empty places.
    gcTime: 60_000,
  })
  const first = useQuery({ ...windowOptions(0), placeholderData: keepPreviousData })
  const firstPage = first.isPlaceholderData ? undefined : first.data
  const [range, onRange] = useRestedRange()
  const wanted = windowsOf(range.first, range.last).filter((index) => index > 0)
  const windows = useQueries({
    queries: wanted.map((index) => ({
      ...windowOptions(index, firstPage?.snapshot),
      enabled: firstPage !== undefined,
    })),
  })

  const [memory] = useState(() => createRowMemory<Row>())
  const loaded = new Map<number, readonly Row[]>()
  if (firstPage) loaded.set(0, firstPage.items)
  for (const [place, index] of wanted.entries()) {
    const items = windows[place]?.data?.items
    if (items) loaded.set(index, items)
  }
  useEffect(() => {
    for (const [index, items] of loaded) memory.keep(key, index * windowSize, items)
  })

  const rowAt = (index: number): Row | undefined =>
    loaded.get(Math.floor(index / windowSize))?.[index % windowSize] ??
    memory.at(firstPage ? key : undefined, index)

  const rowsBetween = async (from: number, to: number): Promise<Row[]> => {
    const [low, high] = [Math.min(from, to), Math.max(from, to)]
    const pages = await Promise.all(
      windowsOf(low, high).map(async (index) => {
        const items =
          loaded.get(index) ?? (await queries.query(windowOptions(index, firstPage?.snapshot))).items
        return items.map((row, place) => ({ row, place: index * windowSize + place }))
      }),
    )
    return pages.flat().flatMap(({ row, place }) => (place >= low && place <= high ? [row] : []))
  }

  return {
    query: first,
    /** A window that could not be loaded, if one could not. */
    windowError: windows.find((window) => window.isError && window.data === undefined),
    key,
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
