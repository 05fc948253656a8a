import type { PackView } from '../../../core/models/contract'
import { StatusDot } from '../../kit/badge'
import type { Column } from '../../kit/data-table'
import { formatBytes, formatNumber } from '../../kit/format'
import { formatProvider, packState } from './words'

const unknown = <span className="text-ink-3">–</span>

export const packColumns: readonly Column<PackView>[] = [
  {
    id: 'title',
    header: 'Pack',
    width: 'minmax(140px, 2fr)',
    render: (pack) => <span className="font-medium">{pack.title}</span>,
  },
  {
    id: 'state',
    header: 'State',
    width: '136px',
    render: (pack) => {
      const { word, tone } = packState(pack)
      return <StatusDot tone={tone}>{word}</StatusDot>
    },
  },
  {
    id: 'licence',
    header: 'Licence',
    width: 'minmax(80px, 2fr)',
    render: (pack) => <span title={pack.licence}>{pack.licence}</span>,
  },
  {
    id: 'provider',
    header: 'Runs on',
    width: '80px',
    render: ({ speed }) => (speed ? formatProvider(speed.provider) : unknown),
  },
  {
    id: 'speed',
    header: 'Speed',
    width: '80px',
    align: 'right',
    render: ({ speed }) => (speed ? `${formatNumber(speed.warm_up_ms, 1)} ms` : unknown),
  },
  {
    id: 'memory',
    header: 'Memory',
    width: '68px',
    align: 'right',
    render: ({ speed }) => (speed ? formatBytes(speed.memory_bytes) : unknown),
  },
]
