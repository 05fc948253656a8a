import { ORPCError } from '@orpc/client'
import { useQuery } from '@tanstack/react-query'
import { LoaderCircle } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import type { Me } from '../../../core/accounts/contract'
import { isStaff } from '../../../core/model/roles'
import { Button } from '../../kit/button'
import { ErrorState } from '../../kit/error-state'
import { useConnection } from '../../rpc/connection'
import { describeError, errorCode, isOfOtherProject, isWorthRetrying } from '../../rpc/errors'
import { useSession } from '../../rpc/hooks'
import { CodePage } from '../sign-in/code-form'
import { EnrolmentPage } from '../sign-in/enrolment-page'
import { StandaloneConnections } from '../servers'
import { FirstAdminForm } from '../sign-in/first-admin-form'
import { NotStaff } from '../sign-in/not-staff'
import { SignInForm } from '../sign-in/sign-in-form'
import { Frame } from './frame'
import { MeContext } from './me'

/** How often whoever does not answer is asked again at the start, in milliseconds. */
const helloInterval = 2000

/** Lets into the console whoever may go there; everybody else meets what they need first. */
export function Gate({ children }: { children: ReactNode }) {
  const { api, session } = useConnection()
  const { state } = useSession()
  const [isConnecting, setConnecting] = useState(false)
  const hello = useQuery({
    ...api.overview.hello.queryOptions(),
    retry: false,
    refetchInterval: (query) => (query.state.status === 'error' ? helloInterval : false),
  })

  useEffect(() => {
    if (hello.data) session.open(hello.data)
  }, [hello.data, session])

  if (hello.data?.needs_first_admin && isConnecting) {
    return <StandaloneConnections onBack={() => setConnecting(false)} />
  }
  if (hello.data?.needs_first_admin) {
    return <FirstAdminForm hello={hello.data} onConnect={() => setConnecting(true)} />
  }
  if (hello.data && state === 'signed-out') return <SignInForm hello={hello.data} />
  if (hello.data && state === 'signed-in') return <StaffGate>{children}</StaffGate>
  if (isRescue(hello.error)) return <StandaloneConnections />
  if (hello.error) return <HostAway error={hello.error} onRetry={() => void hello.refetch()} />
  return <Waiting label="Connecting to the host…" />
}

/** A host that could not start, and answers only to be given another connection. */
function isRescue(error: unknown): boolean {
  return error instanceof ORPCError && (error.data as { rescue?: boolean } | undefined)?.rescue === true
}

/** What stands between a person and the console. The host decides for itself; this leads people to what they need. */
function doorOf({ role, second_factor }: Me): 'open' | 'not-staff' | 'code' | 'enrolment' {
  if (!isStaff(role)) return 'not-staff'
  if (second_factor.done) return 'open'
  if (second_factor.set_up) return 'code'
  return second_factor.required ? 'enrolment' : 'open'
}

/** Asks who the signed-in person is. */
function StaffGate({ children }: { children: ReactNode }) {
  const { api, session, live } = useConnection()
  const me = useQuery({
    ...api.accounts.me.queryOptions(),
    // Nobody has answered yet who could say: that passes by itself.
    refetchInterval: ({ state }) =>
      state.status === 'error' && isWorthRetrying(state.error) ? helloInterval : false,
  })
  const door = me.data && doorOf(me.data)
  const mayEnter = door === 'open'
  const isExpired = errorCode(me.error) === 'UNAUTHORIZED' && !isOfOtherProject(me.error)

  useEffect(() => {
    if (!mayEnter) return
    live.start()
    return () => live.stop()
  }, [mayEnter, live])

  useEffect(() => {
    if (isExpired) void session.signOut()
  }, [isExpired, session])

  if (me.data) {
    if (door === 'not-staff') return <NotStaff me={me.data} />
    if (door === 'code') return <CodePage me={me.data} />
    if (door === 'enrolment') return <EnrolmentPage me={me.data} />
    return <MeContext value={me.data}>{children}</MeContext>
  }
  if (me.error && !isExpired) {
    return (
      <Frame>
        <ErrorState
          title="Your account could not be loaded"
          message={describeError(me.error)}
          onRetry={() => void me.refetch()}
          isRetrying={me.isFetching}
        />
        <Button variant="ghost" onPress={() => void session.signOut()}>
          Sign out
        </Button>
      </Frame>
    )
  }
  return <Waiting label="Signing in…" />
}

function HostAway({ error, onRetry }: { error: Error; onRetry: () => void }) {
  return (
    <Frame>
      <div className="rounded-md border bg-panel">
        <ErrorState title="The host can't be reached" message={describeError(error)} onRetry={onRetry} />
      </div>
    </Frame>
  )
}

function Waiting({ label }: { label: string }) {
  return (
    <Frame>
      <p role="status" className="flex items-center gap-2 text-ink-2">
        <LoaderCircle className="size-4 animate-spin" aria-hidden />
        {label}
      </p>
    </Frame>
  )
}
