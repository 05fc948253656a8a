import type { MatchSummary } from '../../../core/matching/contract'
import { DataTable, type Column } from '../../kit/data-table'
import { FactorMini } from '../../kit/face/factor-mini'
import { ScoreBadge } from '../../kit/face/score-badge'
import { Thumbnail } from '../../kit/thumbnail'
import { RelativeTime } from '../../kit/time'
import { useWideWindow } from '../lists/use-wide-window'

type Side = MatchSummary['a']

function nameOf(side: Side): string {
  return side.name ?? 'Unnamed person'
}

/** Both in a line each, as names are long and rows are wide. */
function TwoLines({ first, second }: { first: string; second: string }) {
  return (
    <span className="flex min-w-0 flex-col">
      <span className="truncate">{first}</span>
      <span className="truncate">{second}</span>
    </span>
  )
}

function facts({ age, gender }: Side): string {
  return [gender, age === null ? null : String(age)].filter(Boolean).join(', ')
}

const pair: Column<MatchSummary> = {
  id: 'pair',
  header: 'Pair',
  width: 'minmax(11rem, 2fr)',
  render: ({ a, b }) => (
    <span className="flex items-center gap-2.5">
      <span className="flex shrink-0 gap-px">
        <Thumbnail src={a.thumbnail_url} name={a.name} size={40} className="rounded-r-none" />
        <Thumbnail src={b.thumbnail_url} name={b.name} size={40} className="rounded-l-none" />
      </span>
      <span className="min-w-0 font-medium">
        <TwoLines first={nameOf(a)} second={nameOf(b)} />
      </span>
    </span>
  ),
}

const about: Column<MatchSummary> = {
  id: 'about',
  header: 'Gender, age',
  width: '88px',
  render: ({ a, b }) => (
    <span className="text-ink-3 capitalize">
      <TwoLines first={facts(a)} second={facts(b)} />
    </span>
  ),
}

const school: Column<MatchSummary> = {
  id: 'school',
  header: 'School',
  width: 'minmax(8rem, 1fr)',
  render: ({ a, b }) => (
    <span className="text-ink-2">
      {a.school === b.school ? (
        (a.school ?? '–')
      ) : (
        <TwoLines first={a.school ?? '–'} second={b.school ?? '–'} />
      )}
    </span>
  ),
}

const factors: Column<MatchSummary> = {
  id: 'factors',
  header: 'Factors',
  width: '52px',
  render: (match) => <FactorMini factors={match.factors} />,
}

const score: Column<MatchSummary> = {
  id: 'score',
  header: 'Score',
  width: '40px',
  render: (match) => <ScoreBadge score={match.similarity_score} />,
}

const found: Column<MatchSummary> = {
  id: 'found',
  header: 'Found',
  width: '72px',
  align: 'right',
  render: (match) => (
    <span className="text-ink-3">
      <RelativeTime date={match.created_at} />
    </span>
  ),
}

const wide = [pair, about, school, factors, score, found]
/** Beside the detail pane, which says the rest. */
const narrow = [pair, factors, score]

/** The matches as rows. */
export function MatchTable({
  items,
  total,
  selectedId,
  isBesideDetail,
  onSelect,
  onEndReached,
}: {
  items: readonly MatchSummary[]
  total: number | undefined
  selectedId: string | undefined
  isBesideDetail: boolean
  onSelect: (match: MatchSummary) => void
  onEndReached: () => void
}) {
  const isWide = useWideWindow()
  return (
    <DataTable
      label="Matches"
      items={items}
      total={total}
      columns={isBesideDetail && !isWide ? narrow : wide}
      getKey={(match) => match.id}
      selectedKey={selectedId}
      onSelect={onSelect}
      onEndReached={onEndReached}
      rowHeight={52}
    />
  )
}
