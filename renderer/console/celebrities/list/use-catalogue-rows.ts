import { useMemo } from 'react'
import { useConnection } from '../../../rpc/connection'
import { useWindowedRows } from '../../lists/use-windowed-rows'
import { filterOf, type CelebritySearch } from '../search'

/** The catalogue as rows by their place, fetched as they come into sight. */
export function useCatalogueRows(search: CelebritySearch) {
  const { api } = useConnection()
  const filter = useMemo(() => filterOf(search), [search])
  const list = { ...filter, sort: search.sort, direction: search.direction }
  const rows = useWindowedRows(JSON.stringify(list), ({ offset, limit }) =>
    api.celebrities.list.queryOptions({ input: { ...list, offset, limit } }),
  )
  return { ...rows, filter }
}

export type CatalogueRows = ReturnType<typeof useCatalogueRows>
