import { useCallback, useEffect, useRef, useState } from 'react'
import type { Check, ConnectionInput } from '../../../core/servers/contract'
import { useConnection } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'

export interface TestRun {
  state: 'idle' | 'running' | 'done' | 'cancelled'
  checks: readonly Check[]
  /** Why it could not go on. */
  error: string | null
}

/** A test of a would-be connection. */
export interface Test {
  run: TestRun
  /** Resolves to whether it came to its end and nothing has failed. */
  start: (input: ConnectionInput) => Promise<boolean>
  cancel: () => void
  /** Takes away what was found. */
  forget: () => void
}

const idle: TestRun = { state: 'idle', checks: [], error: null }

/** Tries a connection, one check after the other as the host tells them. */
export function useTest(): Test {
  const { client } = useConnection()
  const [run, setRun] = useState<TestRun>(idle)
  const current = useRef<AbortController>(undefined)
  useEffect(() => () => current.current?.abort(), [])

  const start = useCallback(
    async (input: ConnectionInput): Promise<boolean> => {
      current.current?.abort()
      const controller = new AbortController()
      current.current = controller
      let checks: readonly Check[] = []
      const show = (next: Partial<TestRun>) => {
        if (current.current === controller) setRun((run) => ({ ...run, ...next }))
      }
      setRun({ state: 'running', checks, error: null })
      try {
        for await (const check of await client.servers.test(input, { signal: controller.signal })) {
          checks = [...checks.filter(({ id }) => id !== check.id), check]
          show({ checks })
        }
        show({ state: controller.signal.aborted ? 'cancelled' : 'done' })
      } catch (error) {
        if (controller.signal.aborted) show({ state: 'cancelled' })
        else show({ state: 'done', error: describeError(error) })
        return false
      }
      return !controller.signal.aborted && checks.every(({ state }) => state !== 'failed')
    },
    [client],
  )
  const cancel = useCallback(() => {
    current.current?.abort()
    setRun((run) => ({
      ...run,
      state: 'cancelled',
      checks: run.checks.filter(({ state }) => state !== 'running'),
    }))
  }, [])
  const forget = useCallback(() => setRun(idle), [])
  return { run, start, cancel, forget }
}
