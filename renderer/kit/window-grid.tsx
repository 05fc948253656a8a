import { type KeyboardEvent, memo, type MouseEvent, type ReactNode, useEffect, useId, useRef } from 'react'
import { cx } from './class-names'
import { onListKeys } from './list-walk'
import { useFixedRows } from './use-fixed-rows'
import { useWidth } from './use-width'
import { onCheckKeys, type WindowChecks } from './window-checks'
import { CheckMark } from './window-table-parts'

export interface WindowGridProps<T> {
  /** What the cards are: the accessible name. */
  label: string
  /** All cards, known or not. */
  count: number
  /** Undefined while a card is on its way. */
  itemAt: (index: number) => T | undefined
  getKey: (item: T) => string
  /** What it says names the card for those who hear it. The same function each time. */
  renderCard: (item: T) => ReactNode
  /** The card that one stands on; −1: none. */
  current: number
  /** Arrow keys in four directions, Home, End, Page Up and Page Down, or a click. */
  onCurrent: (index: number) => void
  /** Enter or a double click. */
  onOpen: (index: number) => void
  /** These cards are in sight, or nearly. */
  onRange: (first: number, last: number) => void
  checks: WindowChecks
  /** Another one: these are other cards, begin at the top. */
  listKey: string
}

const gap = 12
const padding = 16
const leastWidth = 148
/** Below the square picture. */
const captionHeight = 48

/**
 * A grid over any number of cards that are fetched as they come into sight: a square picture with a caption each. The
 * grid holds the focus; the current card follows the keys.
 */
export function WindowGrid<T>(props: WindowGridProps<T>) {
  const { label, count, itemAt, getKey, renderCard, current, checks, listKey } = props
  const { onCurrent, onOpen, onRange } = props
  const scroller = useRef<HTMLDivElement>(null)
  const id = useId()
  const width = useWidth(scroller) - 2 * padding
  const columns = Math.max(2, Math.floor((width + gap) / (leastWidth + gap)))
  const cardWidth = Math.max(0, (width - gap * (columns - 1)) / columns)
  const rowHeight = Math.round(cardWidth + captionHeight + gap)
  const rows = width > 0 ? Math.ceil(count / columns) : 0
  const { range, pageRows } = useFixedRows({
    scroller,
    count: rows,
    rowHeight,
    headerHeight: padding,
    current: current < 0 ? -1 : Math.floor(current / columns),
    // A row of cards is as tall as five of a table and far dearer to draw.
    overscan: 2,
  })
  const first = range.first * columns
  const last = Math.min(count, (range.last + 1) * columns) - 1
  useEffect(() => {
    if (last >= first) onRange(first, last)
  }, [onRange, first, last])
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 })
  }, [listKey])

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current) return
    if (onCheckKeys(event, { current, count, columns }, checks, onCurrent)) return
    onListKeys(event, { count, columns, pageRows, index: current }, onCurrent, onOpen)
  }
  const onCards = (event: MouseEvent, act: (index: number, isCheck: boolean) => void) => {
    const card = (event.target as Element).closest<HTMLElement>('[data-index]')
    if (!card) return
    const isCheck = (event.target as Element).closest('[data-check]') !== null
    act(Number(card.dataset.index), isCheck || event.ctrlKey || event.metaKey)
  }
  return (
    <div
      ref={scroller}
      role="listbox"
      aria-label={label}
      aria-multiselectable
      aria-activedescendant={current >= first && current <= last ? `${id}-${current}` : undefined}
      tabIndex={0}
      data-table
      onKeyDown={onKeyDown}
      style={{ paddingInline: padding }}
      className="group/table relative min-h-0 grow overflow-x-hidden overflow-y-auto outline-none"
    >
      <div
        role="presentation"
        className="relative"
        style={{ height: rows === 0 ? 0 : 2 * padding + rows * rowHeight - gap }}
        onClick={(event) =>
          onCards(event, (index, isCheck) => {
            if (isCheck || event.shiftKey) checks.onToggle(index, event.shiftKey)
            else onCurrent(index)
          })
        }
        onDoubleClick={(event) => onCards(event, (index, isCheck) => !isCheck && onOpen(index))}
      >
        {Array.from({ length: Math.max(0, last - first + 1) }, (_, offset) => {
          const index = first + offset
          const item = itemAt(index)
          return (
            <GridCard
              // By place and not by key: a card that scrolls out lends its element to the one that comes in.
              key={index}
              id={`${id}-${index}`}
              index={index}
              count={count}
              item={item}
              renderCard={renderCard}
              left={(index % columns) * (cardWidth + gap)}
              top={padding + Math.floor(index / columns) * rowHeight}
              width={cardWidth}
              isCurrent={index === current}
              isChecked={item !== undefined && checks.has(getKey(item))}
            />
          )
        })}
      </div>
    </div>
  )
}

interface GridCardProps<T> {
  id: string
  index: number
  count: number
  item: T | undefined
  renderCard: (item: T) => ReactNode
  left: number
  top: number
  width: number
  isCurrent: boolean
  isChecked: boolean
}

function Card<T>({ id, index, count, item, renderCard, isCurrent, isChecked, ...place }: GridCardProps<T>) {
  const { left, top, width } = place
  return (
    <div
      id={id}
      role="option"
      aria-selected={isChecked}
      aria-current={isCurrent || undefined}
      aria-setsize={count}
      aria-posinset={index + 1}
      aria-busy={item === undefined || undefined}
      data-index={index}
      style={{ width, height: width + captionHeight, transform: `translate(${left}px, ${top}px)` }}
      className={cx(
        'group/card absolute top-0 left-0 flex flex-col overflow-hidden rounded-md border',
        isChecked ? 'bg-accent-soft' : 'bg-panel',
        isCurrent
          ? 'border-accent shadow-[0_0_0_1px_var(--accent)] group-focus-visible/table:shadow-[0_0_0_2px_var(--accent)]'
          : isChecked
            ? 'border-accent'
            : 'hover:border-line-strong',
      )}
    >
      {item === undefined ? (
        <>
          <span className="block aspect-square w-full bg-active" />
          <span className="mx-2.5 mt-3 block h-3 w-2/3 rounded-sm bg-active" />
        </>
      ) : (
        renderCard(item)
      )}
      <span
        className={cx(
          // The target reaches beyond the box, into the corner.
          'absolute top-0 left-0 p-2 transition-opacity',
          !isChecked && !isCurrent && 'opacity-0 group-hover/card:opacity-100',
        )}
        data-check
      >
        <CheckMark state={isChecked} />
      </span>
    </div>
  )
}

/** A card, drawn again only when it is another or looks another. */
const GridCard = memo(Card) as typeof Card
