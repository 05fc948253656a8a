import { Check, Pencil, RotateCcw, X } from 'lucide-react'
import { useState } from 'react'
import type {
  Decision,
  Import,
  ImportFile,
  ShownFile,
} from '../../../../core/celebrities/contract-import-schemas'
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
import { allShown, shownOf } from './use-files'

const idsOf = (files: readonly ShownFile[]) => files.map(({ id }) => id)

/** What can be decided about all photos that are chosen; stands above the list while some are. */
export function BulkBar({
  of,
  filters,
  selection,
  total,
  items,
  onSelect,
  onDecide,
}: {
  of: Import
  filters: ImportSearch
  selection: Selection
  /** How many fit the filters, and those of them that are loaded. */
  total: number
  items: readonly ImportFile[]
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

  const onAll = async (decision: (files: ShownFile[]) => Decision) => {
    setGathering(true)
    try {
      const files =
        selection.mode === 'all'
          ? await allShown(connection, of.id, filters)
          : items.filter(({ id }) => selection.keys.has(String(id))).map(shownOf)
      for (let first = 0; first < files.length; first += mostIds) {
        onDecide(decision(files.slice(first, first + mostIds)))
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
        {selection.mode === 'some' && (items.length < total || count < total) && (
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
          onPress={() => void onAll((files) => ({ kind: 'accept', files }))}
        >
          Accept
        </Button>
        <Button
          size="sm"
          icon={<X aria-hidden />}
          isDisabled={isGathering}
          onPress={() => void onAll((files) => ({ kind: 'reject', file_ids: idsOf(files) }))}
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
          onPress={() => void onAll((files) => ({ kind: 'reset', file_ids: idsOf(files) }))}
        >
          Reset
        </Button>
      </div>
      {isDescribing && (
        <DescribeDialog
          about={count}
          onClose={() => setDescribing(false)}
          onDescribe={(description) =>
            void onAll((files) => ({ kind: 'describe', file_ids: idsOf(files), ...description }))
          }
        />
      )}
    </div>
  )
}
