import { useQuery } from '@tanstack/react-query'
import type { ServerHealth } from '../../../core/model/status'
import { useApi } from '../../rpc/connection'
import { useLiveState } from '../../rpc/hooks'

/** How often the host is asked while changes are not heard, or something is away, in milliseconds. */
const askAgainMs = 3000

export type ServerProblem = Pick<ServerHealth, 'id' | 'since' | 'nextTry'> & { message: string }

/** What the host says of the servers that it depends on; undefined while the host itself does not answer. */
export function useServerProblems(): ServerProblem[] | undefined {
  const api = useApi()
  const isLive = useLiveState() === 'live'
  const health = useQuery({
    ...api.overview.health.queryOptions(),
    retry: false,
    refetchInterval: ({ state }) =>
      isLive && state.status === 'success' && problemsOf(state.data).length === 0 ? false : askAgainMs,
  })
  return health.isError ? undefined : problemsOf(health.data)
}

function problemsOf(
  health: readonly Pick<ServerHealth, 'id' | 'state' | 'since' | 'nextTry' | 'message'>[] = [],
): ServerProblem[] {
  return health.flatMap(({ id, state, since, nextTry, message }) =>
    state === 'away' ? [{ id, since, nextTry, message: message ?? 'It does not answer.' }] : [],
  )
}
