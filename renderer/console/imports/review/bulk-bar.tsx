import { Check, Pencil, RotateCcw, X } from 'lucide-react'
import { useState } from 'react'
import type { Decision, Import } from '../../../../core/celebrities/contract-import-schemas'
import { Button } from '../../../kit/button'
import { formatCount } from '../../../kit/format'
import { IconButton } from '../../../kit/icon-button'
import { useShortcut } from '../../../kit/use-shortcut'
import { useConnection } from '../../../rpc/connection'
import { describeError } from '../../../rpc/errors'
import { chosenCount, nothing, type Selection } from '../../jobs/selection'
import { useNotes } from '../notes'
import type { ImportSearch } from '../search'
import { DescribeDialog } from './describe-dialog'
import { mostIds } from './use-decisions'
import { allIds } from './use-files'

/** What can be decided about all photos that are chosen; stands above the list while some are. */
export function BulkBar({
  of,
  filters,
  selection,
  total,
  loaded,
  onSelect,
  onDecide,
}: {
  of: Import
  filters: ImportSearch
  selection: Selection
  /** How many fit the filters, and how many of them are loaded. */
  total: number
  loaded: number
  onSelect: (selection: Selection) => void
  onDecide: (decision: Decision) => void
}) {
  const connection = useConnection()
  const { say } = useNotes()
  const [isDescribing, setDescribing] = useState(false)
  const [isGathering, setGathering] = useState(false)
  const count = chosenCount(selection, total)
  useShortcut('escape', () => onSelect(nothing), { isDisabled: count === 0 || isDescribing })
  if (count === 0) return null

  const onAll = async (decision: (ids: number[]) => Decision) => {
    setGathering(true)
    try {
      const ids =
        selection.mode === 'all' ? await allIds(connection, of.id, filters) : [...selection.keys].map(Number)
      for (let first = 0; first < ids.length; first += mostIds) {
        onDecide(decision(ids.slice(first, first + mostIds)))
      }
      onSelect(nothing)
    } catch (error) {
      say(`Nothing was decided. ${describeError(error)}`, true)
    } finally {
      setGathering(false)
    }
  }
  return (
    <div
      role="region"
      aria-label="Chosen photos"
      className="flex shrink-0 flex-col gap-1.5 border-b bg-accent-soft px-3 py-2"
    >
      <div className="flex items-center gap-2">
        <span role="status" className="font-medium text-accent-ink">
          {formatCount(count)} chosen
        </span>
        {selection.mode === 'some' && (loaded < total || count < total) && (
          <Button size="sm" variant="ghost" onPress={() => onSelect({ mode: 'all' })}>
            All {formatCount(total)}
          </Button>
        )}
        <span className="grow" />
        <IconButton label="Choose none" keys={['Esc']} onPress={() => onSelect(nothing)}>
          <X />
        </IconButton>
      </div>
      <div className="flex flex-wrap gap-1.5">
        <Button
          size="sm"
          icon={<Check aria-hidden />}
          isDisabled={isGathering}
          onPress={() => void onAll((ids) => ({ kind: 'accept', file_ids: ids }))}
        >
          Accept
        </Button>
        <Button
          size="sm"
          icon={<X aria-hidden />}
          isDisabled={isGathering}
          onPress={() => void onAll((ids) => ({ kind: 'reject', file_ids: ids }))}
        >
          Reject
        </Button>
        <Button
          size="sm"
          icon={<Pencil aria-hidden />}
          isDisabled={isGathering}
          onPress={() => setDescribing(true)}
        >
          Describe…
        </Button>
        <Button
          size="sm"
          icon={<RotateCcw aria-hidden />}
          isDisabled={isGathering}
          onPress={() => void onAll((ids) => ({ kind: 'reset', file_ids: ids }))}
        >
          Reset
        </Button>
      </div>
      {isDescribing && (
        <DescribeDialog
          about={count}
          onClose={() => setDescribing(false)}
          onDescribe={(description) =>
            void onAll((ids) => ({ kind: 'describe', file_ids: ids, ...description }))
          }
        />
      )}
    </div>
  )
}
