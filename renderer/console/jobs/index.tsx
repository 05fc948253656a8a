import { useQuery } from '@tanstack/react-query'
import { Keyboard } from 'lucide-react'
import { useCallback, useState } from 'react'
import { formatCount } from '../../kit/format'
import { IconButton } from '../../kit/icon-button'
import { KeysDialog } from '../../kit/keys-dialog'
import { Page } from '../../kit/page'
import { PageTab, PageTabs } from '../../kit/page-tabs'
import { Segmented } from '../../kit/segmented'
import { useShortcut } from '../../kit/use-shortcut'
import { useApi } from '../../rpc/connection'
import { useVisible } from '../../rpc/use-visible'
import { focusList } from '../lists/focus-list'
import { useFilters } from '../shell/use-filters'
import { BulkDialog } from './bulk/bulk-dialog'
import { BulkHistory } from './bulk/bulk-history'
import { BulkLine } from './bulk/bulk-line'
import { useBulkPlan } from './bulk/use-bulk-plan'
import { FailureDetail } from './failures/failure-detail'
import { FailuresView, useFailures } from './failures/failures-view'
import { jobKeys } from './job-keys'
import { JobsTab } from './list/jobs-tab'
import { LiveLine } from './now/live-line'
import { NowView } from './now/now-view'
import { type QueueFeed, useQueueNow } from './now/use-queue-now'
import { searchSchema, type Tab, tabOf, tabs } from './search'
import type { TabProps } from './tab-props'
import { MachineCard } from './workers/machine-card'
import { useWorkers, WorkersView } from './workers/workers-view'
import { WorkerDetail } from './workers/worker-detail'

export { searchSchema }

/** The queue and its workers: how it stands, what failed, every job, every machine. */
export function Screen() {
  const [search, setSearch] = useFilters(searchSchema)
  const feed = useQueueNow()
  const planning = useBulkPlan(focusList)
  const tab = tabOf(search)
  const [isShowingKeys, setShowingKeys] = useState(false)
  useShortcut('?', () => setShowingKeys(true))
  useShortcut('n', () => setSearch({ tab: tabs[(tabs.indexOf(tab) + 1) % tabs.length] }))
  const props: TabProps = {
    search,
    setSearch,
    frame: {
      title: 'Jobs',
      tabs: <Tabs tab={tab} feed={feed} />,
      actions: (
        <>
          <LiveLine feed={feed} />
          <BulkHistory />
          <IconButton label="Keys of this screen" keys={['?']} onPress={() => setShowingKeys(true)}>
            <Keyboard />
          </IconButton>
        </>
      ),
    },
    onAsk: planning.begin,
    runs: planning.runs,
  }
  return (
    <>
      {tab === 'now' && <NowTab {...props} feed={feed} />}
      {tab === 'failures' && <FailuresTab {...props} />}
      {tab === 'jobs' && <JobsTab {...props} />}
      {tab === 'workers' && <WorkersTab {...props} />}
      <BulkDialog planning={planning} />
      <KeysDialog isOpen={isShowingKeys} onClose={() => setShowingKeys(false)} groups={jobKeys} />
    </>
  )
}

function Tabs({ tab, feed: { now } }: { tab: Tab; feed: QueueFeed }) {
  const workers = useQuery({ ...useApi().jobs.workers.queryOptions(), enabled: useVisible() }).data ?? []
  const ailing = workers.filter(({ health }) => health === 'stale' || health === 'dead').length
  const alive = workers.filter(({ health }) => health === 'healthy').length
  const entry = (id: Tab) => ({ to: '/jobs', search: { tab: id }, isCurrent: tab === id }) as const
  return (
    <PageTabs label="Parts of this screen">
      <PageTab {...entry('now')}>Now</PageTab>
      <PageTab
        {...entry('failures')}
        count={now && now.undismissed > 0 ? formatCount(now.undismissed) : undefined}
        isBad
      >
        Failures
      </PageTab>
      <PageTab {...entry('jobs')}>Jobs</PageTab>
      <PageTab
        {...entry('workers')}
        count={ailing > 0 ? `${formatCount(ailing)} silent` : alive > 0 ? formatCount(alive) : undefined}
        isBad={ailing > 0}
      >
        Workers
      </PageTab>
    </PageTabs>
  )
}

function NowTab({ search, setSearch, frame, feed }: TabProps & { feed: QueueFeed }) {
  return (
    <Page {...frame}>
      <BulkLine />
      <NowView feed={feed} span={search.span} onSpan={(span) => setSearch({ span })} />
    </Page>
  )
}

function FailuresTab({ search, setSearch, frame, onAsk }: TabProps) {
  const isDismissed = search.dismissed ?? false
  const failures = useFailures(isDismissed)
  const group = failures.data?.groups.find(({ fingerprint }) => fingerprint === search.group)
  const onClose = useCallback(() => setSearch({ group: undefined }), [setSearch])
  return (
    <Page
      {...frame}
      filters={
        <Segmented
          label="Failures"
          value={isDismissed ? 'dismissed' : 'open'}
          onChange={(id) => setSearch({ dismissed: id === 'dismissed' ? true : undefined, group: undefined })}
          options={[
            { id: 'open', label: 'Open' },
            { id: 'dismissed', label: 'Dismissed' },
          ]}
        />
      }
      detail={
        group && (
          <FailureDetail
            key={group.fingerprint}
            group={group}
            isDismissed={isDismissed}
            onAsk={onAsk}
            onClose={onClose}
          />
        )
      }
    >
      <BulkLine />
      <FailuresView
        failures={failures}
        isDismissed={isDismissed}
        selected={group?.fingerprint}
        onSelect={(fingerprint) => setSearch({ tab: 'failures', group: fingerprint })}
      />
    </Page>
  )
}

function WorkersTab({ search, setSearch, frame }: TabProps) {
  const workers = useWorkers()
  const worker = workers.data?.find(({ id }) => id === search.on)
  return (
    <Page
      {...frame}
      detail={
        worker && (
          <WorkerDetail key={worker.id} worker={worker} onClose={() => setSearch({ on: undefined })} />
        )
      }
    >
      <MachineCard />
      <WorkersView
        workers={workers}
        selectedId={worker?.id}
        onSelect={(id) => setSearch({ tab: 'workers', on: id })}
      />
    </Page>
  )
}
