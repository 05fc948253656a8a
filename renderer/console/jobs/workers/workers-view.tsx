import { useQuery } from '@tanstack/react-query'
import { ServerCog } from 'lucide-react'
import type { ReactNode } from 'react'
import type { JobWorker } from '../../../../core/jobs/contract-monitor'
import { Badge, StatusDot } from '../../../kit/badge'
import { type Column, DataTable } from '../../../kit/data-table'
import { EmptyState } from '../../../kit/empty-state'
import { formatAmount, formatCount, formatDuration, unknown } from '../../../kit/format'
import { SkeletonRows } from '../../../kit/skeleton'
import { RelativeTime } from '../../../kit/time'
import { useApi } from '../../../rpc/connection'
import { useVisible } from '../../../rpc/use-visible'
import { ListStates } from '../../lists/list-states'
import { clockLimit, conditionTone, conditionWords, instructionWords, offsetWords } from './worker-words'

/** Milliseconds after which the workers are asked for anew: a heartbeat that does not come changes nothing. */
const refresh = 5000

/** The workers of all machines, as the host knows them; asked for while somebody looks. */
export function useWorkers() {
  const isVisible = useVisible()
  return useQuery({
    ...useApi().jobs.workers.queryOptions({ refetchInterval: isVisible ? refresh : false, staleTime: 0 }),
    enabled: isVisible,
  })
}

/** The machines that work on the queue. */
export function WorkersView({
  workers,
  selectedId,
  onSelect,
}: {
  workers: ReturnType<typeof useWorkers>
  selectedId: string | undefined
  onSelect: (id: string) => void
}) {
  const items = workers.data ?? []
  return (
    <ListStates
      query={workers}
      errorTitle="The workers could not be loaded"
      skeleton={<SkeletonRows label="Loading the workers" rows={4} />}
      isEmpty={items.length === 0}
      empty={<NoWorkers />}
    >
      <DataTable
        label="Workers"
        items={items}
        columns={selectedId === undefined ? allColumns : fewColumns}
        getKey={({ id }) => id}
        selectedKey={selectedId}
        onSelect={({ id }) => onSelect(id)}
        rowHeight={48}
      />
    </ListStates>
  )
}

const name: Column<JobWorker> = {
  id: 'name',
  header: 'Worker',
  width: 'minmax(9rem, 1.5fr)',
  render: (worker) => (
    <TwoLines first={<span className="font-medium">{worker.host_name}</span>}>{worker.id}</TwoLines>
  ),
}

const health: Column<JobWorker> = {
  id: 'health',
  header: 'State',
  width: 'minmax(9rem, 1.2fr)',
  render: (worker) => (
    <TwoLines
      first={
        <StatusDot
          tone={conditionTone(worker)}
          isLive={worker.health === 'healthy' && worker.state === 'busy'}
        >
          {conditionWords(worker)}
        </StatusDot>
      }
    >
      {worker.instruction ? (
        <span className="text-warning">
          asked {instructionWords[worker.instruction].asked}, not yet obeyed
        </span>
      ) : (
        <>
          heard <RelativeTime date={worker.last_beat_at} />
        </>
      )}
    </TwoLines>
  ),
}

const current: Column<JobWorker> = {
  id: 'current',
  header: 'Works on',
  width: 'minmax(8rem, 1.2fr)',
  render: ({ jobs: [first], holds, concurrency }) =>
    first ? (
      <TwoLines first={first.name ?? 'No name'}>
        {formatAmount(holds, 'job')} held, {concurrency} at a time
      </TwoLines>
    ) : (
      <span className="text-ink-3">nothing</span>
    ),
}

const pack: Column<JobWorker> = {
  id: 'pack',
  header: 'Pack, provider',
  width: 'minmax(7rem, 1fr)',
  render: (worker) => <TwoLines first={worker.pack ?? unknown}>{worker.provider ?? unknown}</TwoLines>,
}

const speed: Column<JobWorker> = {
  id: 'speed',
  header: 'Speed',
  width: '84px',
  align: 'right',
  render: ({ photo_ms }) => (
    <TwoLines first={photo_ms === null ? unknown : formatDuration(photo_ms)}>a photo</TwoLines>
  ),
}

const ended: Column<JobWorker> = {
  id: 'ended',
  header: 'Last 15 min',
  width: '88px',
  align: 'right',
  render: (worker) => (
    <TwoLines first={formatCount(worker.completed)}>
      {worker.failed > 0 ? (
        <span className="text-bad">{formatCount(worker.failed)} failed</span>
      ) : (
        'none failed'
      )}
    </TwoLines>
  ),
}

const clock: Column<JobWorker> = {
  id: 'clock',
  header: 'Clock',
  width: '132px',
  align: 'right',
  render: ({ clock_offset_ms: offset }) =>
    offset === null ? (
      <span className="text-ink-3">{unknown}</span>
    ) : Math.abs(offset) >= clockLimit ? (
      <Badge tone="warning">{offsetWords(offset)}</Badge>
    ) : (
      <span className="text-ink-2">{offsetWords(offset)}</span>
    ),
}

const allColumns = [name, health, current, pack, speed, ended, clock]
const fewColumns = [name, health, current, speed, clock]

function TwoLines({ first, children }: { first: ReactNode; children: ReactNode }) {
  return (
    <span className="flex min-w-0 flex-col">
      <span className="truncate">{first}</span>
      <span className="truncate text-sm text-ink-3">{children}</span>
    </span>
  )
}

function NoWorkers() {
  return (
    <EmptyState icon={<ServerCog />} title="No worker has come yet">
      Every machine that analyses photos stands here. This host brings its own worker; on another machine,
      turn on “work in the background” in the desktop app, or run <code>semblance worker</code> there.
    </EmptyState>
  )
}
