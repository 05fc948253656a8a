import { useRef, useState } from 'react'
import { formatAmount, formatBytes, formatCount } from '../../kit/format'
import { inputClass } from '../../kit/field'
import { Notice } from '../../kit/notice'
import { Segmented } from '../../kit/segmented'
import { useVirtualRows } from '../../kit/use-virtual-rows'
import { FilePreview } from '../photos/file-preview'
import { CategoryField } from './category-field'
import type { CurrentImport } from './import-store'
import { chosenItems, type LeftOut, type ReviewItem } from './review'

const rowHeight = 44

/** The list of what would be imported, with names to correct, and of what would not, with the reason. */
export function ImportReview({
  current,
  onChange,
}: {
  current: CurrentImport
  onChange: (next: CurrentImport) => void
}) {
  const { items, leftOut } = current.review
  const [shown, setShown] = useState<'photos' | 'left-out'>(items.length > 0 ? 'photos' : 'left-out')
  const changeItem = (id: number, change: Partial<ReviewItem>) => {
    const changed = items.map((item) => (item.id === id ? { ...item, ...change } : item))
    onChange({ ...current, review: { items: changed, leftOut } })
  }
  const includeAll = (isIncluded: boolean) =>
    onChange({ ...current, review: { items: items.map((item) => ({ ...item, isIncluded })), leftOut } })
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-end justify-between gap-4">
        <Segmented
          label="Files"
          options={[
            { id: 'photos', label: 'Photos', count: formatCount(items.length) },
            { id: 'left-out', label: 'Left out', count: formatCount(leftOut.length) },
          ]}
          value={shown}
          onChange={setShown}
        />
        <div className="w-52">
          <CategoryField
            label="Category for all"
            value={current.category}
            onChange={(category) => onChange({ ...current, category })}
          />
        </div>
      </div>
      {shown === 'photos' ? (
        <PhotoRows items={items} onChange={changeItem} onIncludeAll={includeAll} />
      ) : (
        <LeftOutRows leftOut={leftOut} />
      )}
      <ReviewSummary items={items} />
    </div>
  )
}

function ReviewSummary({ items }: { items: readonly ReviewItem[] }) {
  const nameless = items.filter((item) => item.isIncluded && item.name.trim() === '').length
  if (nameless > 0) {
    return (
      <Notice tone="warning">
        {formatAmount(nameless, 'photo')} without a name {nameless === 1 ? 'is' : 'are'} left out until a name
        is given.
      </Notice>
    )
  }
  const chosen = chosenItems(items)
  const bytes = chosen.reduce((sum, item) => sum + item.file.size, 0)
  return (
    <p className="text-ink-3">
      {formatAmount(chosen.length, 'photo')}, {formatBytes(bytes)}. Photos that are known already are
      recognised by their bytes and not added twice.
    </p>
  )
}

function PhotoRows({
  items,
  onChange,
  onIncludeAll,
}: {
  items: readonly ReviewItem[]
  onChange: (id: number, change: Partial<ReviewItem>) => void
  onIncludeAll: (isIncluded: boolean) => void
}) {
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useVirtualRows({ scroller, rows: items.length, rowHeight, current: -1 })
  const included = items.filter((item) => item.isIncluded).length
  return (
    <div className="overflow-hidden rounded-md border">
      <label className="flex h-8 items-center gap-3 border-b bg-raised px-3 text-sm text-ink-3">
        <input
          type="checkbox"
          checked={included === items.length && items.length > 0}
          ref={(box) => {
            if (box) box.indeterminate = included > 0 && included < items.length
          }}
          onChange={(event) => onIncludeAll(event.target.checked)}
          className="accent-accent"
        />
        All {formatCount(items.length)}, {formatCount(included)} chosen
      </label>
      <div ref={scroller} className="h-80 overflow-y-auto">
        <ul className="relative" style={{ height: rows.height }}>
          {rows.items.map(({ index, start }) => {
            const item = items[index]
            return (
              item && (
                <li
                  key={item.id}
                  style={{ height: rowHeight, transform: `translateY(${start}px)` }}
                  className="absolute inset-x-0 top-0 flex items-center gap-3 border-b px-3"
                >
                  <PhotoRow item={item} onChange={(change) => onChange(item.id, change)} />
                </li>
              )
            )
          })}
        </ul>
      </div>
    </div>
  )
}

function PhotoRow({ item, onChange }: { item: ReviewItem; onChange: (change: Partial<ReviewItem>) => void }) {
  const isNameless = item.isIncluded && item.name.trim() === ''
  return (
    <>
      <input
        type="checkbox"
        aria-label={`Import ${item.path}`}
        checked={item.isIncluded}
        onChange={(event) => onChange({ isIncluded: event.target.checked })}
        className="shrink-0 accent-accent"
      />
      <FilePreview file={item.file} alt="" className="size-8 shrink-0 rounded-sm bg-active object-cover" />
      <input
        aria-label={`Name for ${item.path}`}
        value={item.name}
        maxLength={200}
        placeholder="Name"
        disabled={!item.isIncluded}
        data-invalid={isNameless || undefined}
        onChange={(event) => onChange({ name: event.target.value })}
        className={`${inputClass} h-7 max-w-64 shrink-0 grow disabled:opacity-45`}
      />
      <span className="min-w-0 grow truncate text-sm text-ink-3" title={item.path}>
        {item.path}
      </span>
      <span className="shrink-0 text-sm text-ink-3">{formatBytes(item.file.size)}</span>
    </>
  )
}

function LeftOutRows({ leftOut }: { leftOut: readonly LeftOut[] }) {
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useVirtualRows({ scroller, rows: leftOut.length, rowHeight, current: -1 })
  return (
    <div ref={scroller} className="h-88 overflow-y-auto rounded-md border">
      {leftOut.length === 0 && <p className="p-4 text-ink-3">Every file is a photo.</p>}
      <ul className="relative" style={{ height: rows.height }}>
        {rows.items.map(({ index, start }) => (
          <li
            key={index}
            style={{ height: rowHeight, transform: `translateY(${start}px)` }}
            className="absolute inset-x-0 top-0 flex flex-col justify-center border-b px-3"
          >
            <span className="truncate" title={leftOut[index]?.path}>
              {leftOut[index]?.path}
            </span>
            <span className="truncate text-sm text-ink-3">{leftOut[index]?.reason}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
