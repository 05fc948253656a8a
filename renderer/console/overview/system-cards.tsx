import type { ReactNode } from 'react'
import type { DatabaseStatus, PackStatus, WorkerStatus } from '../../../core/model/status'
import { formatAmount, formatBytes, formatLabel, formatNumber } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { ProgressBar } from '../../kit/progress-bar'
import { Card, Facts } from '../../kit/section'
import { RelativeTime } from '../../kit/time'
import { useLiveState } from '../../rpc/hooks'
import { HeardDot } from '../shell/heard-dot'
import { packTones, workerTones, workerWords } from '../shell/status-words'

/** The job worker of this host. */
export function WorkerCard({ worker }: { worker: WorkerStatus }) {
  const isHeard = useLiveState() !== 'lost'
  return (
    <Card
      title="Worker"
      aside={
        <HeardDot tone={workerTones[worker.state]} isLive={worker.state === 'busy'}>
          {formatLabel(workerWords[worker.state])}
        </HeardDot>
      }
    >
      {isHeard && worker.message && (
        <Notice tone={worker.state === 'waiting' ? 'warning' : 'info'}>{worker.message}</Notice>
      )}
      <Facts
        facts={[
          ['Working on', formatAmount(worker.running, 'job')],
          ['Completed', `${formatAmount(worker.completed, 'job')} since start`],
          ['Failed', `${formatAmount(worker.failed, 'job')} since start`],
          ['Started', <RelativeTime key="started" date={worker.started_at} />],
          ['Name', worker.id],
        ]}
      />
    </Card>
  )
}

const packWords = { missing: 'Missing', installing: 'Installing', ready: 'Ready', failed: 'Failed' }

/** How fast and how large the models are where they run, and why that is nothing faster. */
function runsHow(pack: PackStatus): [string, ReactNode][] {
  const { warm_up_ms, memory_bytes, provider_note } = pack
  return [
    ...(warm_up_ms === undefined
      ? []
      : [['Speed', `${formatNumber(warm_up_ms, 1)} ms for one run of every model`]]),
    ...(memory_bytes === undefined ? [] : [['Memory', formatBytes(memory_bytes)]]),
    ...(provider_note ? [['Passed over', <Wrapped key="note">{provider_note}</Wrapped>]] : []),
  ] as [string, ReactNode][]
}

/** A fact that is a sentence. */
function Wrapped({ children }: { children: ReactNode }) {
  return <span className="whitespace-normal">{children}</span>
}

/** The models that faces are analysed with. */
export function ModelsCard({ pack }: { pack: PackStatus }) {
  const isHeard = useLiveState() !== 'lost'
  return (
    <Card
      title="Models"
      aside={
        <HeardDot tone={packTones[pack.state]} isLive={pack.state === 'installing'}>
          {packWords[pack.state]}
        </HeardDot>
      }
    >
      {isHeard && pack.state === 'installing' && <ProgressBar label={pack.message} value={pack.progress} />}
      {isHeard && (pack.state === 'failed' || pack.state === 'missing') && (
        <Notice tone={pack.state === 'failed' ? 'bad' : 'warning'}>{pack.message}</Notice>
      )}
      <Facts
        facts={[
          ['Pack', formatLabel(pack.name)],
          ['Runs on', `${pack.provider}, ${formatAmount(pack.threads, 'thread')}`],
          ['Embedding', pack.embedding_model],
          ...runsHow(pack),
        ]}
      />
    </Card>
  )
}

const engines = { pglite: 'PGlite', postgres: 'PostgreSQL' }

/** The database that everything is in. */
export function DatabaseCard({ database }: { database: DatabaseStatus }) {
  return (
    <Card
      title="Database"
      aside={
        <span title="The time that a query of nothing takes">{formatNumber(database.latency_ms, 1)} ms</span>
      }
    >
      <Facts
        facts={[
          ['Engine', `${engines[database.engine]} ${database.version}`],
          ['pgvector', database.vector_version],
          ['Size', formatBytes(database.size_bytes)],
          ['Migration', database.migration],
          ['Place', database.location],
        ]}
      />
    </Card>
  )
}
