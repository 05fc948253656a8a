import { useEffect } from 'react'
import { useConnection } from '../../rpc/connection'
import type { MatchRows } from './use-match-rows'
import { useRested } from '../lists/use-rested'

/** Fetches the pairs before and after the one at hand, so that walking does not wait; not while one hurries past. */
export function usePrefetchedNeighbours(rows: MatchRows, place: number): void {
  const { api, queries } = useConnection()
  const rested = useRested(place, 250)
  const before = rested < 0 ? undefined : rows.rowAt(rested - 1)?.id
  const after = rested < 0 ? undefined : rows.rowAt(rested + 1)?.id
  useEffect(() => {
    for (const id of [after, before]) {
      if (id) queries.query(api.matching.get.queryOptions({ input: { id } })).catch(() => undefined)
    }
  }, [api, queries, before, after])
}
