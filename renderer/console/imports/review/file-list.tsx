import { Check, LoaderCircle } from 'lucide-react'
import type { Decision, ImportFile } from '../../../../core/celebrities/contract-import-schemas'
import { StatusDot } from '../../../kit/badge'
import { cx } from '../../../kit/class-names'
import { type Column, DataTable } from '../../../kit/data-table'
import type { RowChecks } from '../../../kit/row-checks'
import { Thumbnail } from '../../../kit/thumbnail'
import { pathTitle } from '../paths'
import { fileName } from '../sources'
import { fileWords, pictureOf } from '../import-words'

/** The files that fit, one a line; keys walk through them and Space chooses several. */
export function FileList({
  files,
  total,
  currentId,
  pending,
  checks,
  onSelect,
  onEndReached,
}: {
  files: readonly ImportFile[]
  total: number | undefined
  currentId: number | undefined
  pending: ReadonlyMap<number, Decision['kind']>
  checks: RowChecks<ImportFile> | undefined
  onSelect: (file: ImportFile) => void
  onEndReached: () => void
}) {
  const columns: Column<ImportFile>[] = [
    {
      id: 'file',
      header: 'Photo',
      width: 'minmax(0,1fr)',
      render: (file) => <FileLine file={file} isPending={pending.has(file.id)} />,
    },
  ]
  return (
    <DataTable
      label="Files"
      items={files}
      columns={columns}
      getKey={({ id }) => String(id)}
      selectedKey={currentId === undefined ? undefined : String(currentId)}
      onSelect={onSelect}
      onEndReached={onEndReached}
      total={total}
      rowHeight={48}
      checks={checks}
    />
  )
}

function FileLine({ file, isPending }: { file: ImportFile; isPending: boolean }) {
  const { label, tone } = fileWords(file)
  const name = file.person_name ?? file.name
  const isPublished = file.published_at !== null
  const isDone = isPublished || file.outcome_code === 'accepted' || file.outcome_code === 'by_person'
  return (
    <span className="flex min-w-0 items-center gap-2">
      <Thumbnail src={pictureOf(file)} name={name} size={36} className="text-xs" />
      <span className="flex min-w-0 grow flex-col leading-4">
        <span className={cx('truncate font-medium', !name && 'text-ink-3')} title={pathTitle(file.path)}>
          {name ?? fileName(file.path)}
        </span>
        <span className="flex min-w-0 text-sm text-ink-3">
          <StatusDot tone={tone}>{label}</StatusDot>
        </span>
      </span>
      {isPending ? (
        <LoaderCircle className="size-3.5 shrink-0 animate-spin text-ink-3" aria-label="Being decided" />
      ) : (
        isDone && (
          <Check
            className="size-3.5 shrink-0 text-ink-3"
            aria-label={isPublished ? 'Published' : 'Decided'}
          />
        )
      )}
    </span>
  )
}
