import { Link } from '@tanstack/react-router'
import type { JobWorker } from '../../../../core/jobs/contract-monitor'
import { StatusDot } from '../../../kit/badge'
import { Button } from '../../../kit/button'
import { DetailPane } from '../../../kit/detail-pane'
import { formatAmount, formatBytes, formatCount, formatDuration } from '../../../kit/format'
import { Notice } from '../../../kit/notice'
import { Facts, Section } from '../../../kit/section'
import { RelativeTime } from '../../../kit/time'
import { isAtLeast, useMe } from '../../shell/me'
import { kindWords } from '../job-words'
import { useForgetWorker } from './use-instruct'
import { WorkerButtons } from './worker-buttons'
import { clockLimit, conditionTone, conditionWords, instructionWords, offsetWords } from './worker-words'

/** One worker: how it fares, what it holds, and what can be asked of it. */
export function WorkerDetail({ worker, onClose }: { worker: JobWorker; onClose: () => void }) {
  const { role } = useMe()
  return (
    <DetailPane
      label="Worker"
      title={worker.host_name}
      subtitle={worker.id}
      onClose={onClose}
      actions={
        isAtLeast(role, 'curator') ? (
          <>
            <WorkerButtons worker={worker} />
            {worker.can_be_forgotten && isAtLeast(role, 'admin') && <Forget worker={worker} />}
          </>
        ) : (
          <span className="text-ink-3">A curator can pause, stop and resume workers.</span>
        )
      }
    >
      <div className="flex flex-col gap-1">
        <StatusDot
          tone={conditionTone(worker)}
          isLive={worker.health === 'healthy' && worker.state === 'busy'}
        >
          <span className="font-medium">{conditionWords(worker)}</span>
        </StatusDot>
        {worker.state_reason && <p className="text-pretty text-ink-2">{worker.state_reason}</p>}
      </div>
      <Asked worker={worker} />
      <HealthNotice worker={worker} />
      <Held worker={worker} />
      <Section title="Work">
        <Facts
          facts={[
            ['Completed', `${formatAmount(worker.completed, 'job')} in 15 min`],
            ['Failed', `${formatAmount(worker.failed, 'job')} in 15 min`],
            ['Speed', worker.photo_ms === null ? null : `${formatDuration(worker.photo_ms)} a photo, median`],
            ['At a time', formatAmount(worker.concurrency, 'job')],
          ]}
        />
      </Section>
      <Machine worker={worker} />
    </DetailPane>
  )
}

function Asked({ worker }: { worker: JobWorker }) {
  const { instruction, instructed_by_name, instructed_at } = worker
  if (!instruction) return null
  return (
    <Notice tone="warning">
      Asked {instructionWords[instruction].asked}
      {instructed_by_name && ` by ${instructed_by_name}`}
      {instructed_at && (
        <>
          , <RelativeTime date={instructed_at} />
        </>
      )}
      ; not yet obeyed.
    </Notice>
  )
}

/** What silence or a wrong clock means, and what to do. */
function HealthNotice({ worker }: { worker: JobWorker }) {
  const offset = worker.clock_offset_ms
  return (
    <>
      {worker.health === 'stale' && (
        <Notice tone="warning">
          Not heard of for {formatDuration(worker.beat_age_seconds * 1000)}. Its machine may be asleep or cut
          off; if it stays silent, others take its jobs over by themselves.
        </Notice>
      )}
      {worker.health === 'dead' && (
        <Notice tone="bad">
          Not heard of for {formatDuration(worker.beat_age_seconds * 1000)}. Others take its jobs over when
          their leases end. Start it again at its machine, or take it off the list.
        </Notice>
      )}
      {offset !== null && Math.abs(offset) >= clockLimit && (
        <Notice tone="warning">
          Its clock is {offsetWords(offset)} {offset > 0 ? 'of ' : ''}the database’s. Times in its logs are
          wrong; leases are not, for they go by the database. Set the clock of the machine by NTP.
        </Notice>
      )}
    </>
  )
}

function Held({ worker: { jobs, holds } }: { worker: JobWorker }) {
  return (
    <Section title="Works on" aside={holds > jobs.length ? `${formatCount(holds)} held` : undefined}>
      {jobs.length === 0 ? (
        <p className="text-ink-3">Nothing now.</p>
      ) : (
        <ul className="flex flex-col gap-1">
          {jobs.map((job) => (
            <li key={job.id} className="flex justify-between gap-3">
              <Link
                to="/jobs"
                search={{ tab: 'jobs', id: job.id, of: job.kind }}
                className="min-w-0 truncate font-medium text-accent-ink underline-offset-2 hover:underline"
              >
                {job.name ?? 'No name'}
              </Link>
              <span className="shrink-0 text-ink-3">
                {kindWords[job.kind]},{' '}
                {job.started_at ? (
                  <>
                    begun <RelativeTime date={job.started_at} />
                  </>
                ) : (
                  'waits for a place'
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

function Machine({ worker }: { worker: JobWorker }) {
  const offset = worker.clock_offset_ms
  return (
    <Section title="Machine">
      <Facts
        facts={[
          ['Pack', worker.pack],
          ['Embedding', worker.embedding_model],
          ['Provider', worker.provider],
          ['Memory', worker.memory_bytes === null ? null : formatBytes(worker.memory_bytes)],
          ['Clock', offset === null ? null : offsetWords(offset)],
          ['Version', worker.version],
          ['Process', worker.process_id === null ? null : String(worker.process_id)],
          ['Started', <RelativeTime key="started" date={worker.started_at} />],
          ['Last heard', <RelativeTime key="heard" date={worker.last_beat_at} />],
        ]}
      />
    </Section>
  )
}

function Forget({ worker }: { worker: JobWorker }) {
  const forget = useForgetWorker()
  return (
    <Button isPending={forget.isPending} onPress={() => forget.mutate({ worker_id: worker.id })}>
      Take off the list
    </Button>
  )
}
