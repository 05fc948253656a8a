import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react'
import type { Alarm } from '../../../../core/jobs/contract-monitor'
import { cx } from '../../../kit/class-names'
import { Notice } from '../../../kit/notice'
import { RelativeTime } from '../../../kit/time'
import { useApi } from '../../../rpc/connection'
import { describeError } from '../../../rpc/errors'
import { useVisible } from '../../../rpc/use-visible'
import { AlarmButton } from './alarm-button'

/** Milliseconds after which alarms are asked for anew, though no job has changed: some come from nothing happening. */
const refresh = 5000

/** What is wrong with the queue, the worst first, each with what to do. */
export function Alarms({ isHeld }: { isHeld: boolean }) {
  const isOn = useVisible() && !isHeld
  const alarms = useQuery({
    ...useApi().jobs.alarms.queryOptions({ refetchInterval: isOn ? refresh : false, staleTime: 0 }),
    enabled: isOn,
  })
  if (alarms.error) {
    return <Notice tone="warning">The alarms could not be looked at. {describeError(alarms.error)}</Notice>
  }
  if (!alarms.data) return null
  if (alarms.data.length === 0) {
    return (
      <p className="flex items-center gap-2 text-ink-2">
        <CircleCheck className="size-4 text-good" aria-hidden />
        No alarm: nothing stalls, waits too long or has gone silent.
      </p>
    )
  }
  return (
    <ul aria-label="Alarms" className="flex flex-col gap-2">
      {alarms.data.map((alarm) => (
        <li key={alarm.id}>
          <AlarmCard alarm={alarm} />
        </li>
      ))}
    </ul>
  )
}

function AlarmCard({ alarm }: { alarm: Alarm }) {
  const navigate = useNavigate()
  const isBad = alarm.severity === 'bad'
  const Icon = isBad ? CircleAlert : TriangleAlert
  return (
    <div
      role={isBad ? 'alert' : 'status'}
      className={cx(
        'flex items-start gap-3 rounded-md border-l-4 px-3 py-2',
        isBad ? 'border-bad-solid bg-bad-soft' : 'border-warning-solid bg-warning-soft',
      )}
    >
      <Icon className={cx('mt-0.5 size-4 shrink-0', isBad ? 'text-bad' : 'text-warning')} aria-hidden />
      <div className="min-w-0 grow text-pretty break-words">
        <p>
          <span className={cx('font-semibold', isBad ? 'text-bad' : 'text-warning')}>{alarm.title}.</span>
          <span className="text-ink"> {alarm.message}</span>
          {alarm.since && (
            <span className="text-ink-2">
              {' '}
              Since <RelativeTime date={alarm.since} />.
            </span>
          )}
        </p>
        <p className="text-ink-2">{alarm.advice}</p>
      </div>
      {alarm.action && (
        <AlarmButton action={alarm.action} onGo={(search) => void navigate({ to: '/jobs', search })} />
      )}
    </div>
  )
}
