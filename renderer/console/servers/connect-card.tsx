import { useMutation } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import type { CurrentServers } from '../../../core/servers/contract'
import { Button } from '../../kit/button'
import { Checkbox } from '../../kit/checkbox'
import { Notice } from '../../kit/notice'
import { Card } from '../../kit/section'
import { useConnection } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { ConnectionFields } from './connection-form'
import { type FormValues, problemsByField, startValues, toInput } from './form-values'
import type { Test } from './use-test'

/** The form of another connection, its test, and what makes it the one in use. */
export function ConnectCard({
  current,
  test,
  onSaved,
}: {
  current: CurrentServers
  test: Test
  onSaved: (isRestarting: boolean) => void
}) {
  const { client } = useConnection()
  const [values, setValues] = useState<FormValues>(() => startValues(current))
  const [unprotected, setUnprotected] = useState(false)
  const { run, start, cancel, forget } = test
  const isTesting = run.state === 'running'
  const save = useMutation({
    mutationFn: () => client.servers.save({ ...toInput(values), unprotected }),
    onSuccess: ({ host }) => onSaved(host === 'restarting'),
  })
  const change = (next: FormValues) => {
    setValues(next)
    save.reset()
    // What was found is about what stood there before.
    if (run.state !== 'idle') {
      cancel()
      forget()
    }
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!isTesting) void start(toInput(values))
  }
  /** Never untried: one that does not work would leave the host without any. */
  const connect = async () => {
    if (
      run.state === 'done'
        ? run.checks.every(({ state }) => state !== 'failed')
        : await start(toInput(values))
    )
      save.mutate()
  }
  const isBlocked = current.environment.length > 0
  const needsConsent = current.vault.protection === 'none'
  return (
    <Card title="Connect">
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <ConnectionFields {...{ current, values }} problems={problemsByField(run.checks)} onChange={change} />
        {needsConsent ? (
          <Checkbox isSelected={unprotected} onChange={setUnprotected}>
            Store the passwords unprotected on this machine
            <span className="block text-sm text-ink-3">
              {current.vault.description} They would lie readable in a file of the data directory; this page
              goes on saying so. Variables of the environment are the other way.
            </span>
          </Checkbox>
        ) : (
          <p className="text-sm text-ink-3">{current.vault.description} No page ever gets them back.</p>
        )}
        {save.error && <Notice tone="bad">{describeError(save.error)}</Notice>}
        <div className="flex items-center gap-2">
          <Button type="submit" isPending={isTesting}>
            Test
          </Button>
          <Button
            variant="primary"
            isDisabled={isBlocked || isTesting || (needsConsent && !unprotected)}
            isPending={save.isPending}
            onPress={() => void connect()}
          >
            Test and connect
          </Button>
          {isTesting && (
            <Button variant="ghost" onPress={cancel}>
              Cancel
            </Button>
          )}
          <span className="text-sm text-ink-3">
            {isBlocked
              ? 'Variables of the environment set the connection.'
              : needsConsent && !unprotected
                ? 'Tick the box above to save the passwords.'
                : 'Connecting starts the host again.'}
          </span>
        </div>
      </form>
    </Card>
  )
}
