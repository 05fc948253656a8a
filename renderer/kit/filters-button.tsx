import { SlidersHorizontal } from 'lucide-react'
import type { ReactNode } from 'react'
import { Dialog, DialogTrigger } from 'react-aria-components'
import { Button } from './button'
import { Popover } from './popover'

interface FiltersButtonProps {
  /** How many are in use. */
  active: number
  onClear: () => void
  /** The fields. */
  children: ReactNode
}

/** The filters that a toolbar has no room for, behind a button that says how many are in use. */
export function FiltersButton({ active, onClear, children }: FiltersButtonProps) {
  return (
    <DialogTrigger>
      <Button icon={<SlidersHorizontal aria-hidden />}>
        Filters
        {active > 0 && (
          <span className="rounded-sm bg-accent-soft px-1 text-sm text-accent-ink">
            {active}
            <span className="sr-only"> in use</span>
          </span>
        )}
      </Button>
      <Popover placement="bottom start" className="w-104 max-w-[92vw]">
        <Dialog aria-label="Filters" className="flex flex-col gap-4 p-2 outline-none">
          {children}
          <Button size="sm" className="self-end" isDisabled={active === 0} onPress={onClear}>
            Clear these filters
          </Button>
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}
