import { Link } from '@tanstack/react-router'
import { EyeOff, RotateCw } from 'lucide-react'
import { type FailureGroup, trendHours } from '../../../../core/jobs/contract-monitor'
import { Badge } from '../../../kit/badge'
import { BarChart } from '../../../kit/bar-chart'
import { Button } from '../../../kit/button'
import { DetailPane } from '../../../kit/detail-pane'
import { formatAmount, formatCount } from '../../../kit/format'
import { KeyHint } from '../../../kit/key-hint'
import { Notice } from '../../../kit/notice'
import { Facts, Section } from '../../../kit/section'
import { Thumbnail } from '../../../kit/thumbnail'
import { RelativeTime } from '../../../kit/time'
import type { Tone } from '../../../kit/tone'
import { useShortcut } from '../../../kit/use-shortcut'
import { isAtLeast, useMe } from '../../shell/me'
import type { BulkAsk } from '../bulk/use-bulk-plan'
import { kindWords, stageWords } from '../job-words'
import { groupTitle, helpWords } from './failures-view'

const helpTones: Record<FailureGroup['retry_helps'], Tone> = { yes: 'good', later: 'warning', no: 'bad' }

/** One kind of failure: what it says, what to do, a photo of it, and what can be done to all of its jobs. */
export function FailureDetail({
  group,
  isDismissed,
  onAsk,
  onClose,
}: {
  group: FailureGroup
  isDismissed: boolean
  onAsk: (ask: BulkAsk) => void
  onClose: () => void
}) {
  const { role } = useMe()
  const link = 'w-fit font-medium text-accent-ink underline-offset-2 hover:underline'
  return (
    <DetailPane
      label="Failure"
      title={groupTitle(group)}
      subtitle={formatAmount(group.jobs, 'job')}
      onClose={onClose}
      actions={
        isAtLeast(role, 'curator') ? (
          <GroupButtons group={group} isDismissed={isDismissed} onAsk={onAsk} />
        ) : (
          <span className="text-ink-3">A curator can retry or dismiss these jobs.</span>
        )
      }
    >
      <Notice tone="bad">{group.message ?? 'The job left no message.'}</Notice>
      <Section
        title="What to do"
        aside={<Badge tone={helpTones[group.retry_helps]}>A retry {helpWords[group.retry_helps]}</Badge>}
      >
        <p className="text-pretty">{group.advice}</p>
      </Section>
      <Section title="The job that failed last">
        <div className="flex gap-3">
          <Thumbnail
            src={group.sample.thumbnail_url}
            name={group.sample.name}
            size={88}
            className="rounded-md"
          />
          <div className="flex min-w-0 flex-col gap-1 py-1">
            <span className="truncate font-medium">{group.sample.name ?? 'No name'}</span>
            <span className="text-ink-2">{kindWords[group.sample.kind]}</span>
            <Link
              to="/jobs"
              search={{ tab: 'jobs', id: group.sample.id, of: group.sample.kind }}
              className={link}
            >
              Show this job
            </Link>
          </div>
        </div>
      </Section>
      <Section title="When">
        <Hours group={group} />
      </Section>
      <Section title="Seen">
        <Facts
          facts={[
            ['First', <RelativeTime key="first" date={group.first_at} />],
            ['Last', <RelativeTime key="last" date={group.last_at} />],
            ['While', group.stage && stageWords(group.stage)],
            ...group.by_kind.map(({ kind, jobs }) => [`${kindWords[kind]} jobs`, formatCount(jobs)] as const),
          ]}
        />
        <Link
          to="/jobs"
          search={{ tab: 'jobs', fingerprint: group.fingerprint, status: 'failed' }}
          className={link}
        >
          Show {group.jobs === 1 ? 'the job' : `all ${formatAmount(group.jobs, 'job')}`}
        </Link>
      </Section>
    </DetailPane>
  )
}

function Hours({ group: { trend } }: { group: FailureGroup }) {
  const total = trend.reduce((sum, count) => sum + count, 0)
  return (
    <BarChart
      label="Failures by hour"
      unit="per hour"
      series={[{ name: 'failures', tone: 'bad', values: trend }]}
      barNames={trend.map((_, index) => hourWords(trend.length - 1 - index))}
      ticks={[`${trendHours} h ago`, `${trendHours / 2} h ago`, 'now']}
      height={64}
      summary={`${formatAmount(total, 'failure')} in the last ${trendHours} hours.`}
    />
  )
}

function hourWords(hours: number): string {
  return hours === 0 ? 'this hour' : `${formatAmount(hours, 'hour')} ago`
}

function GroupButtons({
  group,
  isDismissed,
  onAsk,
}: {
  group: FailureGroup
  isDismissed: boolean
  onAsk: (ask: BulkAsk) => void
}) {
  const ask = (action: 'retry' | 'dismiss') => () =>
    onAsk({
      action,
      selection: { all: { status: 'failed', fingerprint: group.fingerprint, dismissed: isDismissed } },
      which: `${formatAmount(group.jobs, 'job')}, “${groupTitle(group)}”`,
    })
  const retry = ask('retry')
  const dismiss = ask('dismiss')
  useShortcut('r', retry)
  useShortcut('d', dismiss, { isDisabled: isDismissed })
  return (
    <>
      <Button
        variant={group.retry_helps === 'no' ? 'secondary' : 'primary'}
        icon={<RotateCw aria-hidden />}
        onPress={retry}
      >
        Retry…
        <KeyHint keys={['R']} />
      </Button>
      {!isDismissed && (
        <Button icon={<EyeOff aria-hidden />} onPress={dismiss}>
          Dismiss…
          <KeyHint keys={['D']} />
        </Button>
      )}
    </>
  )
}
