import { Badge } from '../../../kit/badge'
import { formatLabel, formatNumber, unknown } from '../../../kit/format'
import { Thumbnail } from '../../../kit/thumbnail'
import { RelativeTime } from '../../../kit/time'
import type { WindowColumn } from '../../../kit/window-table-parts'
import type { CelebritySummary } from '../../../../core/celebrities/contract'
import { stateLabels } from '../search'
import { EditableCell } from './editable-cell'
import { columnLabels, type ColumnId } from './table-view'

type Column = WindowColumn<CelebritySummary>

const faint = <span className="text-ink-3">{unknown}</span>

/** The columns of the table, for rows with a photo of this size in pixels. */
export function columnsOf(ids: readonly ColumnId[], photoSize: number): Column[] {
  const columns: Record<ColumnId, Omit<Column, 'id' | 'header'>> = {
    name: {
      width: 'minmax(15rem, 2fr)',
      sort: 'name',
      render: (celebrity) => (
        <span className="flex items-center gap-2.5">
          <Thumbnail src={celebrity.thumbnail_url} name={celebrity.name} size={photoSize} />
          <span className="min-w-0 grow font-medium">
            <EditableCell celebrity={celebrity} field="name" shown={ids}>
              {celebrity.name}
            </EditableCell>
          </span>
        </span>
      ),
    },
    category: {
      width: 'minmax(6rem, 1fr)',
      render: (celebrity) => (
        <EditableCell celebrity={celebrity} field="category" shown={ids}>
          {celebrity.category ? formatLabel(celebrity.category) : faint}
        </EditableCell>
      ),
    },
    gender: {
      width: '84px',
      render: (celebrity) => (
        <EditableCell celebrity={celebrity} field="gender" shown={ids}>
          {celebrity.gender ? formatLabel(celebrity.gender) : faint}
        </EditableCell>
      ),
    },
    age: {
      width: '48px',
      align: 'right',
      sort: 'age',
      title: 'Estimated, years',
      render: ({ age }) => age ?? faint,
    },
    expression: {
      width: '88px',
      render: ({ expression }) => (expression ? formatLabel(expression) : faint),
    },
    quality: {
      width: '60px',
      align: 'right',
      sort: 'quality',
      title: '0 to 1, higher is better',
      render: ({ quality_score }) => (quality_score === null ? faint : formatNumber(quality_score)),
    },
    state: {
      width: '84px',
      render: ({ state, error_message }) => (
        <span title={error_message ?? undefined}>
          <Badge tone={stateLabels[state].tone}>{stateLabels[state].label}</Badge>
        </span>
      ),
    },
    licence: {
      width: 'minmax(6rem, 1fr)',
      render: (celebrity) => (
        <EditableCell celebrity={celebrity} field="licence" shown={ids}>
          {celebrity.licence || faint}
        </EditableCell>
      ),
    },
    added: {
      width: '84px',
      align: 'right',
      sort: 'newest',
      render: ({ created_at }) => <RelativeTime date={created_at} />,
    },
  }
  return ids.map((id) => ({ id, header: columnLabels[id], ...columns[id] }))
}
