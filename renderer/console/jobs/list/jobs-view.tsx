import { useNavigate } from '@tanstack/react-router'
import { Activity, SearchX } from 'lucide-react'
import { useState } from 'react'
import type { Job, JobFilter } from '../../../../core/jobs/contract'
import { Button } from '../../../kit/button'
import { DataTable } from '../../../kit/data-table'
import { EmptyState } from '../../../kit/empty-state'
import { SkeletonRows } from '../../../kit/skeleton'
import { ListStates } from '../../lists/list-states'
import { useWideWindow } from '../../lists/use-wide-window'
import { isAtLeast, useMe } from '../../shell/me'
import type { BulkAsk } from '../bulk/use-bulk-plan'
import { isChosen, nothing, type Selection, toggle, toggleAll } from '../selection'
import { jobColumns } from './columns'
import { SelectionBar } from './selection-bar'
import { jobKey, type useJobs } from './use-jobs'

/** The table of jobs, newest first, with what can be done to many of them. */
export function JobsView({
  jobs,
  filter,
  selectedKey,
  onSelect,
  onAsk,
  runs,
  isNarrowed,
  onClear,
}: {
  jobs: ReturnType<typeof useJobs>
  filter: JobFilter
  selectedKey: string | undefined
  onSelect: (job: Job) => void
  onAsk: (ask: BulkAsk) => void
  runs: number
  isNarrowed: boolean
  onClear: () => void
}) {
  const { items, total, hasMore } = jobs
  const mayChange = isAtLeast(useMe().role, 'curator')
  const isWide = useWideWindow()
  const [selection, setSelection] = useSelection(`${runs} ${JSON.stringify(filter)}`)
  const keys = items.map(jobKey)
  return (
    <ListStates
      query={jobs.query}
      errorTitle="The jobs could not be loaded"
      skeleton={<SkeletonRows label="Loading the jobs" />}
      isEmpty={items.length === 0}
      empty={isNarrowed ? <NoneFits onClear={onClear} /> : <NoJobs />}
    >
      {mayChange && total !== undefined && (
        <SelectionBar
          selection={selection}
          onChange={setSelection}
          total={total}
          hasMore={hasMore}
          filter={filter}
          onAsk={onAsk}
        />
      )}
      <DataTable
        label="Jobs"
        items={items}
        {...(total !== undefined && !hasMore && { total })}
        columns={jobColumns(selectedKey !== undefined && !isWide)}
        getKey={jobKey}
        selectedKey={selectedKey}
        onSelect={onSelect}
        onEndReached={jobs.onEndReached}
        {...(mayChange && {
          checks: {
            isChecked: (job: Job) => isChosen(selection, jobKey(job)),
            onToggle: (job: Job, isRange: boolean) =>
              setSelection(toggle(selection, jobKey(job), keys, isRange)),
            onToggleAll: (isOn: boolean) => setSelection(toggleAll(keys, isOn)),
            getName: (job: Job) => `the job of ${job.name ?? 'no name'}`,
          },
        })}
      />
    </ListStates>
  )
}

/** What is chosen, as long as the same jobs are asked for and nothing was done to them. */
function useSelection(of: string): [Selection, (selection: Selection) => void] {
  const [kept, setKept] = useState<{ of: string; selection: Selection }>({ of, selection: nothing })
  return [kept.of === of ? kept.selection : nothing, (selection) => setKept({ of, selection })]
}

function NoneFits({ onClear }: { onClear: () => void }) {
  return (
    <EmptyState
      icon={<SearchX />}
      title="No such job"
      actions={<Button onPress={onClear}>Show all jobs</Button>}
    >
      No job fits these filters now.
    </EmptyState>
  )
}

function NoJobs() {
  const navigate = useNavigate()
  return (
    <EmptyState
      icon={<Activity />}
      title="No jobs yet"
      actions={<Button onPress={() => void navigate({ to: '/celebrities' })}>Add a celebrity</Button>}
    >
      Every photo that comes in becomes a job here: a person’s face, or a celebrity. Add one, or load the
      sample people on the overview.
    </EmptyState>
  )
}
