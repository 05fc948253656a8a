import { useEffect, useState } from 'react'
import { useConnection } from '../../rpc/connection'
import { errorCode } from '../../rpc/errors'

const pauseMs = 700

/**
 * After the connection was changed: waits for the host that comes up with it and loads the page anew, since session,
 * addresses and content policy were those of the one before.
 * @param startedAt when the host of before came up
 */
export function useRestart(startedAt: Date): { isRestarting: boolean; begin: () => void } {
  const { client } = useConnection()
  const [isRestarting, setRestarting] = useState(false)
  useEffect(() => {
    if (!isRestarting) return
    const controller = new AbortController()
    const { signal } = controller
    const look = async () => {
      while (!signal.aborted) {
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
        if (await isAnotherHost(() => client.servers.current(undefined, { signal }), startedAt)) {
          if (!signal.aborted) window.location.reload()
          return
        }
      }
    }
    void look()
    return () => controller.abort()
  }, [isRestarting, client, startedAt])
  return { isRestarting, begin: () => setRestarting(true) }
}

/** One that does not know who asks is another one, too. */
async function isAnotherHost(ask: () => Promise<{ startedAt: Date }>, before: Date): Promise<boolean> {
  try {
    const { startedAt } = await ask()
    return startedAt.getTime() !== before.getTime()
  } catch (error) {
    // Until it is up, nobody answers, or somebody who only says that it is starting.
    const code = errorCode(error)
    return code === 'UNAUTHORIZED' || code === 'FORBIDDEN'
  }
}
