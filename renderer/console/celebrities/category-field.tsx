import { useQuery } from '@tanstack/react-query'
import { ChevronDown } from 'lucide-react'
import { Button, ComboBox, Input, ListBox, ListBoxItem } from 'react-aria-components'
import { FieldLabel, inputClass } from '../../kit/field'
import { itemClass, Popover } from '../../kit/popover'
import { useApi } from '../../rpc/connection'

/** What a fresh catalogue proposes; anything else may be typed. */
const usual = ['actor', 'athlete', 'influencer', 'musician', 'politician', 'scientist']

/** Categories to propose: those in use and the usual ones, by name. */
export function useCategories(): string[] {
  const used = useQuery(useApi().celebrities.categories.queryOptions()).data ?? []
  return [...new Set([...used, ...usual])].sort((a, b) => a.localeCompare(b))
}

/** A category: one that is in use or a new one. */
export function CategoryField({
  label = 'Category',
  value,
  onChange,
}: {
  label?: string
  value: string
  onChange: (value: string) => void
}) {
  const categories = useCategories()
  return (
    <ComboBox
      allowsCustomValue
      allowsEmptyCollection
      inputValue={value}
      onInputChange={onChange}
      menuTrigger="focus"
      className="flex min-w-0 flex-col gap-1"
    >
      <FieldLabel>{label}</FieldLabel>
      <span className="relative">
        <Input placeholder="None" maxLength={100} className={`${inputClass} h-8 pr-8`} />
        <Button className="absolute top-1.5 right-1.5 flex size-5 items-center justify-center rounded-sm text-ink-3 data-hovered:bg-active">
          <ChevronDown className="size-3.5" aria-hidden />
        </Button>
      </span>
      <Popover className="max-h-56 min-w-(--trigger-width) empty:hidden">
        <ListBox aria-label="Categories" className="outline-none">
          {categories.map((category) => (
            <ListBoxItem key={category} id={category} className={itemClass}>
              {category}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </ComboBox>
  )
}
