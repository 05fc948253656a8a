import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { Button } from '../kit/button'
import { ErrorState } from '../kit/error-state'
import { type Connection, ConnectionProvider, useConnection } from '../rpc/connection'
import { describeError } from '../rpc/errors'
import { useSession } from '../rpc/hooks'
import { Join } from './join'
import { MyFace } from './my-face'

/** The public site: who looks like me? Its people's own page, and of others what a match shows. */
export function Site({ connection }: { connection: Connection }) {
  return (
    <ConnectionProvider connection={connection}>
      <div className="h-full overflow-y-auto">
        <div className="mx-auto flex min-h-full max-w-3xl flex-col gap-6 px-6 py-8">
          <Header />
          <main className="grow">
            <Content />
          </main>
          <footer className="border-t pt-3 text-sm text-ink-3">
            Your photo is analysed on the operator’s own machine. Those you are matched with see it, with your
            name and your school; the staff see it, too. Removing it removes everything that was found by it.
          </footer>
        </div>
      </div>
    </ConnectionProvider>
  )
}

function Header() {
  const { session } = useConnection()
  const current = useSession()
  return (
    <header className="flex items-center justify-between">
      <h1 className="text-xl font-semibold">Semblance</h1>
      {current.state === 'signed-in' && (
        <span className="flex items-center gap-3 text-ink-2">
          {current.email}
          <Button variant="ghost" onPress={() => void session.signOut()}>
            Sign out
          </Button>
        </span>
      )}
    </header>
  )
}

function Content() {
  const { api, session } = useConnection()
  const current = useSession()
  const hello = useQuery({ ...api.overview.hello.queryOptions(), retry: false })

  useEffect(() => {
    if (hello.data) session.open(hello.data)
  }, [hello.data, session])

  if (hello.error) {
    return (
      <ErrorState
        title="The site can't be reached"
        message={describeError(hello.error)}
        onRetry={() => void hello.refetch()}
        isRetrying={hello.isFetching}
      />
    )
  }
  if (current.state === 'signed-out') return <Join />
  if (current.state === 'signed-in') return <MyFace profileId={current.userId} />
  return (
    <p role="status" className="text-ink-2">
      One moment…
    </p>
  )
}
