import { FilterX, X } from 'lucide-react'
import { type JobKind, jobStatuses, jobTypes, type JobStatus } from '../../../../core/jobs/contract'
import type { JobWorker } from '../../../../core/jobs/contract-monitor'
import { Button } from '../../../kit/button'
import { formatCount, formatDuration, formatLabel } from '../../../kit/format'
import { IconButton } from '../../../kit/icon-button'
import { Segmented } from '../../../kit/segmented'
import { Select } from '../../../kit/select'
import {
  formatErrorCode,
  formatLookingFor,
  kindWords,
  reasonCodes,
  stageWords,
  statusWords,
} from '../job-words'
import { ageIds, ages, isNarrowed, type JobsSearch, noFilters } from '../search'

interface Props {
  search: JobsSearch
  counts: Partial<Record<JobStatus, number>> | undefined
  workers: readonly JobWorker[]
  onChange: (change: Partial<JobsSearch>) => void
}

const kinds = Object.entries(kindWords).map(([id, label]) => ({ id: id as JobKind, label }))
const types = jobTypes.map((id) => ({ id, label: formatLabel(formatLookingFor(id)) }))
const ageOptions = ageIds.map((id) => ({ id, label: ages[id].words }))

/** Which jobs are shown. Everything lives in the address. */
export function JobFilters({ search, counts, workers, onChange }: Props) {
  const reasons = withCurrent(reasonCodes, search.reason).map((id) => ({ id, label: formatErrorCode(id) }))
  const hosts = new Map(workers.map(({ id, host_name }) => [id, host_name]))
  const workerIds = withCurrent([...hosts.keys()], search.worker)
  return (
    <>
      <Segmented<JobStatus | 'all'>
        label="Status"
        value={search.status ?? 'all'}
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
      <Select
        label="Kind"
        anyLabel="Any"
        value={search.kind}
        options={kinds}
        onChange={(kind) => onChange({ kind })}
      />
      <Select
        label="Looks for"
        anyLabel="Any"
        value={search.type}
        options={types}
        onChange={(type) => onChange({ type })}
      />
      <Select
        label="Reason"
        anyLabel="Any"
        value={search.reason}
        options={reasons}
        onChange={(reason) => onChange({ reason })}
      />
      <Select
        label="Age"
        anyLabel="Any"
        value={search.age}
        options={ageOptions}
        onChange={(age) => onChange({ age })}
      />
      <Select
        label="Worker"
        anyLabel="Any"
        value={search.worker}
        options={workerIds.map((id) => ({ id, label: hosts.get(id) ?? id }))}
        onChange={(worker) => onChange({ worker })}
        className="max-w-48"
      />
      <FilterChips search={search} onChange={onChange} />
      {isNarrowed(search) && (
        <IconButton label="Clear the filters" onPress={() => onChange(noFilters)}>
          <FilterX />
        </IconButton>
      )}
    </>
  )
}

/** The choices, and what the address holds though it is none of them. */
function withCurrent(choices: readonly string[], current: string | undefined): readonly string[] {
  return current === undefined || choices.includes(current) ? choices : [...choices, current]
}

/** Filters that links bring along and no control sets: each can be taken out. */
function FilterChips({ search, onChange }: Pick<Props, 'search' | 'onChange'>) {
  const minutes = (count: number) => formatDuration(count * 60_000)
  const chips: readonly (readonly [keyof JobsSearch, string | undefined])[] = [
    ['owner', search.owner && 'One person'],
    ['fingerprint', search.fingerprint && 'One kind of failure'],
    ['stage', search.stage && `Failed ${stageWords(search.stage)}`],
    ['older', search.older === undefined ? undefined : `Older than ${minutes(search.older)}`],
    ['newer', search.newer === undefined ? undefined : `Of the last ${minutes(search.newer)}`],
    [
      'dismissed',
      search.dismissed === undefined ? undefined : search.dismissed ? 'Dismissed' : 'Not dismissed',
    ],
  ]
  return chips.map(
    ([name, words]) =>
      words && (
        <Button
          key={name}
          aria-label={`${words}: take this filter out`}
          className="border-accent! bg-accent-soft! font-normal! text-accent-ink!"
          onPress={() => onChange({ [name]: undefined })}
        >
          {words}
          <X aria-hidden />
        </Button>
      ),
  )
}
