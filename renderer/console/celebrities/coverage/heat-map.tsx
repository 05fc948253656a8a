import { type KeyboardEvent, useRef, useState } from 'react'
import { ageBands, skinTones } from '../../../../core/celebrities/contract-curation'
import { cx } from '../../../kit/class-names'
import { formatAmount, formatCount, formatLabel, formatPercent } from '../../../kit/format'
import { nextIndex } from '../../../kit/list-walk'
import { cellLabel, depthOf, type Standing } from './coverage-math'

const columns = ageBands.length

/** A place in words: for whoever hears it, and for the tooltip. */
function words(place: Standing): string {
  const { celebrities, people, peopleShare, isThin, expected } = place
  const gallery = formatAmount(celebrities, 'celebrity', 'celebrities')
  const share = `${formatAmount(people, 'person', 'people')}, ${formatPercent(peopleShare, 1)} of all`
  const thin = isThin ? `; thin: ${formatCount(Math.ceil(expected))} would be their share` : ''
  return `${cellLabel(place)}: ${gallery}; ${share}${thin}`
}

/**
 * Ages by skin tones of one gender: how many celebrities, with the share of the people below. The more, the deeper one
 * colour; thin places have a mark and a frame, so that nothing hangs on telling colours apart. One stop of Tab; arrow
 * keys go from place to place, Enter shows its celebrities.
 */
export function HeatMap({
  title,
  grid,
  greatest,
  onOpen,
}: {
  title: string
  grid: readonly (readonly Standing[])[]
  /** Celebrities in the fullest place of all maps. */
  greatest: number
  onOpen: (place: Standing) => void
}) {
  const [current, setCurrent] = useState(0)
  const table = useRef<HTMLTableElement>(null)
  const places = grid.flat()
  const onKeyDown = (event: KeyboardEvent) => {
    const target = nextIndex(event.key, { count: places.length, columns, pageRows: 3, index: current })
    if (target === undefined) return
    event.preventDefault()
    setCurrent(target)
    table.current?.querySelectorAll<HTMLElement>('button')[target]?.focus()
  }
  return (
    <table
      ref={table}
      className="w-full table-fixed border-separate border-spacing-0.5"
      onKeyDown={onKeyDown}
    >
      <caption className="pb-1 text-left font-semibold">{title}</caption>
      <thead>
        <tr>
          <td className="w-22" />
          {ageBands.map((band) => (
            <th key={band} scope="col" className="pb-0.5 text-center text-sm font-normal text-ink-3">
              {band.replace('-', '–')}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {grid.map((row, rowIndex) => (
          <tr key={skinTones[rowIndex]}>
            <th scope="row" className="truncate pr-1.5 text-left text-sm font-normal text-ink-2">
              {formatLabel(skinTones[rowIndex] === 'unknown' ? 'not known' : (skinTones[rowIndex] ?? ''))}
            </th>
            {row.map((place, column) => {
              const index = rowIndex * columns + column
              return (
                <td key={place.age} className="p-0">
                  <Place
                    place={place}
                    depth={depthOf(place.celebrities, greatest)}
                    isStop={index === current}
                    onFocus={() => setCurrent(index)}
                    onOpen={() => onOpen(place)}
                  />
                </td>
              )
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Place({
  place,
  depth,
  isStop,
  onFocus,
  onOpen,
}: {
  place: Standing
  depth: number
  isStop: boolean
  onFocus: () => void
  onOpen: () => void
}) {
  const { celebrities, people, peopleShare, isThin } = place
  const isEmpty = celebrities === 0 && people === 0
  return (
    <button
      type="button"
      tabIndex={isStop ? 0 : -1}
      title={words(place)}
      onFocus={onFocus}
      onClick={onOpen}
      // Up to 40 % of the accent: the words on it keep their contrast in both themes.
      style={{
        backgroundColor: isEmpty
          ? undefined
          : `color-mix(in oklab, var(--accent-solid) ${Math.round(depth * 40)}%, var(--panel))`,
      }}
      className={cx(
        'relative flex h-11 w-full flex-col items-center justify-center rounded-sm border leading-tight',
        isThin
          ? 'border-warning-solid shadow-[inset_0_0_0_1px_var(--warning-solid)]'
          : 'hover:border-line-strong',
        isEmpty && 'border-dashed',
      )}
    >
      <span className="sr-only">{words(place)}</span>
      {isThin && (
        <span
          aria-hidden
          className="absolute top-0 right-0 border-8 border-transparent border-t-warning-solid border-r-warning-solid"
          style={{ borderWidth: 5 }}
        />
      )}
      <span aria-hidden className={cx('font-medium', celebrities === 0 ? 'text-ink-2' : 'text-ink')}>
        {isEmpty ? '' : formatCount(celebrities)}
      </span>
      {people > 0 && (
        <span aria-hidden className="text-xs text-ink">
          {formatPercent(peopleShare, peopleShare < 0.1 ? 1 : 0)}
        </span>
      )}
    </button>
  )
}
