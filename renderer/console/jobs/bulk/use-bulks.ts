import { useMutation, useQuery } from '@tanstack/react-query'
import { useCallback, useEffect } from 'react'
import type { Bulk } from '../../../../core/jobs/contract-bulk'
import { notifyFailed } from '../../../kit/toast'
import { useConnection } from '../../../rpc/connection'
import { describeError } from '../../../rpc/errors'
import { useStream } from '../../../rpc/use-stream'
import { useVisible } from '../../../rpc/use-visible'

/** Milliseconds after which the bulk actions are asked for anew: others of the staff begin some, too. */
const refresh = 10_000

const activeStates: readonly Bulk['state'][] = ['running', 'stopping', 'undoing']

export function isActive(bulk: Bulk): boolean {
  return activeStates.includes(bulk.state)
}

const hasEnded = (bulk: Bulk) => !isActive(bulk)

/** The bulk action that was run last, as it goes on; undefined where there was none. */
export function useLatestBulk(): Bulk | undefined {
  const { api, client, queries } = useConnection()
  const isVisible = useVisible()
  const bulks = useQuery({
    ...api.jobs.bulks.queryOptions({ refetchInterval: isVisible ? refresh : false }),
    enabled: isVisible,
  })
  const newest = bulks.data?.[0]
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
