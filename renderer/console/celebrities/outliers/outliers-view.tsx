import { ArrowLeft, ArrowRight, CheckCheck } from 'lucide-react'
import { useMemo } from 'react'
import { EmptyState } from '../../../kit/empty-state'
import { formatCount, formatNumber } from '../../../kit/format'
import { IconButton } from '../../../kit/icon-button'
import { SkeletonRows } from '../../../kit/skeleton'
import { Thumbnail } from '../../../kit/thumbnail'
import { useShortcut } from '../../../kit/use-shortcut'
import { DataTable, type Column } from '../../../kit/data-table'
import { ListStates } from '../../lists/list-states'
import type { OutlierKind } from '../search'
import { Comparing } from './comparing'
import { OutlierCase } from './outlier-case'
import { kindWords, outlierKey, type Outlier } from './outlier-words'
import { useOutliers, type Outliers } from './use-outliers'

/** What of the gallery a person should look at, one after the other, by keys. */
export function OutliersView({ kind, mayEdit }: { kind: OutlierKind; mayEdit: boolean }) {
  const outliers = useOutliers(kind)
  const { query, items, current, place } = outliers
  const words = kindWords[kind]
  useShortcut('arrowright', () => outliers.goTo(place + 1))
  useShortcut('arrowleft', () => outliers.goTo(place - 1))
  useShortcut('j', () => outliers.goTo(place + 1))
  useShortcut('k', () => outliers.goTo(place - 1))
  return (
    <ListStates
      query={query}
      errorTitle="The outliers could not be found"
      skeleton={
        kind === 'alike' ? (
          <Comparing isStopped={outliers.isStopped} onStop={outliers.stop} onGoOn={outliers.goOn} />
        ) : (
          <SkeletonRows label="Looking for outliers" />
        )
      }
      isEmpty={items.length === 0}
      empty={
        <EmptyState icon={<CheckCheck />} title="Nothing to look at">
          {words.empty}
        </EmptyState>
      }
    >
      <div className="flex min-h-0 grow">
        <OutlierList outliers={outliers} words={words} />
        <section aria-label={words.label} className="flex min-w-0 grow flex-col gap-4 overflow-y-auto p-4">
          <Steps outliers={outliers} meaning={words.meaning} />
          {current && (
            <OutlierCase key={outlierKey(current)} item={current} outliers={outliers} mayEdit={mayEdit} />
          )}
        </section>
      </div>
    </ListStates>
  )
}

function Steps({
  outliers: { place, items, total, goTo },
  meaning,
}: {
  outliers: Outliers
  meaning: string
}) {
  return (
    <div className="flex items-start gap-3">
      <p className="grow py-1 text-pretty text-ink-3">{meaning}</p>
      <span role="status" className="py-1 whitespace-nowrap text-ink-2">
        {formatCount(place + 1)} of {formatCount(total ?? items.length)}
      </span>
      <span className="flex gap-1">
        <IconButton
          label="The one before"
          keys={['←']}
          isDisabled={place <= 0}
          onPress={() => goTo(place - 1)}
        >
          <ArrowLeft />
        </IconButton>
        <IconButton
          label="The next one"
          keys={['→']}
          isDisabled={place >= items.length - 1}
          onPress={() => goTo(place + 1)}
        >
          <ArrowRight />
        </IconButton>
      </span>
    </div>
  )
}

/** All of them at the left; a narrow window has no room for it, and steps through them. */
function OutlierList({ outliers, words }: { outliers: Outliers; words: (typeof kindWords)[OutlierKind] }) {
  const { items, current, goTo, onEndReached, total } = outliers
  const columns = useMemo(() => columnsOf(words.value), [words.value])
  return (
    <div className="flex min-h-0 w-72 shrink-0 flex-col border-r max-[900px]:hidden">
      <DataTable
        label={words.label}
        items={items}
        columns={columns}
        getKey={outlierKey}
        rowHeight={44}
        {...(total !== undefined && { total })}
        selectedKey={current && outlierKey(current)}
        onSelect={(item) => goTo(items.indexOf(item))}
        onEndReached={onEndReached}
      />
    </div>
  )
}

const columnsOf = (valueHeader: string): Column<Outlier>[] => [
  {
    id: 'who',
    header: 'Who',
    width: 'minmax(0, 1fr)',
    render: ({ celebrity, other, photo }) => (
      <span className="flex items-center gap-2">
        <Thumbnail src={celebrity.thumbnail_url} name={celebrity.name} size={32} />
        {(other ?? photo) && (
          <Thumbnail
            src={other?.thumbnail_url ?? photo?.thumbnail_url ?? null}
            name={other?.name ?? celebrity.name}
            size={32}
          />
        )}
        <span className="min-w-0">
          <span className="block truncate leading-4">{celebrity.name}</span>
          {other && <span className="block truncate leading-4 text-ink-3">{other.name}</span>}
        </span>
      </span>
    ),
  },
  {
    id: 'value',
    header: valueHeader,
    width: '48px',
    align: 'right',
    render: ({ value }) => <span className="text-ink-3">{formatNumber(value)}</span>,
  },
]
