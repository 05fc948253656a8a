import { ArrowDown, ArrowUp, Columns3 } from 'lucide-react'
import { Dialog, DialogTrigger } from 'react-aria-components'
import { Button } from '../../kit/button'
import { Checkbox } from '../../kit/checkbox'
import { IconButton } from '../../kit/icon-button'
import { Popover } from '../../kit/popover'
import { Segmented } from '../../kit/segmented'
import { columnLabels } from './columns'
import { defaultView, orderOf, withMoved, withShown, type TableView } from './table-view'

/** Which columns the table has, in which order, and how dense it is. Remembered in this browser. */
export function ViewMenu({ view, onChange }: { view: TableView; onChange: (view: TableView) => void }) {
  const order = orderOf(view)
  return (
    <DialogTrigger>
      <IconButton label="Columns and density">
        <Columns3 />
      </IconButton>
      <Popover placement="bottom end" className="w-72">
        <Dialog aria-label="Columns and density" className="flex flex-col gap-2 p-2 outline-none">
          <div className="flex items-center justify-between">
            <Segmented
              label="Density"
              options={[
                { id: 'comfortable', label: 'Comfortable' },
                { id: 'compact', label: 'Compact' },
              ]}
              value={view.density}
              onChange={(density) => onChange({ ...view, density })}
            />
            <Button size="sm" variant="ghost" onPress={() => onChange(defaultView)}>
              Reset
            </Button>
          </div>
          <ul aria-label="Columns" className="flex flex-col">
            {order.map((id, place) => (
              <li key={id} className="flex h-7 items-center gap-1">
                <Checkbox
                  className="min-w-0 grow"
                  isSelected={id === 'pair' || view.shown.includes(id)}
                  isDisabled={id === 'pair'}
                  onChange={(isShown) => onChange(withShown(view, id, isShown))}
                >
                  {columnLabels[id]}
                </Checkbox>
                <IconButton
                  label={`Move ${columnLabels[id]} to the front`}
                  className="size-6"
                  isDisabled={place === 0}
                  onPress={() => onChange(withMoved(view, id, -1))}
                >
                  <ArrowUp />
                </IconButton>
                <IconButton
                  label={`Move ${columnLabels[id]} to the back`}
                  className="size-6"
                  isDisabled={place === order.length - 1}
                  onPress={() => onChange(withMoved(view, id, 1))}
                >
                  <ArrowDown />
                </IconButton>
              </li>
            ))}
          </ul>
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}
