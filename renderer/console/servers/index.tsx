import { useQuery } from '@tanstack/react-query'
import { ArrowLeft, LoaderCircle } from 'lucide-react'
import { useState } from 'react'
import { z } from 'zod'
import type { CurrentServers } from '../../../core/servers/contract'
import { Button } from '../../kit/button'
import { ErrorState } from '../../kit/error-state'
import { Notice } from '../../kit/notice'
import { Page } from '../../kit/page'
import { Skeleton } from '../../kit/skeleton'
import { useApi } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { CheckList } from './check-list'
import { ConnectCard } from './connect-card'
import { CurrentCard } from './current-card'
import { useRestart } from './use-restart'
import { useTest } from './use-test'
import { WayBackCard } from './way-back-card'

export const searchSchema = z.object({})

/** How often the state of the connections is asked for while it is on screen, in milliseconds. */
const freshFor = 5000

/** What the host is connected to, and how it is connected to something else. */
export function Screen() {
  return <Connections />
}

/** The same before anybody can sign in: at the first start, or where the host could not start. */
export function StandaloneConnections({ onBack }: { onBack?: () => void }) {
  return (
    <main className="h-full bg-panel">
      <Connections
        actions={
          onBack && (
            <Button icon={<ArrowLeft aria-hidden />} onPress={onBack}>
              Back
            </Button>
          )
        }
      />
    </main>
  )
}

function Connections({ actions }: { actions?: React.ReactNode }) {
  const api = useApi()
  const current = useQuery({ ...api.servers.current.queryOptions(), refetchInterval: freshFor })
  return (
    <Page title="Connections" count="the database and project of this host" actions={actions}>
      {current.data ? (
        <Loaded current={current.data} />
      ) : current.error ? (
        <ErrorState
          title="The connections could not be loaded"
          message={describeError(current.error)}
          onRetry={() => void current.refetch()}
          isRetrying={current.isFetching}
        />
      ) : (
        <div
          role="status"
          aria-label="Loading the connections"
          className="flex grow flex-col gap-3 bg-app p-4"
        >
          <Skeleton className="h-44 w-180 max-w-full rounded-md" />
          <Skeleton className="h-96 w-180 max-w-full rounded-md" />
        </div>
      )}
    </Page>
  )
}

function Loaded({ current }: { current: CurrentServers }) {
  const { isRestarting, begin } = useRestart(current.startedAt)
  const test = useTest()
  const [mustRestart, setMustRestart] = useState(false)
  const saved = (restarts: boolean) => (restarts ? begin() : setMustRestart(true))
  if (isRestarting) return <Restarting />
  return (
    <div
      role="group"
      aria-label="All connections"
      tabIndex={0}
      className="grow overflow-y-auto bg-app p-4 outline-none"
    >
      <div className="grid max-w-300 items-start gap-3 min-[1200px]:grid-cols-[minmax(0,1fr)_minmax(0,25rem)]">
        <div className="flex min-w-0 flex-col gap-3">
          {mustRestart && <Notice tone="info">Saved. Stop Semblance and start it again to use it.</Notice>}
          <CurrentCard current={current} />
          <ConnectCard current={current} test={test} onSaved={saved} />
          <WayBackCard current={current} onSaved={saved} />
        </div>
        <CheckList run={test.run} />
      </div>
    </div>
  )
}

function Restarting() {
  return (
    <div role="status" className="flex grow flex-col items-center justify-center gap-2 bg-app text-center">
      <LoaderCircle className="size-6 animate-spin text-ink-3" aria-hidden />
      <h2 className="text-md font-semibold">The host starts again with the new connection</h2>
      <p className="max-w-96 text-pretty text-ink-2">
        This page comes back by itself. Accounts are those of the new connection: you may have to sign in
        there.
      </p>
    </div>
  )
}
