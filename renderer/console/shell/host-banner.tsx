import { RotateCw, WifiOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from '../../kit/button'
import { useConnection } from '../../rpc/connection'
import { useLiveState } from '../../rpc/hooks'

/** A short interruption heals before anybody need hear of it: milliseconds. */
const patience = 1200

/** Says that the host does not answer; goes away by itself when it does again. */
export function HostBanner() {
  const { live } = useConnection()
  const isLost = useLiveState() === 'lost'
  const [isShown, setShown] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setShown(isLost), isLost ? patience : 0)
    return () => clearTimeout(timer)
  }, [isLost])
  if (!isShown || !isLost) return null
  return (
    <div role="alert" className="flex h-9 shrink-0 items-center gap-2 bg-bad-soft px-4 text-bad">
      <WifiOff className="size-4 shrink-0" aria-hidden />
      <span className="min-w-0 grow truncate">
        The host does not answer. What you see may be out of date; it is tried again by itself.
      </span>
      <Button size="sm" icon={<RotateCw aria-hidden />} onPress={() => live.retryNow()}>
        Try now
      </Button>
    </div>
  )
}
