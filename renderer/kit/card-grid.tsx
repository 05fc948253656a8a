import { type ReactNode, useId, useRef } from 'react'
import { cx } from './class-names'
import { onListKeys } from './list-walk'
import { useVirtualRows } from './use-virtual-rows'
import { useWidth } from './use-width'

export interface CardGridProps<T> {
  /** What the cards are: the accessible name. */
  label: string
  items: readonly T[]
  getKey: (item: T) => string
  /** What it says names the card for those who hear it. */
  renderCard: (item: T) => ReactNode
  selectedKey: string | undefined
  /** Arrow keys in four directions, Home, End, Page Up and Page Down, or a click. */
  onSelect: (item: T) => void
  /** Enter or a double click. */
  onOpen?: (item: T) => void
  /** The end comes near: load the next page. */
  onEndReached?: () => void
  /** Cards are at least this wide, in pixels. */
  minCardWidth?: number
  /** Pixels of a card below its square picture. */
  captionHeight?: number
}

const gap = 12
const padding = 16

/** A virtualised grid of cards: a square picture with a caption. Works by keyboard as a list does. */
export function CardGrid<T>(props: CardGridProps<T>) {
  const { label, items, getKey, renderCard, selectedKey, onSelect, onOpen } = props
  const { minCardWidth = 148, captionHeight = 48 } = props
  const scroller = useRef<HTMLDivElement>(null)
  const id = useId()
  const width = useWidth(scroller) - 2 * padding
  const columns = Math.max(2, Math.floor((width + gap) / (minCardWidth + gap)))
  const cardWidth = Math.max(0, (width - gap * (columns - 1)) / columns)
  const index = selectedKey === undefined ? -1 : items.findIndex((item) => getKey(item) === selectedKey)
  const rows = useVirtualRows({
    scroller,
    rows: width > 0 ? Math.ceil(items.length / columns) : 0,
    rowHeight: Math.round(cardWidth + captionHeight + gap),
    paddingTop: padding,
    paddingBottom: padding - gap,
    // A row of cards is as tall as five of a table and far dearer to draw.
    overscan: 2,
    current: index < 0 ? -1 : Math.floor(index / columns),
    onEndReached: props.onEndReached,
  })
  const at = (position: number, act: ((item: T) => void) | undefined) => {
    const item = items[position]
    if (item !== undefined) act?.(item)
  }

  return (
    <div
      ref={scroller}
      role="listbox"
      aria-label={label}
      aria-activedescendant={index >= 0 ? `${id}-${index}` : undefined}
      tabIndex={0}
      data-table
      onKeyDown={(event) =>
        onListKeys(
          event,
          { count: items.length, columns, pageRows: rows.pageRows, index },
          (target) => at(target, onSelect),
          (target) => at(target, onOpen),
        )
      }
      style={{ paddingInline: padding }}
      className="group/table min-h-0 grow overflow-y-auto outline-none"
    >
      <div role="presentation" className="relative" style={{ height: rows.height }}>
        {rows.items.flatMap((row) =>
          items.slice(row.index * columns, (row.index + 1) * columns).map((item, column) => {
            const position = row.index * columns + column
            const isSelected = position === index
            return (
              <div
                key={getKey(item)}
                id={`${id}-${position}`}
                role="option"
                aria-selected={isSelected}
                aria-setsize={items.length}
                aria-posinset={position + 1}
                onClick={() => onSelect(item)}
                onDoubleClick={() => onOpen?.(item)}
                style={{
                  width: cardWidth,
                  height: cardWidth + captionHeight,
                  transform: `translate(${column * (cardWidth + gap)}px, ${row.start}px)`,
                }}
                className={cx(
                  'absolute top-0 left-0 flex flex-col overflow-hidden rounded-md border bg-panel',
                  isSelected
                    ? 'border-accent shadow-[0_0_0_1px_var(--accent)] group-focus-visible/table:shadow-[0_0_0_2px_var(--accent)]'
                    : 'hover:border-line-strong',
                )}
              >
                {renderCard(item)}
              </div>
            )
          }),
        )}
      </div>
    </div>
  )
}
