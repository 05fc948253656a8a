import { Eye, Heart } from 'lucide-react'
import type { ListedMatchView as ListedMatch } from '../../../core/matching/contract-list'
import { Badge } from '../../kit/badge'
import { cx } from '../../kit/class-names'
import { FactorMini } from '../../kit/face/factor-mini'
import { formatScore, ScoreBadge } from '../../kit/face/score-badge'
import { factorLabels, factorMeanings } from '../../kit/face/factor-words'
import { formatLabel, formatNumber, unknown } from '../../kit/format'
import { Thumbnail } from '../../kit/thumbnail'
import { RelativeTime } from '../../kit/time'
import type { WindowColumn } from '../../kit/window-table-parts'
import type { FactorName } from '../../../core/model/weights'
import { connectionTones } from './connection-words'
import { modelName } from './model-name'
import type { ColumnId } from './table-view'

type Side = ListedMatch['a']
type Column = WindowColumn<ListedMatch>

/** What columns are called where they are chosen. */
export const columnLabels: Record<ColumnId, string> = {
  pair: 'Pair',
  about: 'Gender, age',
  school: 'School',
  factors: 'Factors',
  score: 'Score',
  quality: 'Quality',
  ...factorLabels,
  age: 'Age factor',
  reactions: 'Reactions',
  connection: 'Connection',
  model: 'Model',
  found: 'Found',
}

function nameOf(side: Side): string {
  return side.name ?? 'Unnamed person'
}

/** Both sides in a line each; in compact rows in one. */
function BothSides({ first, second, isCompact }: { first: string; second: string; isCompact: boolean }) {
  if (isCompact) {
    return <span className="block truncate">{first === second ? first : `${first} · ${second}`}</span>
  }
  return (
    <span className="flex min-w-0 flex-col">
      <span className="truncate">{first}</span>
      <span className="truncate">{second}</span>
    </span>
  )
}

function facts({ age, gender }: Side): string {
  return [gender, age === null ? null : String(age)].filter(Boolean).join(', ') || unknown
}

function factorColumn(name: FactorName): Column {
  return {
    id: name,
    header: factorLabels[name],
    title: factorMeanings[name],
    width: '76px',
    align: 'right',
    sort: name,
    render: ({ factors }) => {
      const value = factors[name]
      return value === null ? <span className="text-ink-3">missing</span> : formatScore(value)
    },
  }
}

/** The columns of the table, for two-line or one-line rows. */
export function columnsOf(ids: readonly ColumnId[], isCompact: boolean): Column[] {
  const columns = isCompact ? compactColumns : comfortableColumns
  return ids.map((id) => columns[id])
}

function makeColumns(isCompact: boolean): Record<ColumnId, Column> {
  const size = isCompact ? 24 : 40
  return {
    pair: {
      id: 'pair',
      header: 'Pair',
      width: isCompact ? 'minmax(20rem, 2fr)' : 'minmax(16rem, 2fr)',
      render: ({ a, b }) => (
        <span className="flex items-center gap-2.5">
          <span className="flex shrink-0 gap-px">
            <Thumbnail src={a.thumbnail_url} name={nameOf(a)} size={size} className="rounded-r-none" />
            <Thumbnail src={b.thumbnail_url} name={nameOf(b)} size={size} className="rounded-l-none" />
          </span>
          <span className="min-w-0 font-medium">
            <BothSides first={nameOf(a)} second={nameOf(b)} isCompact={isCompact} />
          </span>
        </span>
      ),
    },
    about: {
      id: 'about',
      header: columnLabels.about,
      width: isCompact ? 'minmax(8rem, 1fr)' : '88px',
      render: ({ a, b }) => (
        <span className="text-ink-3 capitalize">
          <BothSides first={facts(a)} second={facts(b)} isCompact={isCompact} />
        </span>
      ),
    },
    school: {
      id: 'school',
      header: 'School',
      width: 'minmax(7rem, 1fr)',
      render: ({ a, b }) => (
        <span className="text-ink-2">
          {a.school === b.school ? (
            <span className="block truncate">{a.school ?? unknown}</span>
          ) : (
            <BothSides first={a.school ?? unknown} second={b.school ?? unknown} isCompact={isCompact} />
          )}
        </span>
      ),
    },
    factors: {
      id: 'factors',
      header: 'Factors',
      title: 'Embedding, geometry, age, symmetry, skin tone, expression',
      width: '52px',
      render: ({ factors }) => <FactorMini factors={factors} />,
    },
    score: {
      id: 'score',
      header: 'Score',
      width: '52px',
      sort: 'score',
      render: ({ similarity_score }) => <ScoreBadge score={similarity_score} />,
    },
    quality: {
      id: 'quality',
      header: 'Quality',
      title: 'The lower quality of both sides, 0 to 1',
      width: '60px',
      align: 'right',
      sort: 'quality',
      render: ({ least_quality }) => formatNumber(least_quality),
    },
    ...{ embedding: factorColumn('embedding'), geometry: factorColumn('geometry'), age: factorColumn('age') },
    ...{ symmetry: factorColumn('symmetry'), skin_tone: factorColumn('skin_tone') },
    expression: factorColumn('expression'),
    reactions: {
      id: 'reactions',
      header: 'Reactions',
      title: 'By how many of the two it is liked, and by how many it was viewed',
      width: '72px',
      render: ({ likes, views }) => <Reactions likes={likes} views={views} />,
    },
    connection: {
      id: 'connection',
      header: 'Connection',
      width: '84px',
      render: ({ connection }) =>
        connection === null ? (
          <span className="text-ink-3">{unknown}</span>
        ) : (
          <Badge tone={connectionTones[connection]}>{formatLabel(connection)}</Badge>
        ),
    },
    model: {
      id: 'model',
      header: 'Model',
      width: 'minmax(5rem, 0.6fr)',
      render: ({ embedding_model }) => (
        <span className="text-ink-3" title={embedding_model ?? 'Two models, or none that is known'}>
          {modelName(embedding_model)}
        </span>
      ),
    },
    found: {
      id: 'found',
      header: 'Found',
      width: '84px',
      align: 'right',
      sort: 'newest',
      render: ({ created_at }) => (
        <span className="text-ink-3">
          <RelativeTime date={created_at} />
        </span>
      ),
    },
  }
}

function Reactions({ likes, views }: { likes: number; views: number }) {
  return (
    <span className="inline-flex items-center gap-2">
      {[
        { icon: Heart, count: likes, words: 'liked by' },
        { icon: Eye, count: views, words: 'viewed by' },
      ].map(({ icon: Icon, count, words }) => (
        <span key={words} className={cx('inline-flex items-center gap-1', count === 0 && 'text-ink-3')}>
          <Icon className="size-3.5" aria-hidden />
          <span className="sr-only">{words} </span>
          {count}
        </span>
      ))}
    </span>
  )
}

const comfortableColumns = makeColumns(false)
const compactColumns = makeColumns(true)
