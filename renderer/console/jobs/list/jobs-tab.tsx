import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Job } from '../../../../core/jobs/contract'
import { Page } from '../../../kit/page'
import { SearchField } from '../../../kit/search-field'
import { useApi } from '../../../rpc/connection'
import { useVisible } from '../../../rpc/use-visible'
import { BulkLine } from '../bulk/bulk-line'
import { JobDetail } from '../detail/job-detail'
import type { TabProps } from '../tab-props'
import { filterOf, isNarrowed, noFilters } from '../search'
import { useWorkers } from '../workers/workers-view'
import { JobFilters } from './job-filters'
import { JobsView } from './jobs-view'
import { jobKey, totalWords, useJobs } from './use-jobs'

/** The list of jobs with its filters, and beside it the one that is selected. */
export function JobsTab({ search, setSearch, frame, onAsk, runs }: TabProps) {
  const filter = useMemo(() => filterOf(search), [search])
  const jobs = useJobs(filter)
  const workers = useWorkers().data ?? []
  const counts = useQuery({ ...useApi().jobs.counts.queryOptions(), enabled: useVisible() }).data
  const { items, total, hasMore } = jobs
  const position = items.findIndex(({ id, kind }) => id === search.id && kind === (search.of ?? kind))
  const selected = items[position]
  // A link names the queue too; without it, only the list knows of which the job is.
  const kind = search.of ?? selected?.kind
  const select = (job: Job) => setSearch({ tab: 'jobs', id: job.id, of: job.kind })
  const neighbour = (step: number) => {
    const job = position < 0 ? undefined : items[position + step]
    return job && (() => select(job))
  }
  return (
    <Page
      {...frame}
      count={total === undefined ? undefined : totalWords(total, hasMore)}
      filters={
        <SearchField
          label="Name or id"
          value={search.search}
          onChange={(text) => setSearch({ search: text })}
        />
      }
      toolbar={<JobFilters search={search} counts={counts} workers={workers} onChange={setSearch} />}
      detail={
        search.id &&
        kind && (
          <JobDetail
            key={`${kind} ${search.id}`}
            of={{ id: search.id, kind }}
            summary={selected}
            walk={{ onPrevious: neighbour(-1), onNext: neighbour(1) }}
            onAsk={onAsk}
            onClose={() => setSearch({ id: undefined, of: undefined })}
          />
        )
      }
    >
      <BulkLine />
      <JobsView
        jobs={jobs}
        filter={filter}
        selectedKey={selected && jobKey(selected)}
        onSelect={select}
        onAsk={onAsk}
        runs={runs}
        isNarrowed={isNarrowed(search)}
        onClear={() => setSearch(noFilters)}
      />
    </Page>
  )
}
