import { RotateCw, WifiOff } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { Button } from '../../kit/button'
import { useConnection } from '../../rpc/connection'
import { triedAgain } from '../../rpc/errors'
import { useLiveState } from '../../rpc/hooks'
import { type ServerProblem, useServerProblems } from './use-server-problems'

/** A short interruption heals before anybody need hear of it: milliseconds. */
const patience = 1200

/** Says that the host, or a server that it depends on, does not answer; goes away by itself when it does again. */
export function HostBanner() {
  const { live } = useConnection()
  const isLost = useLiveState() === 'lost'
  const problems = useServerProblems()
  const isWrong = isLost || (problems !== undefined && problems.length > 0)
  const [isShown, setShown] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setShown(isWrong), isWrong ? patience : 0)
    return () => clearTimeout(timer)
  }, [isWrong])
  if (!isShown || !isWrong) return null
  return (
    <Banner
      action={
        isLost && (
          <Button size="sm" icon={<RotateCw aria-hidden />} onPress={() => live.retryNow()}>
            Try now
          </Button>
        )
      }
    >
      {describe(problems)}
    </Banner>
  )
}

/** @param problems Undefined where the host itself does not answer. */
function describe(problems: readonly ServerProblem[] | undefined): string {
  if (!problems) {
    return 'The host does not answer. What you see may be out of date; it is tried again by itself.'
  }
  if (problems.length === 0) return 'Live changes were interrupted; they come back by themselves.'
  return problems.map(describeProblem).join(' ')
}

/** What is away, in the host's words, and since when. */
export function describeProblem({ message, since }: ServerProblem): string {
  const time = since.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  return `${triedAgain(message)} (since ${time})`
}

function Banner({ children, action }: { children: string; action: ReactNode }) {
  return (
    <div role="alert" className="flex min-h-9 shrink-0 items-center gap-2 bg-bad-soft px-4 py-1 text-bad">
      <WifiOff className="size-4 shrink-0" aria-hidden />
      <span className="min-w-0 grow text-pretty" title={children}>
        {children}
      </span>
      {action}
    </div>
  )
}
