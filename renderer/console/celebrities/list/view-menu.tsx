import { Columns3 } from 'lucide-react'
import { Dialog, DialogTrigger } from 'react-aria-components'
import { Button } from '../../../kit/button'
import { Checkbox } from '../../../kit/checkbox'
import { IconButton } from '../../../kit/icon-button'
import { Popover } from '../../../kit/popover'
import { Segmented } from '../../../kit/segmented'
import { columnIds, columnLabels, defaultView, withShown, type TableView } from './table-view'

/** Which columns the table has, and how dense it is. Remembered in this browser. */
export function ViewMenu({ view, onChange }: { view: TableView; onChange: (view: TableView) => void }) {
  return (
    <DialogTrigger>
      <IconButton label="Columns and density">
        <Columns3 />
      </IconButton>
      <Popover placement="bottom end" className="w-64">
        <Dialog aria-label="Columns and density" className="flex flex-col gap-2 p-2 outline-none">
          <Segmented
            label="Density"
            options={[
              { id: 'comfortable', label: 'Comfortable' },
              { id: 'compact', label: 'Compact' },
            ]}
            value={view.density}
            onChange={(density) => onChange({ ...view, density })}
          />
          <ul aria-label="Columns" className="flex flex-col gap-1.5 py-1">
            {columnIds.map((id) => (
              <li key={id}>
                <Checkbox
                  isSelected={id === 'name' || view.shown.includes(id)}
                  isDisabled={id === 'name'}
                  onChange={(isShown) => onChange(withShown(view, id, isShown))}
                >
                  {columnLabels[id]}
                </Checkbox>
              </li>
            ))}
          </ul>
          <Button size="sm" variant="ghost" className="self-start" onPress={() => onChange(defaultView)}>
            As at first
          </Button>
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}
