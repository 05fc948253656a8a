import type { ReactNode } from 'react'
import { Tab as AriaTab, TabList, TabPanel, Tabs as AriaTabs } from 'react-aria-components'

/** Views of one thing, one at a time. `count` stands faint beside the label. */
export function Tabs<T extends string>({
  label,
  tabs,
  value,
  onChange,
}: {
  label: string
  tabs: readonly { id: T; label: string; count?: string; content: ReactNode }[]
  value: T
  onChange: (value: T) => void
}) {
  return (
    <AriaTabs
      selectedKey={value}
      onSelectionChange={(key) => onChange(key as T)}
      className="flex min-h-0 grow flex-col"
    >
      <TabList aria-label={label} className="flex shrink-0 gap-4 border-b px-4">
        {tabs.map((tab) => (
          <AriaTab
            key={tab.id}
            id={tab.id}
            className="-mb-px flex h-9 items-center gap-1.5 border-b-2 border-transparent text-ink-2 outline-offset-[-2px] transition-colors data-hovered:text-ink data-selected:border-accent data-selected:font-medium data-selected:text-ink"
          >
            {tab.label}
            {tab.count !== undefined && <span className="text-sm font-normal text-ink-3">{tab.count}</span>}
          </AriaTab>
        ))}
      </TabList>
      {tabs.map((tab) => (
        <TabPanel key={tab.id} id={tab.id} className="min-h-0 grow overflow-auto outline-none">
          {tab.content}
        </TabPanel>
      ))}
    </AriaTabs>
  )
}
