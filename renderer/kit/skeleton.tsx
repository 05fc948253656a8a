import { cx } from './class-names'

/** A grey place for what is on its way; the size comes by class. */
export function Skeleton({ className }: { className?: string }) {
  return <span className={cx('block animate-pulse rounded-sm bg-active', className)} aria-hidden />
}

/** A list on its way: rows of the table's height. */
export function SkeletonRows({ rows = 12, label }: { rows?: number; label: string }) {
  return (
    <div role="status" aria-label={label} className="grow overflow-hidden pt-7">
      {Array.from({ length: rows }, (_, index) => (
        <div
          key={index}
          className="flex h-9 items-center gap-3 border-b px-4"
          style={{ opacity: 1 - index / rows }}
        >
          <Skeleton className="size-6" />
          <Skeleton className="h-3 w-40" />
          <Skeleton className="ml-auto h-3 w-24" />
        </div>
      ))}
    </div>
  )
}

/** A grid of cards on its way. */
export function SkeletonCards({ cards = 18, label }: { cards?: number; label: string }) {
  return (
    <div
      role="status"
      aria-label={label}
      className="grid grow auto-rows-min grid-cols-[repeat(auto-fill,minmax(148px,1fr))] gap-3 overflow-hidden p-4"
    >
      {Array.from({ length: cards }, (_, index) => (
        <div key={index} className="flex flex-col gap-2" style={{ opacity: 1 - (index / cards) * 0.8 }}>
          <Skeleton className="aspect-square w-full" />
          <Skeleton className="h-3 w-2/3" />
          <Skeleton className="mb-2 h-3 w-1/3" />
        </div>
      ))}
    </div>
  )
}
