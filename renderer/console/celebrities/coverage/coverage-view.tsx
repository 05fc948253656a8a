import { useQuery } from '@tanstack/react-query'
import { Grid3x3 } from 'lucide-react'
import { Button as AriaButton } from 'react-aria-components'
import { EmptyState } from '../../../kit/empty-state'
import { formatAmount, formatCount, formatPercent } from '../../../kit/format'
import { Skeleton } from '../../../kit/skeleton'
import { useApi } from '../../../rpc/connection'
import { ListStates } from '../../lists/list-states'
import {
  cellLabel,
  genderLabel,
  gridOf,
  thinSpots,
  type Cell,
  type Coverage,
  type Standing,
} from './coverage-math'
import { HeatMap } from './heat-map'

const genders = ['female', 'male', null] as const
const mostSpots = 6

/** Where the gallery is full and where it is thin, compared with the people. */
export function CoverageView({ onOpen }: { onOpen: (cell: Cell) => void }) {
  const query = useQuery({
    ...useApi().curation.coverage.queryOptions(),
    // Changes are many while an import is published; whoever comes here wants it as it is now.
    refetchOnMount: 'always',
  })
  const coverage = query.data
  return (
    <ListStates
      query={query}
      errorTitle="The coverage could not be computed"
      skeleton={
        <div role="status" aria-label="Counting" className="grid gap-4 p-4">
          <Skeleton className="h-16" />
          <Skeleton className="h-96" />
        </div>
      }
      isEmpty={!coverage || coverage.celebrities === 0}
      empty={
        <EmptyState icon={<Grid3x3 />} title="Nobody to count yet">
          Once celebrities have been analysed, this shows of which ages, genders and skin tones there are many
          and of which few.
        </EmptyState>
      }
    >
      {coverage && <CoverageMaps coverage={coverage} unknown={coverage.unknown} onOpen={onOpen} />}
    </ListStates>
  )
}

function CoverageMaps({
  coverage,
  unknown,
  onOpen,
}: {
  coverage: Coverage
  unknown: number
  onOpen: (cell: Cell) => void
}) {
  const greatest = Math.max(1, ...coverage.cells.map(({ celebrities }) => celebrities))
  const shown = genders.filter(
    (gender) =>
      gender !== null ||
      coverage.cells.some((cell) => cell.gender === null && cell.celebrities + cell.people > 0),
  )
  return (
    <div
      className="flex min-h-0 grow flex-col gap-5 overflow-y-auto p-4"
      tabIndex={0}
      role="group"
      aria-label="Coverage"
    >
      <Summary coverage={coverage} unknown={unknown} />
      <Spots spots={thinSpots(coverage, mostSpots)} people={coverage.people} onOpen={onOpen} />
      <div className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,30rem),1fr))] gap-x-8 gap-y-5">
        {shown.map((gender) => (
          <HeatMap
            key={gender}
            title={genderLabel(gender)}
            grid={gridOf(coverage, gender)}
            greatest={greatest}
            onOpen={onOpen}
          />
        ))}
      </div>
      <Legend greatest={greatest} />
    </div>
  )
}

function Summary({ coverage, unknown }: { coverage: Coverage; unknown: number }) {
  return (
    <p className="max-w-3xl text-pretty text-ink-2">
      {formatAmount(coverage.celebrities, 'analysed celebrity', 'analysed celebrities')} beside{' '}
      {formatAmount(coverage.people, 'person', 'people')}, by estimated age, gender and skin tone. The number
      is how many celebrities there are; below it stands which share of the people is like that. A place is
      thin where there are fewer than half of the celebrities that would be this share; no place of minors is,
      since nobody should look for photos of children.
      {unknown > 0 &&
        ` ${formatAmount(unknown, 'celebrity is', 'celebrities are')} not analysed and in no place.`}
    </p>
  )
}

function Spots({
  spots,
  people,
  onOpen,
}: {
  spots: readonly Standing[]
  people: number
  onOpen: (cell: Cell) => void
}) {
  if (people === 0) return null
  return (
    <section className="flex flex-col gap-1.5">
      <h2 className="font-semibold">Where the gallery is thinnest</h2>
      {spots.length === 0 ? (
        <p className="text-ink-2">Nowhere: all adults have at least half of their share of celebrities.</p>
      ) : (
        <ol className="grid grid-cols-[repeat(auto-fill,minmax(17rem,1fr))] gap-1.5">
          {spots.map((spot) => (
            <li key={cellLabel(spot)}>
              <AriaButton
                onPress={() => onOpen(spot)}
                className="flex w-full flex-col rounded-md border bg-panel px-2.5 py-1.5 text-left data-focus-visible:outline-2 data-hovered:border-line-strong"
              >
                <span className="font-medium">{cellLabel(spot)}</span>
                <span className="text-sm text-ink-2">
                  {formatCount(spot.celebrities)} for {formatPercent(spot.peopleShare, 1)} of the people;{' '}
                  {formatCount(Math.ceil(spot.expected))} would be their share
                </span>
              </AriaButton>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

function Legend({ greatest }: { greatest: number }) {
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-1 text-sm text-ink-3" aria-hidden>
      <span className="flex items-center gap-1.5">
        0
        <span
          className="h-2.5 w-28 rounded-sm border"
          style={{
            background:
              'linear-gradient(to right, var(--panel), color-mix(in oklab, var(--accent-solid) 40%, var(--panel)))',
          }}
        />
        {formatAmount(greatest, 'celebrity', 'celebrities')}
      </span>
      <span className="flex items-center gap-1.5">
        <span className="relative size-4 rounded-sm border border-warning-solid">
          <span
            className="absolute top-0 right-0 border-transparent border-t-warning-solid border-r-warning-solid"
            style={{ borderWidth: 5 }}
          />
        </span>
        thin
      </span>
      <span className="flex items-center gap-1.5">
        <span className="size-4 rounded-sm border border-dashed" />
        nobody, neither here nor among the people
      </span>
    </div>
  )
}
