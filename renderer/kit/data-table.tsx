import { type CSSProperties, type KeyboardEvent, type ReactNode, useId, useRef } from 'react'
import { cx } from './class-names'
import { onListKeys } from './list-walk'
import { CheckCell, CheckHeader, type RowChecks } from './row-checks'
import { useVirtualRows } from './use-virtual-rows'

export interface Column<T> {
  id: string
  header: string
  /** A CSS grid track: `120px`, `minmax(0, 2fr)`. */
  width: string
  align?: 'left' | 'right'
  render: (item: T) => ReactNode
}

export interface DataTableProps<T> {
  /** What the rows are: the accessible name. */
  label: string
  items: readonly T[]
  columns: readonly Column<T>[]
  getKey: (item: T) => string
  selectedKey: string | undefined
  /** Arrow keys, j and k, Home, End, Page Up and Page Down, or a click. */
  onSelect: (item: T) => void
  /** Enter or a double click. */
  onOpen?: (item: T) => void
  /** The end comes near: load the next page. */
  onEndReached?: () => void
  /** How many there are in all, where more than `items`. */
  total?: number
  rowHeight?: number
  /** Rows can be chosen, apart from the one that is selected: a box each, Space or x, Ctrl-A for all. */
  checks?: RowChecks<T>
}

const headerHeight = 28

/** A virtualised table. The table holds the focus and the selection follows the keys, so a detail pane can follow it. */
export function DataTable<T>(props: DataTableProps<T>) {
  const {
    label,
    items,
    columns,
    getKey,
    selectedKey,
    onSelect,
    onOpen,
    total,
    rowHeight = 36,
    checks,
  } = props
  const scroller = useRef<HTMLDivElement>(null)
  const id = useId()
  const index = selectedKey === undefined ? -1 : items.findIndex((item) => getKey(item) === selectedKey)
  const rows = useVirtualRows({
    scroller,
    rows: items.length,
    rowHeight,
    paddingTop: headerHeight,
    current: index,
    onEndReached: props.onEndReached,
  })
  const template = [...(checks ? ['16px'] : []), ...columns.map((column) => column.width)].join(' ')
  const at = (position: number, act: ((item: T) => void) | undefined) => {
    const item = items[position]
    if (item !== undefined) act?.(item)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (checks && onCheckKeys(event, checks, items, index)) return
    onListKeys(
      event,
      { count: items.length, columns: 1, pageRows: rows.pageRows, index },
      (target) => at(target, onSelect),
      (target) => at(target, onOpen),
    )
  }

  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={(total ?? items.length) + 1}
      aria-multiselectable={checks ? true : undefined}
      aria-activedescendant={index >= 0 ? `${id}-${index}` : undefined}
      tabIndex={0}
      data-table
      onKeyDown={onKeyDown}
      className="group/table relative min-h-0 grow overflow-auto outline-none"
    >
      <div role="presentation" className="relative min-w-fit" style={{ height: rows.height }}>
        <div
          role="row"
          aria-rowindex={1}
          style={{ gridTemplateColumns: template, height: headerHeight }}
          className="sticky top-0 z-10 grid items-center gap-3 border-b bg-panel px-4 text-sm text-ink-3"
        >
          {checks && <CheckHeader checks={checks} items={items} />}
          {columns.map((column) => (
            <span
              key={column.id}
              role="columnheader"
              className={cx('truncate', column.align === 'right' && 'text-right')}
            >
              {column.header}
            </span>
          ))}
        </div>
        {rows.items.map(({ index: position, start }) => {
          const item = items[position]
          if (item === undefined) return null
          return (
            <Row
              key={getKey(item)}
              id={`${id}-${position}`}
              item={item}
              columns={columns}
              position={position}
              isSelected={position === index}
              checks={checks}
              style={{
                gridTemplateColumns: template,
                height: rowHeight,
                transform: `translateY(${start}px)`,
              }}
              onSelect={onSelect}
              onOpen={onOpen}
            />
          )
        })}
      </div>
    </div>
  )
}

/** Space and x choose the selected row or take it back, Ctrl-A chooses all. Says whether the key was one of these. */
function onCheckKeys<T>(
  event: KeyboardEvent,
  checks: RowChecks<T>,
  items: readonly T[],
  index: number,
): boolean {
  const item = items[index]
  const isAll = event.key === 'a' && (event.ctrlKey || event.metaKey)
  const isToggle = (event.key === ' ' || event.key === 'x') && !event.ctrlKey && !event.metaKey
  if (isAll) checks.onToggleAll(true)
  else if (isToggle && item !== undefined) checks.onToggle(item, event.shiftKey)
  else return false
  event.preventDefault()
  return true
}

interface RowProps<T> extends Pick<DataTableProps<T>, 'columns' | 'onSelect' | 'onOpen' | 'checks'> {
  id: string
  item: T
  position: number
  isSelected: boolean
  style: CSSProperties
}

function Row<T>(props: RowProps<T>) {
  const { id, item, columns, position, isSelected, style, checks, onSelect, onOpen } = props
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={position + 2}
      aria-selected={isSelected}
      onClick={() => onSelect(item)}
      onDoubleClick={() => onOpen?.(item)}
      style={style}
      className={cx(
        'absolute inset-x-0 top-0 grid items-center gap-3 border-b px-4',
        isSelected
          ? 'bg-accent-soft group-focus-visible/table:shadow-[inset_2px_0_0_var(--accent)]'
          : 'hover:bg-raised',
      )}
    >
      {checks && <CheckCell checks={checks} item={item} />}
      {columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          className={cx('min-w-0 truncate', column.align === 'right' && 'text-right')}
        >
          {column.render(item)}
        </div>
      ))}
    </div>
  )
}
