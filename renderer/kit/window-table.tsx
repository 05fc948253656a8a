import { type KeyboardEvent, type MouseEvent, useEffect, useId, useRef } from 'react'
import { onListKeys } from './list-walk'
import { onCheckKeys, type WindowChecks } from './window-checks'
import { useFixedRows } from './use-fixed-rows'
import { CheckBox, HeaderCell, TableRow, type WindowColumn } from './window-table-parts'

export interface WindowTableProps<T> {
  /** What the rows are: the accessible name. */
  label: string
  /** All rows, known or not. */
  count: number
  /** Undefined while a row is on its way. */
  itemAt: (index: number) => T | undefined
  getKey: (item: T) => string
  columns: readonly WindowColumn<T>[]
  rowHeight: number
  /** The row that one stands on; −1: none. */
  current: number
  /** Arrow keys, j and k, Home, End, Page Up and Page Down, or a click. */
  onCurrent: (index: number) => void
  /** Enter or a double click. */
  onOpen: (index: number) => void
  /** These rows are in sight, or nearly. */
  onRange: (first: number, last: number) => void
  sort: { id: string; direction: 'asc' | 'desc' }
  onSort: (id: string) => void
  checks: WindowChecks
  /** Another one: these are other rows, begin at the top. */
  listKey: string
}

const headerHeight = 28

/**
 * A table over any number of rows of one height that are fetched as they come into sight. The table holds the focus;
 * the current row follows the keys. Rows are drawn anew only when they change.
 */
export function WindowTable<T>(props: WindowTableProps<T>) {
  const { label, count, itemAt, getKey, columns, rowHeight, current, checks, sort, listKey } = props
  const { onCurrent, onOpen, onRange, onSort } = props
  const scroller = useRef<HTMLDivElement>(null)
  const id = useId()
  const { range, pageRows } = useFixedRows({ scroller, count, rowHeight, headerHeight, current })
  const { first, last } = range
  useEffect(() => onRange(first, last), [onRange, first, last])
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 })
  }, [listKey])

  const template = ['16px', ...columns.map((column) => column.width)].join(' ')
  const onKeyDown = (event: KeyboardEvent) => {
    if (
      event.target !== scroller.current ||
      onCheckKeys(event, { current, count, columns: 1 }, checks, onCurrent)
    )
      return
    onListKeys(event, { count, columns: 1, pageRows, index: current }, onCurrent, onOpen)
  }
  // One listener for all rows, so that a row's properties stay the same while one scrolls.
  const onRows = (event: MouseEvent, act: (index: number, isCheck: boolean) => void) => {
    const row = (event.target as Element).closest<HTMLElement>('[data-index]')
    if (!row) return
    act(Number(row.dataset.index), (event.target as Element).closest('[data-check]') !== null)
  }

  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={count + 1}
      aria-multiselectable
      aria-activedescendant={current >= first && current <= last ? `${id}-${current}` : undefined}
      tabIndex={0}
      data-table
      onKeyDown={onKeyDown}
      className="group/table relative min-h-0 grow overflow-auto outline-none"
    >
      <div
        role="presentation"
        className="relative min-w-fit"
        style={{ height: headerHeight + count * rowHeight }}
      >
        <div
          role="row"
          aria-rowindex={1}
          style={{ gridTemplateColumns: template, height: headerHeight }}
          className="sticky top-0 z-10 grid items-center gap-3 border-b bg-panel px-4 text-sm text-ink-3"
        >
          <span role="columnheader" onClick={checks.onToggleAll} className="flex">
            <CheckBox
              label={checks.state === 'all' ? 'Choose none' : 'Choose all'}
              state={checks.state === 'none' ? false : checks.state === 'all' ? true : 'mixed'}
            />
          </span>
          {columns.map((column) => (
            <HeaderCell key={column.id} column={column} sort={sort} onSort={onSort} />
          ))}
        </div>
        <div
          role="presentation"
          onClick={(event) =>
            onRows(event, (index, isCheck) =>
              isCheck ? checks.onToggle(index, event.shiftKey) : onCurrent(index),
            )
          }
          onDoubleClick={(event) => onRows(event, (index, isCheck) => !isCheck && onOpen(index))}
        >
          {Array.from({ length: Math.max(0, last - first + 1) }, (_, offset) => {
            const index = first + offset
            const item = itemAt(index)
            return (
              <TableRow
                // By place and not by key: a row that scrolls out lends its element to the one that comes in.
                key={index}
                id={`${id}-${index}`}
                index={index}
                item={item}
                columns={columns}
                template={template}
                top={headerHeight + index * rowHeight}
                height={rowHeight}
                isCurrent={index === current}
                isChecked={item !== undefined && checks.has(getKey(item))}
              />
            )
          })}
        </div>
      </div>
    </div>
  )
}
