import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Overview } from '../../../core/overview/contract'
import { StatusDot } from '../../kit/badge'
import { formatAmount, formatCount, formatPercent } from '../../kit/format'
import { useApi } from '../../rpc/connection'
import { useLiveState } from '../../rpc/hooks'
import type { LiveState } from '../../rpc/live'
import type { ScreenPath } from './screens'
import { packTones, workerTones, workerWords } from './status-words'
import { useServerProblems } from './use-server-problems'

const connectionStates = {
  idle: { tone: 'neutral', text: 'Not connected' },
  connecting: { tone: 'neutral', text: 'Connecting…' },
  live: { tone: 'good', text: 'Connected' },
  lost: { tone: 'bad', text: 'No connection to the host' },
} as const satisfies Record<LiveState, { tone: string; text: string }>

/**
 * How everything stands, in a line at the bottom of every screen. What was heard last says nothing once the host, or the
 * database behind it, does not answer: then it is not there.
 */
export function StatusBar() {
  const api = useApi()
  const state = useLiveState()
  const problems = useServerProblems()
  const connection = connectionStates[state]
  const hello = useQuery(api.overview.hello.queryOptions()).data
  const { data, isError } = useQuery(api.overview.get.queryOptions())
  const overview = state === 'lost' || isError ? undefined : data
  return (
    <footer
      aria-label="Status"
      className="flex h-6.5 shrink-0 items-center gap-4 border-t bg-app px-3 text-sm text-ink-2"
    >
      <StatusDot tone={connection.tone}>{connection.text}</StatusDot>
      {(state === 'lost' ? undefined : problems)?.map(({ id }) => (
        <Item key={id} to="/connections">
          <StatusDot tone="bad">{id === 'database' ? 'Database away' : 'Supabase away'}</StatusDot>
        </Item>
      ))}
      {overview && <QueueStatus queue={overview.queue} />}
      {overview && <WorkerStatus worker={overview.worker} />}
      {overview && <PackStatus pack={overview.pack} />}
      {hello && (
        <span className="ml-auto flex min-w-0 text-ink-3">
          <Item to="/connections">
            {hello.mode === 'embedded' ? 'This machine' : new URL(hello.supabase_url).host}
          </Item>
          <span className="shrink-0 whitespace-pre"> · {hello.version}</span>
        </span>
      )}
    </footer>
  )
}

function Item({ to, children }: { to: ScreenPath; children: ReactNode }) {
  return (
    <Link to={to} className="min-w-0 truncate rounded-sm hover:text-ink">
      {children}
    </Link>
  )
}

function QueueStatus({ queue }: { queue: Overview['queue'] }) {
  const open = queue.pending + queue.processing
  return (
    <Item to="/jobs">
      {open === 0
        ? 'Queue empty'
        : `${formatCount(queue.pending)} pending · ${formatCount(queue.processing)} processing`}
    </Item>
  )
}

function WorkerStatus({ worker }: { worker: Overview['worker'] }) {
  const text =
    worker.state === 'busy'
      ? `Worker on ${formatAmount(worker.running, 'job')}`
      : `Worker ${workerWords[worker.state]}`
  return (
    <Item to="/overview">
      <StatusDot tone={workerTones[worker.state]} isLive={worker.state === 'busy'}>
        {text}
      </StatusDot>
    </Item>
  )
}

function PackStatus({ pack }: { pack: Overview['pack'] }) {
  const text = {
    missing: 'Models missing',
    installing: `Models ${formatPercent(pack.progress)}`,
    ready: `Models ${pack.name}`,
    failed: 'Models failed',
  }[pack.state]
  return (
    <Item to="/overview">
      <StatusDot tone={packTones[pack.state]} isLive={pack.state === 'installing'}>
        {text}
      </StatusDot>
    </Item>
  )
}
