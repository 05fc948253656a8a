import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useCallback, useEffect, useRef } from 'react'
import type { Import, ImportState } from '../../../core/celebrities/contract-import-schemas'
import { useConnection, type Connection } from '../../rpc/connection'
import { useStream } from '../../rpc/use-stream'
import { useVisible } from '../../rpc/use-visible'

/** States after which nothing happens by itself. */
const ended: readonly ImportState[] = ['published', 'undone', 'discarded']
const isOver = ({ state }: Import) => ended.includes(state)

/** Puts what the host said of an import where screens look for it. */
export function rememberImport({ api, queries }: Connection, of: Import): void {
  queries.setQueryData(api.imports.get.queryKey({ input: { id: of.id } }), of)
  queries.setQueryData<Import[]>(api.imports.list.queryKey(), (all) =>
    all?.map((one) => (one.id === of.id ? of : one)),
  )
}

/** After a decision the plan is made anew; whoever decides sees what changed by the answer, milliseconds. */
const ownPlan = 5000
let decidedAt = Number.NEGATIVE_INFINITY

/** Somebody has decided in this window just now. */
export function noteDecision(): void {
  decidedAt = performance.now()
}

/** An import as it is at this moment, while anybody looks. */
export function useImport(id: string): UseQueryResult<Import> {
  const connection = useConnection()
  const { api, client, queries } = connection
  const query = useQuery(api.imports.get.queryOptions({ input: { id } }))
  const isVisible = useVisible()
  const open = useCallback((signal: AbortSignal) => client.imports.watch({ id }, { signal }), [client, id])
  const { value } = useStream(open, isVisible && query.data !== undefined && !isOver(query.data), isOver)

  useEffect(() => {
    if (value?.id === id) rememberImport(connection, value)
  }, [value, id, connection])

  // Files are shown as they were asked for, so that nothing moves under somebody's eyes; a new step is a new list.
  const step = query.data && `${query.data.state} ${query.data.is_planned}`
  const seen = useRef(step)
  useEffect(() => {
    if (step === undefined || seen.current === step) return
    const isFirst = seen.current === undefined
    seen.current = step
    if (isFirst || performance.now() - decidedAt < ownPlan) return
    void queries.invalidateQueries({ queryKey: api.imports.files.key() })
    void queries.invalidateQueries({ queryKey: api.imports.file.key() })
  }, [step, api, queries])
  useOthersDecisions(query.data)
  return query
}

/** What another window decides changes the counts: the photo in sight is shown as it is by then, the list stays. */
function useOthersDecisions(of: Import | undefined): void {
  const { api, queries } = useConnection()
  const counts = of && JSON.stringify([of.outcomes, of.reasons])
  const seen = useRef(counts)
  useEffect(() => {
    if (counts === undefined || seen.current === counts) return
    const isFirst = seen.current === undefined
    seen.current = counts
    if (isFirst || performance.now() - decidedAt < ownPlan) return
    void queries.invalidateQueries({ queryKey: api.imports.file.key() })
  }, [counts, api, queries])
}
