import { useState, type ReactNode } from 'react'
import { Button } from '../../kit/button'
import { formatCount } from '../../kit/format'

/** The first few of a ranked list, and the rest when asked for. */
export function ShortenedList<Item>({
  items,
  getKey,
  renderItem,
  shown = 6,
}: {
  items: readonly Item[]
  getKey: (item: Item) => string
  renderItem: (item: Item) => ReactNode
  shown?: number
}) {
  const [isWhole, setWhole] = useState(false)
  // One more than fits is shown at once: a button would take as much room.
  const isShort = !isWhole && items.length > shown + 1
  return (
    <div className="flex flex-col items-start gap-1">
      <ul className="w-full">
        {(isShort ? items.slice(0, shown) : items).map((item) => (
          <li key={getKey(item)}>{renderItem(item)}</li>
        ))}
      </ul>
      {isShort && (
        <Button size="sm" variant="ghost" className="-ml-2" onPress={() => setWhole(true)}>
          Show all {formatCount(items.length)}
        </Button>
      )}
    </div>
  )
}
