import { useMutation, useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useRef } from 'react'
import type { Bulk } from '../../../../core/jobs/contract-bulk'
import { notifyFailed } from '../../../kit/toast'
import { useApi, useConnection } from '../../../rpc/connection'
import { describeError } from '../../../rpc/errors'
import { useStream } from '../../../rpc/use-stream'
import { useVisible } from '../../../rpc/use-visible'

/** Milliseconds after which the bulk actions are asked for anew: others of the staff begin some, too. */
const refresh = 10_000
/** … and while one goes on. */
const refreshActive = 1000

const activeStates: readonly Bulk['state'][] = ['running', 'stopping', 'undoing']

export function isActive(bulk: Bulk): boolean {
  return activeStates.includes(bulk.state)
}

const hasEnded = (bulk: Bulk) => !isActive(bulk)

/** The bulk actions that were run last, newest first. */
export function useBulks() {
  const isVisible = useVisible()
  return useQuery({
    ...useApi().jobs.bulks.queryOptions({
      refetchInterval: ({ state }) => isVisible && (state.data?.some(isActive) ? refreshActive : refresh),
    }),
    enabled: isVisible,
  })
}

/** The bulk action that was run last, as it goes on; undefined where there was none. */
export function useLatestBulk(): Bulk | undefined {
  const { api, client, queries } = useConnection()
  const isVisible = useVisible()
  const newest = useBulks().data?.[0]
  const id = newest?.id ?? ''
  const open = useCallback(
    (signal: AbortSignal) => client.jobs.bulkProgress({ id }, { signal }),
    [client, id],
  )
  const isGoingOn = newest !== undefined && isActive(newest)
  const { value } = useStream(open, isVisible && isGoingOn, hasEnded)
  const isOver = isGoingOn && value?.id === id && hasEnded(value)
  useEffect(() => {
    // What the run has changed is on every part of the screen.
    if (isOver) void queries.invalidateQueries({ queryKey: api.jobs.key() })
  }, [isOver, queries, api])
  return isGoingOn && value?.id === id ? value : newest
}

/** Once a bulk action ends that is shown, what it has changed is asked for anew. */
export function useAftermath({ state }: Bulk): void {
  const { api, queries } = useConnection()
  const seen = useRef(state)
  useEffect(() => {
    if (state === seen.current) return
    seen.current = state
    if (!activeStates.includes(state)) void queries.invalidateQueries({ queryKey: api.jobs.key() })
  }, [state, queries, api])
}

/** Ends a run, goes on with it, or puts back what it did. */
export function useBulkControls() {
  const { api, queries } = useConnection()
  const options = (what: string) => ({
    onSuccess: () => queries.invalidateQueries({ queryKey: api.jobs.bulks.key() }),
    onError: (error: Error) => notifyFailed(what, describeError(error)),
  })
  return {
    stop: useMutation(api.jobs.stopBulk.mutationOptions(options('It could not be stopped'))),
    goOn: useMutation(api.jobs.runBulk.mutationOptions(options('It could not go on'))),
    undo: useMutation(api.jobs.undoBulk.mutationOptions(options('It could not be undone'))),
  }
}
