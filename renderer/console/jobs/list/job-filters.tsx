import { type JobKind, type JobStatus, jobStatuses } from '../../../core/jobs/contract'
import { formatCount } from '../../kit/format'
import { Segmented } from '../../kit/segmented'
import { Select } from '../../kit/select'
import { statusWords } from './job-words'

/** Which jobs are shown. */
export function JobFilters({
  status,
  kind,
  counts,
  onChange,
}: {
  status: JobStatus | undefined
  kind: JobKind | undefined
  counts: Partial<Record<JobStatus, number>> | undefined
  onChange: (change: { status?: JobStatus; kind?: JobKind }) => void
}) {
  return (
    <>
      <Segmented<JobStatus | 'all'>
        label="Status"
        value={status ?? 'all'}
        onChange={(id) => onChange({ status: id === 'all' ? undefined : id })}
        options={[
          { id: 'all', label: 'All' },
          ...jobStatuses.map((id) => ({
            id,
            label: statusWords[id],
            count: counts && formatCount(counts[id] ?? 0),
          })),
        ]}
      />
      <Select<JobKind>
        label="Kind"
        anyLabel="Any"
        value={kind}
        onChange={(id) => onChange({ kind: id })}
        options={[
          { id: 'face', label: 'Face' },
          { id: 'celebrity', label: 'Celebrity' },
          { id: 'embedding', label: 'New model' },
        ]}
      />
    </>
  )
}
