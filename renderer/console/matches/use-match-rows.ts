import { useMemo } from 'react'
import { useConnection } from '../../rpc/connection'
import { useWindowedRows } from '../lists/use-windowed-rows'
import { filtersOf, type MatchSearch } from './search'

/** The list of matches as rows by their place, fetched as they come into sight. */
export function useMatchRows(search: MatchSearch) {
  const { api } = useConnection()
  const list = useMemo(() => {
    const { sort, direction } = search
    return { ...filtersOf(search), sort, direction }
  }, [search])
  const rows = useWindowedRows(JSON.stringify(list), (window) =>
    api.matching.list.queryOptions({ input: { ...list, ...window } }),
  )
  return { ...rows, list }
}

export type MatchRows = ReturnType<typeof useMatchRows>
