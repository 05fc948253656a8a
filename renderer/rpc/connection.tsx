import { createTanstackQueryUtils, type RouterUtils } from '@orpc/tanstack-query'
import { hashKey, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext } from 'react'
import type { Client } from '../../core/api/contract'
import { isWorthRetrying, lacksSecondFactor } from './errors'
import { createLive, type Live } from './live'
import type { SessionStore } from './session'

/** Everything that a screen reaches the host through. Made once, handed down. */
export interface Connection {
  client: Client
  /** The client as TanStack Query options: `api.jobs.list.queryOptions({ input })`. */
  api: RouterUtils<Client>
  queries: QueryClient
  session: SessionStore
  live: Live
}

/** Puts a client and a session together with a cache that live changes keep fresh. */
export function createConnection(client: Client, session: SessionStore): Connection {
  const api = createTanstackQueryUtils(client)
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      // It was demanded while this person was at work: who they are now is asked again, and leads them on.
      onError: (error) => {
        if (lacksSecondFactor(error)) void queries.invalidateQueries({ queryKey: api.accounts.me.key() })
      },
    }),
    defaultOptions: {
      queries: {
        // The host is on this machine more often than not: being offline says nothing about it.
        networkMode: 'always',
        // Changes are pushed; what is shown is fresh until then.
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < 2 && isWorthRetrying(error),
        retryDelay: (attempt) => 400 * 2 ** attempt,
      },
      mutations: { networkMode: 'always' },
    },
  })
  // What one person saw is not for the next; nor is what they were in a session that has ended.
  session.subscribe(() => {
    if (session.snapshot().state !== 'signed-out') return
    const greeting = hashKey(api.overview.hello.queryKey())
    queries.removeQueries({ predicate: ({ queryHash }) => queryHash !== greeting })
  })
  return {
    client,
    api,
    queries,
    session,
    live: createLive(client, queries),
  }
}

const ConnectionContext = createContext<Connection | undefined>(undefined)

export function ConnectionProvider({
  connection,
  children,
}: {
  connection: Connection
  children: ReactNode
}) {
  return (
    <ConnectionContext value={connection}>
      <QueryClientProvider client={connection.queries}>{children}</QueryClientProvider>
    </ConnectionContext>
  )
}

/** The connection of this window. */
export function useConnection(): Connection {
  const connection = useContext(ConnectionContext)
  if (!connection) throw new Error('useConnection needs a ConnectionProvider above it.')
  return connection
}

/** The host's procedures as TanStack Query options. */
export function useApi(): RouterUtils<Client> {
  return useConnection().api
}
