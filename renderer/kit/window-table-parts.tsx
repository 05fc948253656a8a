import { ArrowDown, ArrowUp, Check, Minus } from 'lucide-react'
import { memo, type ReactNode } from 'react'
import { cx } from './class-names'

export interface WindowColumn<T> {
  id: string
  header: string
  /** A CSS grid track: `120px`, `minmax(0, 2fr)`. */
  width: string
  align?: 'left' | 'right'
  /** What its header sorts by; without it the header only names. */
  sort?: string
  /** What the header means, for its tooltip. */
  title?: string
  render: (item: T) => ReactNode
}

/** A box in a row; the row's list listens. */
export function CheckBox({ label, state }: { label: string; state: boolean | 'mixed' }) {
  return (
    <span role="checkbox" aria-checked={state} aria-label={label} data-check>
      <CheckMark state={state} />
    </span>
  )
}

/** The look of a box, for those who see it. */
export function CheckMark({ state }: { state: boolean | 'mixed' }) {
  return (
    <span
      aria-hidden
      className={cx(
        'flex size-4 items-center justify-center rounded-sm border',
        state ? 'border-transparent bg-accent text-on-accent' : 'border-line-strong bg-panel',
      )}
    >
      {state === true && <Check className="size-3" />}
      {state === 'mixed' && <Minus className="size-3" />}
    </span>
  )
}

/** A column's name; where it can sort, a button that says by what the rows are sorted. */
export function HeaderCell<T>({
  column: { header, align, sort: sortId, title },
  sort,
  onSort,
}: {
  column: WindowColumn<T>
  sort: { id: string; direction: 'asc' | 'desc' }
  onSort: (id: string) => void
}) {
  const isSorted = sortId !== undefined && sortId === sort.id
  const Arrow = sort.direction === 'asc' ? ArrowUp : ArrowDown
  return (
    <span
      role="columnheader"
      aria-sort={isSorted ? (sort.direction === 'asc' ? 'ascending' : 'descending') : undefined}
      title={title}
      className={cx('min-w-0 truncate', align === 'right' && 'text-right')}
    >
      {sortId === undefined ? (
        header
      ) : (
        <button
          type="button"
          onClick={() => onSort(sortId)}
          className={cx(
            'inline-flex max-w-full items-center gap-0.5 rounded-sm hover:text-ink',
            isSorted && 'font-medium text-ink',
          )}
        >
          <span className="truncate">{header}</span>
          {isSorted && <Arrow className="size-3 shrink-0" aria-hidden />}
        </button>
      )}
    </span>
  )
}

interface TableRowProps<T> {
  id: string
  index: number
  item: T | undefined
  columns: readonly WindowColumn<T>[]
  template: string
  top: number
  height: number
  isCurrent: boolean
  isChecked: boolean
}

function Row<T>({ id, index, item, columns, template, top, height, isCurrent, isChecked }: TableRowProps<T>) {
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isChecked}
      aria-current={isCurrent || undefined}
      aria-busy={item === undefined || undefined}
      data-index={index}
      style={{ gridTemplateColumns: template, height, transform: `translateY(${top}px)` }}
      className={cx(
        'absolute inset-x-0 top-0 grid items-center gap-3 border-b px-4',
        isCurrent
          ? 'bg-accent-soft group-focus-visible/table:shadow-[inset_2px_0_0_var(--accent)]'
          : isChecked
            ? 'bg-raised'
            : 'hover:bg-raised',
      )}
    >
      <span role="gridcell" className="flex">
        <CheckBox label="Choose" state={isChecked} />
      </span>
      {columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          className={cx('min-w-0 truncate', column.align === 'right' && 'text-right')}
        >
          {item === undefined ? (
            <span className="block h-3 w-3/4 rounded-sm bg-active" />
          ) : (
            column.render(item)
          )}
        </div>
      ))}
    </div>
  )
}

/** A row, drawn again only when it is another or looks another. */
export const TableRow = memo(Row) as typeof Row
